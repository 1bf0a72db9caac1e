// Tasks in somebody's hand are handed over, released and verified; an agent goes on from a checkpoint of before; the
// missions' page says which mission needs somebody, and why.
import { writeFileSync } from 'node:fs';
import { lazaret, lazaretJson, tell } from './browser.mjs';

const [mission] = (await lazaretJson('mission', 'ls')).cells;
const task = (id) => lazaretJson('task', 'show', mission.cell_id, id);

await tell({}, async (story) => {
  const { page } = story;
  const dialog = page.getByRole('dialog');

  async function act(label, says, fill = async () => {}) {
    await page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: label, exact: true }).click();
    await fill(dialog);
    await story.accessible(label);
    await dialog.getByRole('button', { name: label, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await story.until(says, `${label} to be true`);
  }

  await story.go(`/missions/${mission.cell_id}?task=passed`);
  await act(
    'Hand over',
    async () => (await task('passed')).handed_over?.to === 'heir',
    async (form) => {
      await form.getByRole('combobox', { name: 'To' }).selectOption('heir');
      await form.getByLabel(/^Reason/).fill('night shift');
    },
  );
  const passed = await task('passed');
  if (passed.handed_over.from !== 'saver' || passed.handed_over.reason !== 'night shift')
    throw new Error(JSON.stringify(passed.handed_over));
  await story.seesText('night shift');

  await story.go(`/missions/${mission.cell_id}?task=given`);
  await act(
    'Release',
    async () => (await task('given')).status === 'pending' && (await task('given')).owner === null,
    (form) => form.getByLabel(/^Reason/).fill('not now'),
  );

  await story.go(`/missions/${mission.cell_id}?task=proven`);
  await act('Done', async () => (await task('proven')).status === 'reported');
  const verify = page.getByRole('button', { name: 'Verify', exact: true });
  await verify.and(page.getByTitle('It runs now, and its outcome decides.')).waitFor();
  if (await verify.isEnabled()) throw new Error('a verification that runs can be asked for');
  await story.accessible('a verification that runs');
  writeFileSync(`${mission.path}/proof`, '');
  await story.until(async () => (await task('proven')).status === 'completed', 'the proof to be seen');
  await page.getByRole('heading', { name: /^Verify passed/ }).waitFor();

  await story.go(`/missions/${mission.cell_id}?view=board&q=open-`);
  await page.getByRole('button', { name: /^open-10/ }).waitFor();
  const cards = await page.getByRole('button', { name: /^open-/ }).allInnerTexts();
  if (cards.map((one) => one.split('\n')[0]).join() !== 'open-1,open-2,open-10') throw new Error(`the board: ${cards}`);

  await story.go(`/missions/${mission.cell_id}?view=artifacts&q=part-77`);
  await story.sees('heading', /the newest 1,000 of more/);
  await story.seesText('11 of the newest 1,000 of more fit.');

  const { checkpoints } = await lazaretJson('checkpoint', 'ls', 'saver');
  const oldest = checkpoints.at(-1).checkpoint;
  await story.go('/agents/saver?tab=checkpoints');
  await page.getByRole('row', { name: oldest }).getByRole('button', { name: 'Restore' }).click();
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await lazaret('agent', 'stop', 'saver');
  await story.until(async () => (await lazaretJson('agent', 'show', 'saver')).process === 'stopped', 'its end');
  await lazaret('agent', 'start', 'saver');
  const wentOn = async () => (await lazaretJson('checkpoint', 'ls', 'saver')).went_on_from?.checkpoint === oldest;
  await story.until(wentOn, 'the agent to go on from it');
  await story.seesText(/It went on from/);

  await story.go('/missions');
  await story.sees('heading', 'story needs you');
  await page.getByRole('link', { name: /crasher/ }).waitFor();
  await story.accessible('a mission that needs somebody');
});
