// An agent that has died more often than one answer of the journal tells: older attempts are asked for, to the first.
import { tell } from './browser.mjs';

await tell({}, async (story) => {
  const { page } = story;
  await story.go('/agents/mayfly?tab=attempts');
  await story.sees('heading', /^Attempts \(the last \d+\)$/);
  const table = page.getByRole('region', { name: 'Attempts' });
  const first = table.getByRole('rowheader', { name: '1', exact: true });
  const shown = () => table.getByRole('rowheader').count();
  const more = page.getByRole('button', { name: 'Show more' });
  const older = page.getByRole('button', { name: 'Ask for older ones' });
  async function press(button) {
    const before = await page.getByRole('heading', { name: /^Attempts/ }).innerText();
    const rows = await shown();
    await button.click();
    const changed = async () =>
      (await shown()) > rows || (await page.getByRole('heading', { name: /^Attempts/ }).innerText()) !== before;
    await story.until(changed, 'more attempts');
  }
  if ((await shown()) !== 50) throw new Error(`${await shown()} attempts are shown at first`);
  while (await more.isVisible()) await press(more);
  if (await first.isVisible()) throw new Error('the first attempt is there before older ones were asked for');
  await story.accessible('attempts, of which there are older ones');
  await older.waitFor();
  await story.shot('before');
  await press(older);
  for (;;) {
    if (await more.isVisible()) await press(more);
    else if (await older.isVisible()) await press(older);
    else break;
  }
  await first.waitFor();
  await story.sees('heading', new RegExp(`^Attempts \\(${(await shown()).toLocaleString('en-GB')}\\)$`));
  const numbers = await table.getByRole('rowheader').allInnerTexts();
  const inOrder = numbers.every((one, i) => Number(one) === numbers.length - i);
  if (!inOrder) throw new Error(`the attempts are ${numbers.slice(0, 5)} … ${numbers.slice(-5)}`);
});
