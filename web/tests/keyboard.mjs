// Everything without a mouse: g and a letter, / to search, ? for the sheet, j, k and Enter in lists.
import { tell } from './browser.mjs';

await tell({}, async (story) => {
  const { page } = story;
  const goes = async (key, path) => {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForURL((to) => to.pathname === path);
    await story.sees('heading', undefined, { level: 1 });
  };
  await story.go('/');
  await story.sees('link', 'printer');
  const rows = await page.locator('main [data-row]').allTextContents();
  if (rows.join() !== 'a-9,a-10,printer') throw new Error(`in this order: ${rows}`);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.keyboard.type('printer');
  await story.until(async () => (await page.locator('main [data-row]').count()) === 1, 'one row');
  await story.sees('heading', 'Agents (1 of 3)');
  if (!page.url().includes('q=printer')) throw new Error('the search is not in the URL');
  await page.getByRole('searchbox').first().blur();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/agents\/printer$/);
  await story.until(async () => (await page.title()) === 'printer · Lazaret', 'the title');
  await goes('m', '/missions');
  await goes('i', '/inbox');
  await goes('c', '/calendar');
  await goes('e', '/events');
  await goes('h', '/host');
  await goes('k', '/connect');
  await goes('f', '/');
});
