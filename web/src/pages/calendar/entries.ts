// What the lanes show: slots, and times of plans that never became one.
import type { FullPlan, FullSlot } from './types';
import { outcomeOfSlot, outcomeOfTime, type Outcome } from './outcome';
import { minute } from './span';

export interface Entry extends Outcome {
  key: string;
  agent: string;
  at: number; // ms
  minutes: number;
  title: string;
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
    ...outcomeOfSlot(slot),
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
      ...outcomeOfTime(one, undefined),
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

interface Stretch {
  from: number;
  until: number;
}

// The row of each stretch, so that none covers another: each takes the first row that is free. The first comes first.
export function packed(stretches: readonly Stretch[]): { rows: number[]; count: number } {
  const freeFrom: number[] = [];
  const rows = stretches.map(({ from, until }) => {
    let row = freeFrom.findIndex((free) => free <= from);
    if (row < 0) row = freeFrom.push(0) - 1;
    freeFrom[row] = until;
    return row;
  });
  return { rows, count: Math.max(1, freeFrom.length) };
}
