// The daemon is killed while somebody looks: the page says so, and heals by itself.
import { lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  story.expects(/ERR_|Failed to load|502|503/);
  await story.go('/');
  await story.sees('link', 'printer');
  await story.seesText('Live');
  const { daemon } = await lazaretJson('status');
  process.kill(daemon.pid, 'SIGKILL');
  await story.page
    .getByText(/Reconnecting/)
    .first()
    .waitFor();
  await story.until(
    async () => (await lazaretJson('status').catch(() => null))?.daemon.pid !== daemon.pid,
    'the next daemon',
  );
  await story.page.getByText('Live', { exact: true }).first().waitFor();
  await story.page
    .getByText(/Reconnecting/)
    .first()
    .waitFor({ state: 'detached' });
  await story.sees('link', 'printer'); // nobody loaded the page anew, and nobody signed in again
});
