// Times as people say them, with the exact one, in the reader's zone, a look away.
import { useSyncExternalStore } from 'react';
import { exactText, zoneName } from './clock';

export { clockText, exactText, zoneName } from './clock';

const listeners = new Set<() => void>();
let now = Date.now();

// One clock for the whole page; it stands while nobody reads it.
let ticking: number | undefined;
function subscribe(listener: () => void) {
  listeners.add(listener);
  ticking ??= window.setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(ticking);
    ticking = undefined;
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

// "4 s", "12 min", "3 h 20 min", "6 d 2 h".
export function spanText(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min`;
  const hours = Math.floor(s / 3_600);
  if (hours < 24) {
    const minutes = Math.floor((s % 3_600) / 60);
    return minutes && hours < 6 ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 7 ? `${days} d ${hours % 24} h` : `${days} d`;
}

export function secondsSince(at: string, from: number): number {
  return (from - Date.parse(at)) / 1_000;
}

// "3 min ago", "in 20 s"; plain: only the span.
export function Time({ at, plain }: { at: string | null | undefined; plain?: boolean }) {
  const from = useNow();
  if (!at) return <span className="faint">–</span>;
  const seconds = secondsSince(at, from);
  const span = spanText(Math.abs(seconds));
  const text = plain ? span : seconds >= 0 ? `${span} ago` : `in ${span}`;
  return (
    <time dateTime={at} title={`${exactText(at)} (${zoneName()})`} className="nowrap numbers">
      {text}
    </time>
  );
}

// A span that counts down to a moment.
export function Countdown({ until }: { until: string }) {
  const from = useNow();
  const left = -secondsSince(until, from);
  return (
    <time dateTime={until} title={exactText(until)} className="nowrap numbers">
      {left > 0 ? `in ${spanText(left)}` : 'now'}
    </time>
  );
}
