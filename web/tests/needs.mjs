// A mission says itself what it needs, and every page says the same; rows tell the time of the state that they show.
import { lazaret, lazaretJson, tell } from './browser.mjs';

const { cells } = await lazaretJson('mission', 'ls');
const stuck = cells.find((cell) => cell.mission_name === 'stuck');
const words = 'nothing is under way, and printer is frozen';

await tell({}, async (story) => {
  const { page } = story;
  const row = (name) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) });
  await lazaret('agent', 'freeze', 'printer', '--reason', 'a look');
  await story.go('/');
  const frozen = row('printer').getByRole('cell').first();
  await frozen.getByText(/^frozen$/).waitFor();
  await frozen.getByText(/^for \d/).waitFor();
  await frozen.getByText(/running for/).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /^stuck.*active, needs you/s }).waitFor();
  await page.getByRole('article').getByRole('link', { name: 'mission asks', exact: true }).waitFor();
  await story.accessible('home, with missions that need somebody');
  await story.shot('home');

  await story.go('/missions?q=stuck');
  const said = page.getByRole('row').getByRole('link', { name: words });
  await said.waitFor();
  await row('stuck').getByText('active, needs you').waitFor();
  await said.click();
  await page.getByText(`It needs you: ${words}`).waitFor();
  const { needs } = await lazaretJson('mission', 'show', stuck.cell_id);
  await page.getByText(needs.split('; ').at(-1), { exact: true }).waitFor();
  await story.accessible('a mission that says what it needs');
  await story.shot('mission');
  await page.setViewportSize({ width: 390, height: 844 });
  await story.fits('a mission that says what it needs, on a phone');
  await page.emulateMedia({ colorScheme: 'dark' });
  await story.shot('mission-dark');
  await lazaret('agent', 'thaw', 'printer');
  await page.getByText('It needs you').waitFor({ state: 'detached' });
});
