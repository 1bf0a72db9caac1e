// The graph of a large mission is laid out beside the page: the page answers meanwhile, a newer layout wins, and where
// no worker can be started the page lays it out itself.
import { lazaret, lazaretJson, tell } from './browser.mjs';

const tries = 5;
const shareMost = 0.5; // the page's longest task, of the time that the layout takes
const [mission] = (await lazaretJson('mission', 'ls')).cells;
const path = `/missions/${mission.cell_id}?fold=0`;
const drawn = (page) => page.locator('.react-flow__minimap-node').count();

// Keeps each worker, with how long it took; where `holds`, also its answer, until the story lets it go.
function watchWorkers(holds) {
  window.workers = [];
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
  }).observe({ type: 'longtask' });
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(address) {
      super(address);
      this.ended = false;
      this.began = performance.now();
      window.workers.push(this);
    }
    set onmessage(heard) {
      super.onmessage = (event) => {
        this.took = performance.now() - this.began;
        this.release = () => heard(event);
        if (!holds) heard(event);
      };
    }
    terminate() {
      this.ended = true;
      super.terminate();
    }
  };
}

await tell({}, async (story) => {
  const { page } = story;
  const status = page.getByRole('status').filter({ hasText: 'Laying out' });
  const fold = page.getByRole('checkbox', { name: /^Fold/ });
  const begun = (count) =>
    story.until(() => page.evaluate(() => window.workers.length).then((n) => n === count), `${count} layouts`);
  const isEnded = (at) => page.evaluate((i) => window.workers[i].ended, at);
  async function release(at) {
    await page.waitForFunction((i) => window.workers[i].release, at);
    await page.evaluate((i) => window.workers[i].release(), at);
  }

  await page.addInitScript(watchWorkers, true);
  await page.goto(story.url + path);
  await status.getByText('Laying out 400 tasks …').waitFor();
  await story.accessible('a graph that is laid out');
  await story.click('tab', 'Board');
  await page.getByRole('button', { name: /^task-1\b/ }).waitFor();
  if (!(await isEnded(0))) throw new Error('a layout goes on that nobody waits for');
  await story.click('tab', 'Graph');
  await begun(2);
  await fold.check();
  await begun(3);
  await release(2); // the newer one, first
  await status.waitFor({ state: 'detached' });
  if (!(await isEnded(1))) throw new Error('a layout goes on that was overtaken');
  const folded = await drawn(page);
  if (folded !== 391) throw new Error(`${folded} nodes are drawn, folded`);

  await fold.uncheck();
  await begun(4);
  await lazaret('task', 'add', mission.cell_id, 'One more');
  await begun(5);
  if ((await drawn(page)) !== folded) throw new Error('what was drawn is gone while a newer one is laid out');
  await release(3); // the older one, first: better than nothing
  await story.until(async () => (await drawn(page)) === 400, 'the older layout');
  await status.getByText('Laying out 401 tasks …').waitFor();
  await release(4);
  await status.waitFor({ state: 'detached' });
  if ((await drawn(page)) !== 401) throw new Error(`${await drawn(page)} nodes are drawn at last`);
  await fold.check();
  await begun(6);
  await fold.uncheck(); // kept: no other is begun
  await status.waitFor({ state: 'detached' });
  await story.until(() => isEnded(5), 'the one before to be ended');
  await begun(6);
});

await tell({}, async (story) => {
  const { page } = story;
  await page.addInitScript(watchWorkers, false);
  const measured = [];
  while (measured.length < tries && !measured.some(([longest, took]) => longest < took * shareMost)) {
    await story.go(path);
    await page.locator('[data-node]').first().waitFor();
    measured.push(await page.evaluate(() => [window.longest, window.workers[0].took].map(Math.round)));
  }
  console.log(measured.map(([longest, took]) => `longest task ${longest} ms, layout ${took} ms`).join('; '));
  if (!measured.some(([longest, took]) => longest < took * shareMost)) throw new Error('the layout holds up its page');
  await story.shot('graph', { whole: false });
});

await tell({ theme: 'dark' }, async (story) => {
  const { page } = story;
  story.expects(/404.*layout_worker/);
  await page.route('**/layout_worker-*', (route) => route.fulfill({ status: 404 }));
  await story.go(path);
  await page.locator('[data-node]').first().waitFor();
  await page.unroute('**/layout_worker-*');
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException('none here', 'SecurityError');
      }
    };
  });
  await story.go(path);
  await page.locator('[data-node]').first().waitFor();
  await story.shot('graph-dark', { whole: false });
});
