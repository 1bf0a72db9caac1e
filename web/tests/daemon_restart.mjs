// The daemon is killed while somebody looks: the page says so, and heals by itself.
import { lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  story.expects(/ERR_|Failed to load|502|503/);
  await story.go('/');
  await story.sees('link', 'printer');
  await story.seesText('Live');
  const titleAt = async () => (await story.page.locator('h1').first().boundingBox()).y;
  const before = await titleAt();
  await story.page.route('**/api/v1/freeze', (route) => route.abort());
  await story.click('button', 'Freeze all');
  await story.page.getByRole('dialog').getByRole('button', { name: 'Freeze all' }).click();
  await story.sees('alert');
  const { daemon } = await lazaretJson('status');
  process.kill(daemon.pid, 'SIGKILL');
  await story.page
    .getByText(/Reconnecting…/)
    .first()
    .waitFor();
  if ((await titleAt()) !== before) throw new Error('the page moved when the daemon was gone');
  await story.until(
    async () => (await lazaretJson('status').catch(() => null))?.daemon.pid !== daemon.pid,
    'the next daemon',
  );
  await story.page.getByText('Live', { exact: true }).first().waitFor();
  await story.page
    .getByText(/Reconnecting/)
    .first()
    .waitFor({ state: 'detached' });
  await story.page.getByRole('dialog').getByRole('alert').waitFor({ state: 'detached' }); // it is over
  await story.page.keyboard.press('Escape');
  await story.sees('link', 'printer'); // nobody loaded the page anew, and nobody signed in again
});
