// What agents call themselves, print and ask is text, wherever it is shown.
import { tell } from './browser.mjs';

const pages = [
  '/',
  '/agents/printer',
  '/agents/printer?tab=log',
  '/missions',
  '/inbox',
  '/events',
  '/host',
  '/connect',
  '/calendar',
];

await tell({}, async (story) => {
  const { page } = story;
  for (const path of pages) {
    await story.go(path);
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    if ((await page.title()).includes('broken')) throw new Error(`${path} ran what an agent is called`);
    if (await page.locator('img[src="x"]').count()) throw new Error(`${path} made an element of a name`);
  }
  await story.go('/missions');
  await story.seesText(process.env.HOSTILE);
});
