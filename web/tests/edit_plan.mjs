// A plan is made and changed with its next times in sight, daylight saving and all; a slot is moved.
import { lazaretJson, tell } from './browser.mjs';

await tell({ zone: 'Europe/Berlin' }, async (story) => {
  const { page } = story;
  story.expects(/422/); // a rule that is none is asked about too
  await story.go('/calendar');
  await story.accessible('an empty calendar');
  await story.click('button', 'New plan');
  const form = page.getByRole('dialog');
  await form
    .getByLabel('Agent', { exact: true })
    .fill('printer')
    .catch(() => form.getByLabel('Agent', { exact: true }).selectOption('printer'));
  await form.getByLabel('Title').fill('Nightly check');
  await form.getByLabel('Written as').selectOption('cron');
  await form.getByLabel(/^Rule/).fill('30 2 * * *');
  await form.getByLabel('Time zone of the rule').fill('Europe/Berlin');
  await story.until(async () => /02:30/.test(await form.innerText()), 'the preview');
  await story.accessible('the form of a plan');
  await story.shot('plan');
  await form.getByLabel(/^Rule/).fill('30 2 * * * * nonsense');
  await form.getByRole('alert').first().waitFor();
  await form.getByLabel(/^Rule/).fill('30 4 * * *');
  await form.getByRole('button', { name: /^(Make|Add|Create|Save)/ }).click();
  await page.waitForURL(/plan=1/); // it is shown at once
  const plan = await lazaretJson('plan', 'show', '1');
  if (plan.title !== 'Nightly check' || plan.rule.cron !== '30 4 * * *') throw new Error(JSON.stringify(plan));

  const panel = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Change' }).click();
  await panel.getByLabel(/^Rule/).fill('0 5 * * 1-5');
  await panel.getByRole('button', { name: /^(Save|Change)/ }).click();
  await story.until(async () => (await lazaretJson('plan', 'show', '1')).rule.cron === '0 5 * * 1-5', 'the change');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await story.seesText('Nightly check');
  await story.accessible('a calendar');
  await story.shot('calendar');
});
