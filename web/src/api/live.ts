// The stream of events: one for the whole page, closed while nobody looks. Whoever shows something is told
// what has changed, at most twice a second.
import { useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import type { Event } from './generated';
import { eventKinds } from './generated';
import type { Operation } from './client';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'asleep';

const pauseBetween = 500; // ms between two rounds of asking anew
const busyPause = 2_000; // the same, while so much happens that nobody could follow it
const busyEvents = 20; // in one round
const hiddenFor = 10_000; // ms out of sight before the stream is closed
const keptMost = 300; // events in memory

type Listener = () => void;

class Live {
  connection: Connection = 'connecting';
  recent: readonly Event[] = []; // oldest first
  private source?: EventSource;
  private last = 0;
  private waiting: Event[] = [];
  private timer?: number;
  private pause = pauseBetween;
  private hiding?: number;
  private listeners = new Set<Listener>();
  private watchers = new Set<(events: readonly Event[]) => void>();
  private queries?: QueryClient;

  start(queries: QueryClient) {
    this.queries = queries;
    document.addEventListener('visibilitychange', () => this.onVisibility());
    this.open();
  }

  subscribe = (listener: Listener) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  // Every event, in bundles of at most two a second.
  watch(watcher: (events: readonly Event[]) => void) {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private open() {
    this.source?.close();
    const since = this.last ? `?since=${this.last}` : '';
    const source = new EventSource(`/api/v1/events/stream${since}`);
    this.source = source;
    source.onopen = () => {
      const again = this.connection === 'reconnecting' || this.connection === 'asleep';
      this.become('live');
      if (again) void this.queries?.invalidateQueries();
    };
    // A stream has no listener for all of its events: each kind has one of its own.
    for (const kind of eventKinds) source.addEventListener(kind, (message) => this.take(message));
    source.addEventListener('gap', () => void this.queries?.invalidateQueries());
    source.onerror = () => this.onError(source);
  }

  private onError(source: EventSource) {
    if (source !== this.source) return;
    this.become('reconnecting');
    void this.queries?.invalidateQueries({ queryKey: ['session.show'] });
    if (source.readyState === EventSource.CLOSED) window.setTimeout(() => source === this.source && this.open(), 1_000);
  }

  private onVisibility() {
    window.clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = window.setTimeout(() => {
        this.source?.close();
        this.source = undefined;
        this.become('asleep');
      }, hiddenFor);
    } else if (!this.source) {
      this.open();
    }
  }

  private take(message: MessageEvent<string>) {
    const event = JSON.parse(message.data) as Event;
    this.last = Math.max(this.last, event.number);
    this.waiting.push(event);
    this.timer ??= window.setTimeout(() => this.flush(), this.pause);
  }

  private flush() {
    this.timer = undefined;
    const events = this.waiting;
    this.waiting = [];
    this.pause = events.length > busyEvents ? busyPause : pauseBetween;
    this.recent = [...this.recent, ...events].slice(-keptMost);
    const changed = changedBy(events);
    void this.queries?.invalidateQueries(
      { predicate: (query) => changed.has(String(query.queryKey[0]).split('.')[0]!) },
      { cancelRefetch: false },
    );
    for (const watcher of this.watchers) watcher(events);
    this.tell();
  }

  private become(connection: Connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.tell();
  }

  private tell() {
    for (const listener of this.listeners) listener();
  }
}

// First words of the operations whose answers these events may have changed.
function changedBy(events: readonly Event[]): Set<string> {
  const changed = new Set<string>();
  const add = (...words: string[]) => words.forEach((word) => changed.add(word));
  for (const event of events) {
    if (event.agent) add('agent', 'why', 'status', 'wake');
    if (event.task) add('task', 'cell', 'why', 'artifact');
    if (event.cell && !event.agent && !event.task) add('cell', 'status');
    if (event.kind.startsWith('approval')) add('approval', 'status', 'why');
    if (event.kind.startsWith('checkpoint')) add('checkpoint');
    if (/^(plan|slot|calendar)/.test(event.kind)) add('plan', 'slot', 'calendar');
    if (event.kind.startsWith('fleet')) add('status', 'agent');
  }
  return changed;
}

export const live = new Live();
export const operationOf = (key: readonly unknown[]) => key[0] as Operation;

export function useConnection(): Connection {
  return useSyncExternalStore(live.subscribe, () => live.connection);
}

export function useRecentEvents(): readonly Event[] {
  return useSyncExternalStore(live.subscribe, () => live.recent);
}
