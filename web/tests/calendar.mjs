// A calendar of many agents: how each time ended is said, lanes are searched, an empty one is planned into; on a
// phone a slot is moved with a finger, and the page still scrolls.
import { lazaret, lazaretJson, tell } from './browser.mjs';

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const hour = 40; // px

await tell({ zone: 'UTC' }, async (story) => {
  const { page } = story;
  await story.go('/calendar');
  const row = (title) => page.getByRole('button', { name: new RegExp(`^${title}`) });
  await row('slow round')
    .getByText(/superseded/)
    .waitFor();
  await row('picky round')
    .getByText(/skipped/)
    .waitFor();
  await row('quick round')
    .getByText(/\d+ finished/)
    .waitFor();
  await row('slow round').click();
  await page.getByRole('dialog').getByText('A newer time of the plan took its place.').first().waitFor();
  await page.keyboard.press('Escape');

  await story.sees('checkbox', 'Only agents with slots', { checked: true });
  await story.sees('region', 'slow');
  if (await page.getByRole('region', { name: /^idler/ }).count()) throw new Error('an agent without slots is shown');
  await page.getByLabel('Search agents').fill('idler-1');
  await page.waitForURL(/agent=idler-1/);
  await story.sees('region', 'idler-1');
  if ((await page.getByRole('region', { name: /^idler/ }).count()) !== 1) throw new Error('a whole name means more');
  await page.getByLabel('Search agents').fill('idler');
  await story.sees('region', 'idler-14');
  const names = await page
    .getByRole('region', { name: /^idler/ })
    .evaluateAll((all) => all.map((one) => one.ariaLabel));
  if (names.indexOf('idler-2') > names.indexOf('idler-10')) throw new Error(`the order is ${names}`);
  await story.accessible('a calendar of many agents');
  await page.getByRole('region', { name: 'idler-3' }).locator('[data-lane]').click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Agent', { exact: true }).waitFor();
  const agent = await form.getByLabel('Agent', { exact: true }).inputValue();
  if (agent !== 'idler-3') throw new Error(`the slot is for ${agent}`);
});

for (const plan of ['1', '2', '3']) await lazaret('plan', 'pause', plan); // nothing else moves on the page
const made = await lazaretJson('slot', 'add', 'quick', `${tomorrow}T01:00:00Z`, '--title', 'carried');
const isAt = async (time) => (await lazaretJson('slot', 'show', made.ident)).at.startsWith(`${tomorrow}T${time}`);

// Scrolled back; false while the swipe still carries it on.
async function staysAtItsBegin(scroller) {
  scroller.scrollLeft = 0;
  for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
  return scroller.scrollLeft === 0;
}

await tell({ size: 'phone', zone: 'UTC' }, async (story) => {
  const { page } = story;
  await story.go(`/calendar?view=day&day=${tomorrow}&agent=quick`);
  await story.fits('a day on a phone');
  const chip = page.getByRole('button', { name: /carried/ });
  await chip.scrollIntoViewIfNeeded();
  const box = await chip.boundingBox();
  const touch = await story.context.newCDPSession(page);
  const [x, y] = [box.x + 5, box.y + box.height / 2];
  const send = (type, ...points) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });

  await send('touchStart', [x, y]);
  for (let way = 20; way <= 120; way += 20) await send('touchMove', [x - way, y]);
  await send('touchEnd');
  const lanes = page.getByRole('group', { name: 'Lanes of the day' });
  await story.until(() => lanes.evaluate((one) => one.scrollLeft > 0), 'the lanes to scroll');
  if (!(await isAt('01:00'))) throw new Error('scrolling has moved the slot');
  await story.until(() => lanes.evaluate(staysAtItsBegin), 'the swipe to have run out');

  await send('touchStart', [x, y]);
  await page.locator('[data-moving]').waitFor();
  await send('touchMove', [x + hour, y]);
  await send('touchMove', [x + 2 * hour, y]);
  await story.shot('moving', { whole: false }); // another size of the window would let go
  await send('touchEnd');
  await story.until(() => isAt('03:00'), 'the slot to be moved');
});
