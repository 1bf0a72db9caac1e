// The demo, watched from its first second: who works, what befalls them, and the report at the end.
//
// DEMO is the directory that is surveyed. LAZARET_STATE is where the demo's own daemon shall live.
import { spawn } from 'node:child_process';
import { lazaretJson, tell } from './browser.mjs';

await tell({ key: null }, async (story) => {
  const { page } = story;
  const words = ['demo', 'survey', process.env.DEMO, '--state', process.env.LAZARET_STATE, '--keep'];
  const demo = spawn(process.env.LAZARET, words, { stdio: 'ignore' });
  const ended = new Promise((resolve) => demo.on('exit', resolve));
  const cells = () =>
    lazaretJson('mission', 'ls').then(
      (answer) => answer.cells,
      () => [],
    );
  const survey = await story.until(async () => (await cells()).find((cell) => cell.tasks > 1), 'the mission');
  story.url = (await lazaretJson('status')).daemon.url;
  story.expects(/ERR_|Failed to load|502|503/); // the demo kills its daemon too
  story.expects(/policy|Fetch API|Content Security Policy/); // of the report that tries to reach something
  const { key } = await story.until(
    () => lazaretJson('token', 'add', 'watcher', '--scope', 'admin').catch(() => null),
    'a key',
  );
  await story.enter(key, 'write-1');
  await story.shot('fleet', { whole: false });
  if ((await ended) !== 0) throw new Error('the demo failed');

  await story.go(`/missions/${survey.cell_id}`);
  await story.seesText('completed');
  await story.seesText('Write the report');
  await story.shot('mission', { whole: false });
  await story.go('/agents/write-1');
  await story.shot('agent', { whole: false });
  await story.go('/agents/write-1?tab=attempts');
  await story.seesText(/SIGKILL|signal 9|killed/i);
  await story.shot('attempts', { whole: false });

  await story.go(`/missions/${survey.cell_id}?view=artifacts`);
  await page
    .getByRole('main')
    .getByRole('button', { name: /report.*html/i })
    .first()
    .click();
  const frame = page.locator('iframe');
  await frame.waitFor();
  const report = page.frames().find((one) => one !== page.mainFrame());
  await report.locator('table').first().waitFor(); // drawn by its own script
  const reach = await report.evaluate(async () => {
    const asked = await fetch('/api/v1/status').then(
      (answer) => answer.status,
      () => 'refused',
    );
    let cookie = 'refused';
    let parent = 'refused';
    try {
      cookie = document.cookie;
    } catch {
      // as it should be
    }
    try {
      parent = window.parent.document.title;
    } catch {
      // as it should be
    }
    return { asked, cookie, parent, origin: window.origin };
  });
  if (
    JSON.stringify(reach) !== JSON.stringify({ asked: 'refused', cookie: 'refused', parent: 'refused', origin: 'null' })
  )
    throw new Error(`a report reaches ${JSON.stringify(reach)}`);
  await story.accessible('artifacts');
  await story.shot('report', { whole: false });
});
