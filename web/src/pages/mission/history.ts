// Who worked on which task from when to when, as the journal tells it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call, type Refusal } from '../../api/client';
import type { Event } from '../../api/generated';
import { byName } from '../../ui/natural';

export interface Span {
  task: string;
  agent: string;
  from: number; // ms
  until: number | null; // still at it
  end: 'open' | 'completed' | 'failed' | 'released' | 'timed_out' | 'handed_over' | 'ended';
  text: string; // what ended it
}

const kinds = [
  'task_claimed',
  'task_resumed',
  'task_transferred',
  'task_reported',
  'task_completed',
  'task_failed',
  'task_timed_out',
  'task_released',
];
const pageMost = 1_000;
const pagesMost = 50;

interface Told {
  events: readonly Event[];
  next: number;
}

// Asks only for what is new since it asked last; the key's first word lets live events start it.
export function useHistory(cell: string) {
  const queries = useQueryClient();
  const key = ['task.history', cell];
  return useQuery<Told, Refusal>({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const before = queries.getQueryData<Told>(key) ?? { events: [], next: 0 };
      const events = [...before.events];
      let next = before.next;
      for (let page = 0; page < pagesMost; ++page) {
        const answer = await call('events.list', { cell, kind: kinds.join(','), since: next, limit: pageMost }, signal);
        events.push(...answer.events);
        next = answer.next;
        if (answer.events.length < pageMost) break;
      }
      return { events, next };
    },
  });
}

const ends: Record<string, Span['end']> = {
  task_completed: 'completed',
  task_failed: 'failed',
  task_released: 'released',
  task_timed_out: 'timed_out',
  task_transferred: 'handed_over',
};

// A task that is handed over begins anew when the other agent claims it.
export function spansOf(events: readonly Event[]): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  const begin = (task: string, agent: string, from: number) => {
    const span: Span = { task, agent, from, until: null, end: 'open', text: '' };
    open.set(task, span);
    spans.push(span);
  };
  const finish = (task: string, event: Event, at: number) => {
    const span = open.get(task);
    if (!span) return;
    span.until = at;
    span.end = ends[event.kind] ?? 'ended';
    span.text = event.text;
    open.delete(task);
  };
  for (const event of events) {
    if (!event.task || !event.at) continue;
    const at = Date.parse(event.at);
    if (event.kind === 'task_reported') continue; // its verify command still runs
    finish(event.task, event, at);
    if ((event.kind === 'task_claimed' || event.kind === 'task_resumed') && event.agent)
      begin(event.task, event.agent, at);
  }
  return spans;
}

export interface Lane {
  agent: string;
  rows: readonly (readonly Span[])[];
}

// Spans of one agent that overlap go into rows below each other.
export function lanesOf(spans: readonly Span[], now: number): Lane[] {
  const byAgent = new Map<string, Span[]>();
  for (const span of spans) byAgent.set(span.agent, [...(byAgent.get(span.agent) ?? []), span]);
  const agents = [...byAgent.keys()].sort(byName);
  return agents.map((agent) => {
    const rows: Span[][] = [];
    for (const span of byAgent.get(agent)!.sort((a, b) => a.from - b.from)) {
      const free = rows.find((row) => (row[row.length - 1]!.until ?? now) <= span.from);
      if (free) free.push(span);
      else rows.push([span]);
    }
    return { agent, rows };
  });
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 604_800,
].map((seconds) => seconds * 1_000);

export function ticksOf(from: number, until: number, about: number): number[] {
  const wanted = (until - from) / about;
  const step = steps.find((one) => one >= wanted) ?? Math.ceil(wanted / 604_800_000) * 604_800_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) ticks.push(at);
  return ticks;
}
