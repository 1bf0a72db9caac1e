// An empty fleet, met for the first time: signing in with a key, and every page teaches the next step.
import { tell } from './browser.mjs';

const pages = ['/', '/missions', '/inbox', '/calendar', '/events', '/host', '/connect'];
const { key } = JSON.parse(process.env.KEY);

await tell({ key: null }, async (story) => {
  await story.page.goto(process.env.URL);
  await story.seesText('lazaret sign-in');
  await story.accessible('the sign-in page');
  await story.shot('sign-in');
  story.expects(/401/); // the browser's own remark on a refused key
  await story.page.getByLabel(/key/i).fill('lzk_wrong');
  await story.click('button', 'Sign in');
  await story.sees('alert');
  await story.signIn(key);
  await story.sees('heading', 'Nothing needs you');
  await story.seesText('lazaret run');
  for (const path of pages) {
    await story.go(path);
    await story.accessible(path);
  }
  // The page's own key is told apart from the others, also from one that looks the same; and what taking it back leads to.
  await story.page.route('**/api/v1/keys', async (route) => {
    const answer = await route.fetch();
    if (!answer.ok()) return route.fulfill({ response: answer });
    const { keys } = await answer.json();
    return route.fulfill({
      response: answer,
      json: { keys: keys.flatMap((one) => [{ ...one, id: `k-0${one.id}` }, one]) },
    });
  });
  await story.go('/connect');
  const own = story.page.getByRole('listitem').filter({ hasText: 'this browser' });
  const all = await story.page.getByRole('listitem').filter({ hasText: 'Take back' }).count();
  if (all !== 4 || (await own.count()) !== 1) throw new Error(`${await own.count()} of ${all} keys are this browser's`);
  await own.getByRole('button', { name: 'Take back' }).click();
  const asking = story.page.getByRole('dialog');
  await asking.getByText('asks to sign in again at once').waitFor();
  await asking.getByRole('button', { name: 'Take back' }).click();
  await story.sees('button', 'Sign in');
});
