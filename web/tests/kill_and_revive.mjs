// An agent is killed from its page, with a reason, and started again; killed by fate, it is back by itself.
import { lazaretJson, tell } from './browser.mjs';

await tell({}, async (story) => {
  const { page } = story;
  await story.go('/');
  await story.click('link', 'printer');
  await story.sees('heading', /printer/, { level: 1 });
  await story.seesText(/running for/); // the head names what it is about
  await story.sees('heading', 'Why its process is running');
  await story.accessible('an agent');
  await story.click('button', 'More');
  await page.getByRole('menuitem', { name: 'Kill' }).click();
  const asking = page.getByRole('dialog');
  await asking.getByLabel(/Reason/).fill('to see it come back');
  await asking.getByText("lazaret agent kill printer --reason 'to see it come back'").waitFor();
  await story.accessible('a dialog');
  await asking.getByRole('button', { name: 'Kill', exact: true }).click();
  await asking.waitFor({ state: 'detached' });
  await story.until(async () => (await lazaretJson('agent', 'show', 'printer')).process === 'stopped', 'its end');
  await story.seesText('stopped');
  await story.click('button', 'Start');
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
  const started = await running(2);

  process.kill(started.pid, 'SIGKILL'); // and now as fate does it
  const revived = await running(3);
  await story.seesText(`pid ${revived.pid}`);
  await story.click('tab', 'Attempts');
  await story.seesText(/SIGKILL|signal 9|killed/i);
  await story.accessible('the attempts');
  const told = await lazaretJson('why', 'printer');
  if (!JSON.stringify(told.evidence).includes('to see it come back')) throw new Error('the reason was not recorded');

  function running(incarnation) {
    return story.until(async () => {
      const agent = await lazaretJson('agent', 'show', 'printer');
      return agent.incarnation === incarnation && agent.process === 'running' && agent;
    }, `start ${incarnation}`);
  }
});
