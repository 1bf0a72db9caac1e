// An agent died too often and a person is asked: the home page shows it, one tap answers.
import { lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  await story.go('/');
  await story.sees('heading', /needs you/);
  const needs = story.at('region', 'Needs you');
  await needs.getByText(/crasher/).first().waitFor();
  await story.accessible('home with a question');
  await story.shot('asked');
  await needs.getByRole('button', { name: /^(No|Leave|Deny)/ }).first().click();
  await story.until(async () => (await lazaretJson('inbox')).approvals.every((one) => !one.open), 'the answer');
  await story.sees('heading', 'Nothing needs you');
});
