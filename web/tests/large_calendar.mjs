// A calendar of hundreds of plans, of which one fires each minute and one each second: only what is in sight is in the
// page, slots are asked for page by page up to a bound, and the page below its head stays where it is.
import { lazaret, lazaretJson, tell } from './browser.mjs';

const plansMade = Number(process.env.PLANS); // yearly ones
const day = process.env.DAY; // on which the others fire
const minutes = 24 * 60;

await tell({ zone: 'UTC' }, async (story) => {
  const { page } = story;
  await story.go('/calendar');
  const rows = page.locator('#plans [data-row]');
  const count = plansMade + 1;
  await story.sees('heading', `Plans (${count})`);
  const inPage = await rows.count();
  if (inPage === 0 || inPage > count / 3) throw new Error(`${inPage} of ${count} plans are in the page`);
  await story.accessible('a calendar of hundreds of plans');
  const last = page.locator('#plans').getByRole('button', { name: new RegExp(`^yearly ${plansMade}\\b`) });
  await story.until(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    return last.isVisible();
  }, 'the last plan');
  await story.shot('plans', { whole: false });
  await last.click();
  await page.getByRole('dialog', { name: `yearly ${plansMade}` }).waitFor();

  const cut = page.getByText('There are more slots');
  const many = (title) => page.getByRole('button', { name: new RegExp(`${title} round`) }).first();
  await story.go(`/calendar?view=day&day=${day}`);
  await many('minutely').waitFor();
  if (await cut.count()) throw new Error('slots of a day are left out');
  await story.go(`/calendar?view=list&day=${day}`); // seven days: more than are asked for
  await many('minutely').getByText(`×${minutes}`).waitFor();
  await cut.waitFor();

  const start = ['--start', `${day.replaceAll('-', '')}T000000`];
  await lazaret('plan', 'add', 'printer', '--rrule', 'FREQ=SECONDLY', ...start, '--title', 'secondly round');
  await page
    .getByText(/^There are more slots in this span than the \d,\d+ that are shown, which end .*\d\d:\d\d/)
    .waitFor();
  await page.getByRole('button', { name: /secondly round ×/ }).click();
  await page.getByText('later slots are not shown').waitFor();
  const inDialog = await page.getByRole('dialog').getByRole('listitem').count();
  if (inDialog !== 200) throw new Error(`${inDialog} times of the plan are in the page`);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Show all \d,\d+$/ })
    .waitFor();
  await story.shot('cut', { whole: false });
});

const [next] = (await lazaretJson('plan', 'ls')).plans.map((plan) => plan.next[0]).sort();

await tell({ size: 'phone', theme: 'dark', zone: 'UTC' }, async (story) => {
  const { page } = story;
  await page.clock.setFixedTime(Date.parse(next) - 1_000);
  await story.go('/calendar?view=list');
  const head = page.locator('header', { has: page.locator('h1') });
  const height = 844;
  async function tops() {
    const found = [];
    for (let width = 330; width <= 430; width += 2) {
      await page.setViewportSize({ width, height });
      found.push(await head.evaluate((one) => one.getBoundingClientRect().bottom));
    }
    return found;
  }
  await head.getByText('in 1 s').waitFor();
  const before = await tops();
  await page.clock.setFixedTime(Date.parse(next) + 1_000);
  await head.getByText('now').waitFor();
  const after = await tops();
  const moved = before.filter((top, i) => top !== after[i]).length;
  if (moved > 0) throw new Error(`at ${moved} of ${before.length} widths the page moves as a plan fires`);
  await page.setViewportSize({ width: 390, height });
  await story.fits('a calendar of many plans');
  await story.shot('head', { whole: false });
});
