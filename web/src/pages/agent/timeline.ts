// The states of an agent, one after the other, told by the journal's facts about it.
import type { Event } from '../../api/generated';
import { fieldOf } from './history';

export interface Span {
  state: string; // the words of ui/state.tsx
  from: number; // ms
  to: number;
  text: string; // of the fact that began it
}

interface Standing {
  process: string;
  paused: boolean;
  frozen: boolean;
  hangs: boolean;
  health: string;
  limitedUntil: number;
}

const processes: Record<string, string> = {
  agent_starting: 'starting',
  agent_ready: 'running',
  agent_adopted: 'running',
  agent_stopping: 'stopping',
  agent_killed: 'stopping',
  agent_backed_off: 'backoff',
  agent_quarantined: 'quarantined',
  agent_released: 'stopped',
};

function after(standing: Standing, event: Event): Standing {
  const next = { ...standing, process: processes[event.kind] ?? standing.process };
  switch (event.kind) {
    case 'agent_starting':
      return { ...next, hangs: false, frozen: false, limitedUntil: 0 };
    case 'agent_exited':
      return {
        ...next,
        process:
          fieldOf(event, 'counted') === true ? 'failed' : fieldOf(event, 'finished') === true ? 'finished' : 'stopped',
        hangs: false,
        frozen: false,
      };
    case 'agent_awaits_approval': // in quarantine it may be released by the answer
      return standing.process === 'quarantined' ? next : { ...next, process: 'awaiting_approval' };
    case 'agent_paused':
      return { ...next, paused: fieldOf(event, 'paused') === true };
    case 'agent_frozen':
      return { ...next, frozen: fieldOf(event, 'frozen') === true };
    case 'hang_suspected':
    case 'hang_declared':
      return { ...next, hangs: true };
    case 'hang_cleared':
      return { ...next, hangs: false };
    case 'agent_health_changed':
      return { ...next, health: String(fieldOf(event, 'health')) };
    case 'agent_rate_limited':
      return { ...next, limitedUntil: Date.parse(String(fieldOf(event, 'until') ?? '')) || 0 };
    default:
      return next;
  }
}

function wordOf(standing: Standing, at: number): string {
  if (standing.process === 'external') return standing.health || 'external';
  if (standing.process !== 'running') return standing.process;
  if (standing.frozen) return 'frozen';
  if (standing.paused) return 'paused';
  if (at < standing.limitedUntil) return 'rate_limited';
  if (standing.hangs) return 'silent';
  return standing.health === 'degraded' || standing.health === 'unhealthy' ? standing.health : 'running';
}

// Oldest first, up to `now`; neighbours of the same state are one.
export function spansOf(events: readonly Event[], now: number, runsElsewhere: boolean): Span[] {
  const spans: Span[] = [];
  let standing: Standing = {
    process: runsElsewhere ? 'external' : 'stopped',
    paused: false,
    frozen: false,
    hangs: false,
    health: '',
    limitedUntil: 0,
  };
  const begin = (state: string, from: number, text: string) => {
    const last = spans.at(-1);
    if (last?.state === state) return;
    if (last) last.to = from;
    spans.push({ state, from, to: now, text });
  };
  for (const event of events) {
    const at = Date.parse(event.at!);
    if (standing.limitedUntil && standing.limitedUntil < at)
      begin(wordOf(standing, at), standing.limitedUntil, 'the limit was over');
    standing = after(standing, event);
    begin(wordOf(standing, at), at, event.text);
  }
  if (standing.limitedUntil && standing.limitedUntil < now)
    begin(wordOf(standing, now), standing.limitedUntil, 'the limit was over');
  return spans;
}

// What lies between two moments, cut at them.
export function spansBetween(spans: readonly Span[], from: number, to: number): Span[] {
  return spans
    .filter((span) => span.to >= from && span.from <= to)
    .map((span) => ({ ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }));
}

export interface Sum {
  state: string;
  seconds: number;
  times: number;
}

// How long each state lasted, longest first.
export function sums(spans: readonly Span[]): Sum[] {
  const all = new Map<string, Sum>();
  for (const { state, from, to } of spans) {
    const sum = all.get(state) ?? { state, seconds: 0, times: 0 };
    all.set(state, { state, seconds: sum.seconds + (to - from) / 1_000, times: sum.times + 1 });
  }
  return [...all.values()].sort((a, b) => b.seconds - a.seconds);
}
