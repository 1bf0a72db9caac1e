// An agent died and a person is asked: the home page shows it, one tap revives it.
import { lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  await story.go('/');
  await story.sees('heading', /needs you/);
  const needs = story.at('region', 'Needs you');
  await needs.getByText(/once/).first().waitFor();
  await story.accessible('home with a question');
  await story.shot('asked');
  await needs.getByRole('button', { name: /^Yes/ }).first().click();
  await story.until(async () => (await lazaretJson('agent', 'show', 'once')).process === 'running', 'the revival');
  await story.sees('heading', 'Nothing needs you');
});
