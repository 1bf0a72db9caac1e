// A log is followed, in its colours, held still, searched, and keeps up with 5,000 lines a second.
import { lazaret, tell } from './browser.mjs';

const behindMost = 3; // seconds between what is printed and what is shown

const screen = (story) => story.page.locator('.xterm-rows');

async function lastShown(story) {
  const numbers = [...(await screen(story).innerText()).matchAll(/line (\d+)/g)].map((match) => Number(match[1]));
  return numbers.length ? Math.max(...numbers) : 0;
}

async function lastPrinted(agent) {
  const printed = await lazaret('logs', agent, '--tail', '1');
  return Number(/line (\d+)/.exec(printed)?.[1] ?? 0);
}

await tell({}, async (story) => {
  const { page } = story;
  await story.go('/agents/printer?tab=log');
  const first = await story.until(() => lastShown(story), 'the first lines');
  await story.until(async () => (await lastShown(story)) > first + 20, 'further lines');
  const green = await screen(story)
    .getByText('green')
    .first()
    .evaluate((element) => getComputedStyle(element).color);
  const plain = await screen(story).evaluate((element) => getComputedStyle(element).color);
  if (green === plain) throw new Error('colours are lost');
  await story.accessible('a log');
  await story.click('button', 'Pause the log');
  let held = -1; // what was on its way is still shown
  await story.until(async () => {
    await page.waitForTimeout(500);
    return held === (held = await lastShown(story));
  }, 'the log to hold still');
  await story.until(async () => (await lastPrinted('printer')) > held + 20, 'lines that are not shown');
  if ((await lastShown(story)) > held) throw new Error('the log moves while it is paused');
  await page.getByRole('searchbox', { name: /log|Search/i }).fill(`line ${first} `);
  await page.keyboard.press('Enter');
  await story.click('button', 'Follow the log');
  await story.until(async () => (await lastShown(story)) > held + 20, 'the log to go on');

  await story.go('/agents/flood?tab=log');
  await story.until(() => lastShown(story), 'the flood');
  const beats = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const gaps = [];
        let last = performance.now();
        const timer = setInterval(() => {
          const now = performance.now();
          gaps.push(now - last);
          last = now;
        }, 50);
        setTimeout(() => {
          clearInterval(timer);
          resolve(gaps);
        }, 5_000);
      }),
  );
  const freeze = Math.max(...beats);
  console.log(`the page's longest pause while 5,000 lines a second come: ${Math.round(freeze)} ms`);
  if (freeze > 1_000) throw new Error(`the page froze for ${Math.round(freeze)} ms`);
  await story.until(
    async () => (await lastPrinted('flood')) - (await lastShown(story)) < 5_000 * behindMost,
    'the log to keep up',
  );
});
