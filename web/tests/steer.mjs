// Steering from the pages: an agent, its tasks and its mission; each action is what the daemon then says.
import { lazaretJson, tell } from './browser.mjs';

const agent = (name) => lazaretJson('agent', 'show', name);
const [mission] = (await lazaretJson('mission', 'ls')).cells;
const task = (id) => lazaretJson('task', 'show', mission.cell_id, id);

await tell({}, async (story) => {
  const { page } = story;
  const dialog = page.getByRole('dialog');

  // Opens the action's dialog, fills it in, carries it out, and waits until the daemon says so.
  async function act(label, says, { menu = false, fill = async () => {}, send = label } = {}) {
    if (menu) {
      await story.click('button', 'More');
      await page.getByRole('menuitem', { name: label, exact: true }).click();
    } else {
      await page.getByRole('main').getByRole('button', { name: label, exact: true }).first().click();
    }
    await fill(dialog);
    await dialog.getByRole('button', { name: send, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await story.until(says, `${label} to be true`);
  }

  await story.go('/agents/printer');
  await act('Pause', async () => (await agent('printer')).paused);
  await act('Resume', async () => !(await agent('printer')).paused);
  await act('Freeze', async () => (await agent('printer')).frozen);
  await story.seesText('frozen');
  await act('Thaw', async () => !(await agent('printer')).frozen);
  await act('Wake with a message', async () => (await lazaretJson('agent', 'wakes')).wakes.length === 1, {
    menu: true,
    fill: (form) => form.getByLabel(/^Message/).fill('look around'),
    send: 'Wake',
  });
  await act('Stop', async () => (await agent('printer')).process === 'stopped', { menu: true });
  await act('Start', async () => (await agent('printer')).process === 'running');

  await story.go(`/missions/${mission.cell_id}?task=t2`);
  await act('Assign', async () => (await task('t2')).assigned_to === 'printer', {
    fill: (form) => form.getByLabel(/^Who shall do it/).selectOption('printer'),
  });
  await act('Wait for…', async () => (await task('t2')).dependencies.includes('t3'), {
    fill: (form) => form.getByLabel(/^Task/).selectOption('t3'),
    send: 'Make it wait',
  });
  await story.go(`/missions/${mission.cell_id}?task=t1`);
  await act('Done', async () => (await task('t1')).status === 'completed', {
    fill: (form) => form.getByLabel(/^Result/).fill('swept'),
  });
  if ((await task('t1')).result !== 'swept') throw new Error('the result is lost');
  await story.go(`/missions/${mission.cell_id}?task=once`);
  const failTask = page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: 'Fail' });
  await failTask.click();
  await dialog.getByLabel(/^Reason/).fill('the broom broke');
  await dialog.getByRole('button', { name: 'Fail', exact: true }).click();
  await story.until(async () => (await task('once')).status === 'failed', 'the failure');
  await act('Retry', async () => (await task('once')).status === 'pending');

  await act('Add task', async () => (await task('sweep-the-roof')).priority === 'high', {
    fill: async (form) => {
      await form.getByLabel(/^Title/).fill('Sweep the roof');
      await form.getByLabel(/^Priority/).selectOption('high');
    },
    send: 'Add',
  });
  await act('Add agent', async () => (await agent('helper')).process === 'running', {
    fill: async (form) => {
      await form.getByLabel(/^Id/).fill('helper');
      await form.getByLabel(/^How it is started/).fill('sleep 1000');
    },
    send: 'Add',
  });
  await act('Pause', async () => (await lazaretJson('mission', 'show', mission.cell_id)).status === 'paused');
  await act('Resume', async () => (await lazaretJson('mission', 'show', mission.cell_id)).status === 'active');

  await story.go('/inbox');
  await act(
    'Ask a question',
    async () => (await lazaretJson('inbox')).approvals.some((one) => one.question === 'Is it clean?'),
    {
      fill: (form) => form.getByLabel(/^(The q|Q)uestion/).fill('Is it clean?'),
      send: 'Ask',
    },
  );
  await story.go('/connect');
  await story.click('button', 'New key');
  await dialog.getByLabel(/^Name/).fill('ci');
  await dialog.getByRole('button', { name: /^(Make|Add|Create)/ }).click();
  await story.seesText(/lzk_/);
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await story.seesText('lazaret sign-in');
});
