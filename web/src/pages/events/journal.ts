// The part of the journal that the page holds: the newest facts that fit, older ones on demand, new ones as
// they happen. What fits is the server's judgement alone.
import { call, Refusal } from '../../api/client';
import type { Event, Inputs } from '../../api/generated';

const pageSize = 200;
const askedMost = 10_000;
const heldMost = 20_000; // events in memory; beyond it the oldest are let go

export interface View {
  events: readonly Event[]; // newest first
  fresh: number; // that came while the list was held
  more: boolean; // older ones may be there
  busy: boolean;
  refusal: Refusal | null;
}

export const nothing: View = { events: [], fresh: 0, more: true, busy: true, refusal: null };

export class Journal {
  view: View = nothing;
  private held: Event[] = []; // newest first; new ones that are not shown yet
  private last?: number;
  private following = true;
  private turn: Promise<void> = Promise.resolve();
  private asked = false;
  private ended = new AbortController();
  private listeners = new Set<() => void>();

  constructor(private inputs: Inputs['events.list']) {
    void this.first();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  end() {
    this.ended.abort();
  }

  // While it follows, what is new is shown at once.
  follow(following: boolean) {
    this.following = following;
    if (following) this.show();
  }

  first() {
    return this.ask(async (signal) => {
      const answer = await call('events.list', { ...this.inputs, newest: true, limit: pageSize }, signal);
      this.last = answer.next;
      this.held = [];
      this.become({ events: answer.events.reverse(), fresh: 0, more: answer.events.length >= pageSize });
    });
  }

  // Something has happened: perhaps something that fits.
  news() {
    if (this.asked || (this.inputs.until && this.last !== undefined)) return;
    if (this.last === undefined) return void (this.view.busy || this.first());
    this.asked = true;
    void this.ask(async (signal) => {
      this.asked = false;
      const answer = await call('events.list', { ...this.inputs, since: this.last, limit: askedMost }, signal);
      this.last = Math.max(this.last ?? 0, answer.next);
      if (answer.events.length === 0) return;
      this.held = [...answer.events.reverse(), ...this.held].slice(0, heldMost);
      if (this.following) this.show();
      else this.become({ fresh: this.held.length });
    });
  }

  // Facts of one moment may fill a whole answer, so the question grows until something older comes.
  older() {
    if (this.view.busy || !this.view.more) return;
    void this.ask(async (signal) => {
      const oldest = this.view.events.at(-1);
      if (!oldest) return;
      const until = new Date(Date.parse(oldest.at!) + 1).toISOString();
      for (let limit = pageSize; ; limit = Math.min(askedMost, limit * 5)) {
        const answer = await call('events.list', { ...this.inputs, until, newest: true, limit }, signal);
        const events = answer.events.filter((event) => event.number < oldest.number).reverse();
        const atEnd = answer.events.length < limit;
        if (events.length === 0 && !atEnd && limit < askedMost) continue;
        return this.become({ events: [...this.view.events, ...events], more: events.length > 0 && !atEnd });
      }
    });
  }

  show() {
    if (this.held.length === 0) return this.become({ fresh: 0 });
    const events = [...this.held, ...this.view.events];
    this.held = [];
    this.become({ events: events.slice(0, heldMost), fresh: 0, more: this.view.more || events.length > heldMost });
  }

  private ask(question: (signal: AbortSignal) => Promise<void>) {
    const ask = async () => {
      const { signal } = this.ended;
      if (signal.aborted) return;
      this.become({ busy: true });
      try {
        await question(signal);
        this.become({ busy: false, refusal: null });
      } catch (error) {
        this.asked = false;
        if (!signal.aborted)
          this.become({ busy: false, refusal: error instanceof Refusal ? error : new Refusal(0, String(error)) });
      }
    };
    this.turn = this.turn.then(ask);
    return this.turn;
  }

  private become(change: Partial<View>) {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}
