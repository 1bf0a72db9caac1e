// What the browser stories share: a Chromium, a page that is signed in, and the command line of the
// daemon that tests/integration/browser.py started.
//
// Environment: URL of the daemon, LAZARET the program (with the daemon's LAZARET_STATE), SHOTS a directory for
// screenshots. A story fails when the page logs an error, breaks its policy, or axe finds something serious.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

export const url = process.env.URL;
const shots = process.env.SHOTS;
const patience = 20_000;
const tallest = 3_000; // of a screenshot, px
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const run = promisify(execFile);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// `lazaret WORDS`: what it printed.
export async function lazaret(...words) {
  const { stdout } = await run(process.env.LAZARET, words, { maxBuffer: 64 << 20 });
  return stdout;
}

export const lazaretJson = async (...words) => JSON.parse(await lazaret(...words, '--json'));

export class Story {
  static async begin({ size = 'desk', theme = 'light', key, zone, motion } = {}) {
    const story = new Story();
    story.url = url;
    story.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    });
    story.context = await story.browser.newContext({
      viewport: sizes[size],
      colorScheme: theme,
      hasTouch: size === 'phone',
      reducedMotion: motion ?? 'reduce',
      timezoneId: zone ?? 'Europe/Berlin',
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    story.context.setDefaultTimeout(patience);
    story.complaints = [];
    story.expected = [];
    story.page = await story.newPage();
    if (key !== null) await story.signIn(key);
    return story;
  }

  // What the page may complain of in this story, such as a daemon that was killed on purpose.
  expects(pattern) {
    this.expected.push(pattern);
  }

  async newPage() {
    const page = await this.context.newPage();
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
      );
    });
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error.stack ?? error)));
    return page;
  }

  // With a link, as people do; or with a key, typed in.
  async signIn(key) {
    if (key) {
      await this.page.goto(this.url);
      await this.page.getByLabel(/key/i).fill(key);
      await this.page.getByRole('button', { name: 'Sign in' }).click();
    } else {
      await this.page.goto((await lazaretJson('sign-in')).url);
    }
    await this.sees('navigation', 'Pages');
  }

  // Signed in and at home, also where the daemon dies while that happens.
  async enter(key, sight) {
    const data = { key };
    const headers = { Origin: this.url };
    await this.until(
      () =>
        this.context.request.post(`${this.url}/api/v1/session`, { data, headers }).then(
          (answer) => answer.ok(),
          () => false,
        ),
      'the session',
    );
    await this.until(async () => {
      const came = await this.page.goto(this.url).then(
        () => true,
        () => false,
      );
      return (
        came &&
        this.page
          .getByRole('link', { name: sight })
          .first()
          .waitFor({ timeout: 3_000 })
          .then(
            () => true,
            () => false,
          )
      );
    }, sight);
  }

  async go(path) {
    await this.page.goto(this.url + path);
    await this.sees('heading', undefined, { level: 1 });
    await this.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' }); // all is there
  }

  at(role, name, more = {}) {
    return this.page.getByRole(role, { ...(name === undefined ? {} : { name }), ...more }).first();
  }

  async sees(role, name, more) {
    await this.at(role, name, more).waitFor();
  }

  async seesText(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async click(role, name, more) {
    await this.at(role, name, more).click();
  }

  // Polls something outside of the page; a bound, never a fixed wait.
  async until(condition, what, ms = patience) {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      const found = await condition();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited ${ms / 1000} s for ${what}`);
  }

  // Of the whole page, unless only what is in sight is wanted.
  async shot(name, { whole = true } = {}) {
    mkdirSync(shots, { recursive: true });
    const path = `${shots}/${name}.png`;
    if (!whole) return this.page.screenshot({ path });
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    const { width } = this.page.viewportSize();
    return this.page.screenshot({
      path,
      fullPage: true,
      clip: { x: 0, y: 0, width, height: Math.min(height, tallest) },
    });
  }

  // Nothing serious or critical, in this state of the page.
  async accessible(what) {
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async () => {
      const result = await window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
      });
      return result.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map(
          (one) =>
            `${one.id}: ${one.help} (${one.nodes
              .slice(0, 3)
              .map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? ''))
              .join('; ')})`,
        );
    });
    if (found.length > 0) throw new Error(`axe, ${what}:\n  ${found.join('\n  ')}`);
  }

  // Nothing but what is made for it scrolls sideways.
  async fits(what) {
    const over = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) throw new Error(`${what} is ${over} px wider than the window`);
  }

  async end() {
    await this.browser.close();
    const unexpected = this.complaints.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
    if (unexpected.length > 0) throw new Error(`the page complained:\n  ${[...new Set(unexpected)].join('\n  ')}`);
  }
}

// Runs a story; what fails it is printed with a screenshot of how the page looked.
export async function tell(options, body) {
  const story = await Story.begin(options);
  try {
    await body(story);
  } catch (error) {
    await story.shot('failed').catch(() => {});
    console.error(`at ${story.page.url()}`, [...new Set(story.complaints)].slice(0, 5).join('\n  '));
    await story.browser.close();
    throw error;
  }
  await story.end();
}
