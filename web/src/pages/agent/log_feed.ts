// Follows an agent's log: asks for what is new, sooner while there is much, and says where lines are missing.
import { call, Refusal } from '../../api/client';

export const tailMost = 10_000; // lines of one answer, as many as the server gives
const tailFirst = 1_000;
const soonest = 200; // ms between two questions
const latest = 2_000;
const muchLines = 5_000; // an answer so large means that there is more already
const muchText = 900_000;
const behindMost = 6; // large answers in a row before the newest lines are shown instead

export interface Batch {
  lines: string[];
  continues: boolean; // the last one goes on with the next batch's first
  missing: 'dropped' | 'skipped' | null; // lines before the first one
}

export interface Sink {
  fresh(batch: Batch): Promise<void>; // in the place of all before
  more(batch: Batch): Promise<void>;
  trouble(refusal: Refusal | null): void;
}

export class LogFeed {
  private tail = tailFirst;
  private next?: number;
  private timer?: number;
  private wait = soonest;
  private behind = 0;
  private following = true;
  private ended = new AbortController();
  private turn: Promise<void> = Promise.resolve(); // one question at a time

  constructor(
    private agent: string,
    private sink: Sink,
  ) {
    document.addEventListener('visibilitychange', () => !document.hidden && this.soon(0), {
      signal: this.ended.signal,
    });
    void this.newest(tailFirst);
  }

  end() {
    this.ended.abort();
    window.clearTimeout(this.timer);
  }

  follow(following: boolean) {
    this.following = following;
    this.behind = 0;
    this.soon(0);
  }

  // The last lines; what is new comes after them.
  newest(lines: number) {
    this.tail = Math.min(tailMost, lines);
    return this.ask(async (signal) => {
      const answer = await call('agent.logs', { agent: this.agent, tail: this.tail }, signal);
      this.next = answer.next;
      await this.sink.fresh({ lines: answer.lines, continues: false, missing: null });
    });
  }

  // From the oldest line that is kept.
  oldest() {
    this.follow(false);
    return this.ask(async (signal) => {
      const answer = await call('agent.logs', { agent: this.agent, from: 0 }, signal);
      this.next = answer.next;
      await this.sink.fresh({ lines: answer.lines, continues: answer.continues === true, missing: null });
    });
  }

  // What comes next; whether there is likely more.
  async page(): Promise<boolean> {
    let much = false;
    await this.ask(async (signal) => {
      if (this.next === undefined) return;
      const { lines, next, gap, continues } = await call('agent.logs', { agent: this.agent, from: this.next }, signal);
      this.next = next;
      this.wait = lines.length > 0 ? soonest : Math.min(latest, this.wait * 1.5);
      much =
        lines.length >= muchLines ||
        continues === true ||
        lines.reduce((sum, line) => sum + line.length, 0) >= muchText;
      if (lines.length > 0 || gap)
        await this.sink.more({ lines, continues: continues === true, missing: gap ? 'dropped' : null });
    });
    return much;
  }

  private async step() {
    this.behind = (await this.page()) ? this.behind + 1 : 0;
    if (this.behind > behindMost) await this.skip();
  }

  // It prints faster than can be read: on with the newest lines.
  private skip() {
    this.behind = 0;
    return this.ask(async (signal) => {
      const answer = await call('agent.logs', { agent: this.agent, tail: tailFirst }, signal);
      this.next = answer.next;
      await this.sink.more({ lines: answer.lines, continues: false, missing: 'skipped' });
    });
  }

  private ask(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
    window.clearTimeout(this.timer);
    const ask = async () => {
      const { signal } = this.ended;
      if (signal.aborted) return;
      try {
        await question(signal);
        this.sink.trouble(null);
      } catch (error) {
        if (signal.aborted) return;
        this.wait = latest;
        this.sink.trouble(error instanceof Refusal ? error : new Refusal(0, String(error)));
      }
      this.soon(this.behind > 0 ? 0 : this.wait);
    };
    this.turn = this.turn.then(ask);
    return this.turn;
  }

  private soon(wait: number) {
    window.clearTimeout(this.timer);
    if (!this.following || document.hidden || this.ended.signal.aborted) return;
    this.timer = window.setTimeout(() => void (this.next === undefined ? this.newest(this.tail) : this.step()), wait);
  }
}
