// The slots that the last times of plans became: only they say how those ended.
import { useMemo } from 'react';
import { useOperation } from '../../api/use';
import type { FullPlan, FullSlot } from './types';

const hour = 3_600_000;
const slotsMost = 5_000; // the daemon keeps no more of those that ended

export type PastSlots = ReadonlyMap<number, FullSlot>;

export function usePastSlots(plans: readonly FullPlan[], timesMost: number, agent?: string): PastSlots {
  const times = plans.flatMap((plan) => plan.past.slice(0, timesMost).filter((one) => one.slot && one.time));
  const first = times.reduce((least, one) => Math.min(least, Date.parse(one.time!)), Infinity);
  const last = times.reduce((most, one) => Math.max(most, Date.parse(one.time!)), 0);
  const from = new Date(times.length > 0 ? Math.floor(first / hour) * hour : 0).toISOString();
  const until = new Date((Math.floor(last / hour) + 1) * hour).toISOString();
  const slots = useOperation('slot.list', { agent, from, until, limit: slotsMost }, { enabled: times.length > 0 });
  return useMemo(
    () => new Map((slots.data?.slots ?? []).flatMap((slot) => (slot.id ? [[slot.id, slot as FullSlot]] : []))),
    [slots.data],
  );
}
