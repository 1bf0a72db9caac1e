// Somebody else answers first: the tap that comes too late is taken back, with the server's own sentence.
import { lazaret, lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  story.expects(/409/);
  await story.go('/inbox');
  const [asked] = (await lazaretJson('inbox')).approvals;
  await story.page.route('**/answer', async (route) => {
    await lazaret('inbox', 'deny', asked.id, '--reason', 'I was first');
    await route.continue();
  });
  await story.page.getByRole('main').getByRole('button', { name: /^Yes/ }).first().click();
  await story.seesText(`answered ${asked.id} with no at `);
  await story.seesText('Your yes came later and changed nothing.');
  const now = await lazaretJson('inbox', 'show', asked.id);
  if (now.answer !== 'no') throw new Error(`the later tap won: ${JSON.stringify(now)}`);
  await story.seesText('I was first');
  await story.page.getByRole('article', { name: asked.question }).waitFor({ state: 'detached' });
});
