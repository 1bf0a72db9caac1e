// What the lanes show: slots, and times of plans that never became one.
import type { FullPlan, FullSlot } from './types';
import { minute } from './span';

export interface Entry {
  key: string;
  agent: string;
  at: number; // ms
  minutes: number;
  title: string;
  state: string; // a word of ui/state.tsx
  late: boolean;
  reason: string | null;
  plan: number | null;
  slot?: FullSlot;
  members?: Entry[]; // those that this one stands for
  movable: boolean;
}

const usualMinutes = 30;

// Only what nobody has begun may be moved.
export const isMovable = (slot: FullSlot) => slot.status === 'not_started' || slot.status === 'deferred';

export function entryOfSlot(slot: FullSlot): Entry {
  return {
    key: slot.ident,
    agent: slot.agent,
    at: Date.parse(slot.at!),
    minutes: slot.actual_duration || slot.estimated_duration || usualMinutes,
    title: slot.title || `slot ${slot.ident}`,
    state: slot.status,
    late: slot.fate === 'late',
    reason: slot.reason ?? null,
    plan: slot.plan ?? null,
    slot,
    movable: isMovable(slot),
  };
}

// Times of a plan at which nothing ran; what ran is there as a slot.
export function pastEntries(plan: FullPlan, from: number, until: number): Entry[] {
  return (plan.past ?? [])
    .filter((one) => one.time && !one.slot && one.fate !== 'fired' && one.fate !== 'late')
    .map((one) => ({
      key: `past-${plan.id}-${one.virtual_id ?? one.time}`,
      agent: plan.agent,
      at: Date.parse(one.time!),
      minutes: plan.estimated_duration || usualMinutes,
      title: plan.title || `plan ${plan.id}`,
      state: one.fate ?? 'unknown',
      late: false,
      reason: one.reason ?? null,
      plan: plan.id,
      movable: false,
    }))
    .filter((entry) => entry.at >= from && entry.at < until);
}

// Many alike of one plan in the same stretch become one entry that counts them.
export function gathered(entries: Entry[], stretchOf: (entry: Entry) => number, least: number): Entry[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = entry.plan ? `${entry.agent}|${entry.plan}|${entry.state}|${stretchOf(entry)}` : entry.key;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups].flatMap(([key, members]) => {
    if (members.length < least) return members;
    const first = members[0]!;
    const last = members.at(-1)!;
    return [
      {
        ...first,
        key,
        members,
        minutes: Math.max(first.minutes, (last.at - first.at) / minute + last.minutes),
        movable: false,
      },
    ];
  });
}

export interface Lane {
  agent: string;
  entries: Entry[];
}

export function lanesOf(entries: Entry[], agents: string[]): Lane[] {
  const lanes = new Map<string, Entry[]>(agents.map((agent) => [agent, []]));
  for (const entry of entries) {
    if (!lanes.has(entry.agent)) lanes.set(entry.agent, []);
    lanes.get(entry.agent)!.push(entry);
  }
  const sorted = [...lanes].sort(([a], [b]) => a.localeCompare(b));
  return sorted.map(([agent, list]) => ({ agent, entries: list.sort((a, b) => a.at - b.at) }));
}

// The row of each entry, so that none covers another: each takes the first row that is free.
export function packed(entries: Entry[], widthOf: (entry: Entry) => number): { rows: number[]; count: number } {
  const freeFrom: number[] = [];
  const rows = entries.map((entry) => {
    let row = freeFrom.findIndex((free) => free <= entry.at);
    if (row < 0) row = freeFrom.push(0) - 1;
    freeFrom[row] = entry.at + widthOf(entry);
    return row;
  });
  return { rows, count: Math.max(1, freeFrom.length) };
}
