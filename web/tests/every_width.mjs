// Every page at every width that people have: nothing scrolls sideways, no words are cut by what holds them, and none
// lie on others. PAGES is a list of paths.
import { tell } from './browser.mjs';

const settled = 3_000; // ms
const widths = [320, 390, 768, 1024, 1440];
const paths = JSON.parse(process.env.PAGES);

// Words that end outside of what clips them or of the page, unless made to be cut or scrolled; and words on others.
function wrongWords() {
  const isLeftOut = 'svg, .unseen, [aria-hidden="true"], .react-flow, .xterm, noscript';
  const found = [];
  const seen = []; // what is in sight of each line of words
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const own = text.parentElement;
    if (!text.data.trim() || own.closest(isLeftOut) || !own.checkVisibility({ visibilityProperty: true })) continue;
    let [from, to] = [0, document.documentElement.clientWidth];
    let meant = false;
    for (let box = own; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === 'inline' || style.overflowX === 'visible') continue;
      meant ||= /auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis';
      const edge = box.getBoundingClientRect();
      [from, to] = [Math.max(from, edge.left), Math.min(to, edge.right)];
    }
    const range = document.createRange();
    range.selectNodeContents(text);
    const words = text.data.trim().slice(0, 60);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      if (!meant && (left < from - 1 || right > to + 1)) found.push(`cut: ${words}`);
      const line = { text, words, left: Math.max(left, from), right: Math.min(right, to), top, bottom };
      const under = seen.find(
        (one) =>
          one.text !== text &&
          Math.min(one.right, line.right) - Math.max(one.left, line.left) > 2 &&
          Math.min(one.bottom, line.bottom) - Math.max(one.top, line.top) > 4,
      );
      if (under) found.push(`on each other: ${under.words}, ${words}`);
      if (line.right > line.left) seen.push(line);
    }
  }
  return found;
}

await tell({}, async (story) => {
  const wrong = [];
  for (const path of paths) {
    for (const width of widths) {
      await story.page.setViewportSize({ width, height: 900 });
      await story.go(path);
      const what = `${path} at ${width} px`;
      await story.fits(what).catch((error) => wrong.push(error.message));
      let bad;
      const isRight = async () => (bad = await story.page.evaluate(wrongWords)).length === 0;
      await story.until(isRight, 'the page to settle', settled).catch(() => {}); // what stays wrong is told below
      wrong.push(...bad.map((one) => `${what}, ${one}`));
      await story.shot(`${path.replace(/\W+/g, '-')}-${width}`);
    }
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
});
