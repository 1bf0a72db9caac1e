// The slots that the last times of plans became: only they say how those ended.
import { useMemo } from 'react';
import { useOperation } from '../../api/use';
import type { FullPlan, FullSlot } from './types';

const hour = 3_600_000;
const slotsOfPage = 5_000;
const most = { pages: 10, items: 20_000 };

export type PastSlots = ReadonlyMap<number, FullSlot>;

export function usePastSlots(plans: readonly FullPlan[], timesMost: number, agent?: string): PastSlots {
  const times = plans.flatMap((plan) => plan.past.slice(0, timesMost).filter((one) => one.slot && one.time));
  const first = times.reduce((least, one) => Math.min(least, Date.parse(one.time!)), Infinity);
  const last = times.reduce((most, one) => Math.max(most, Date.parse(one.time!)), 0);
  const from = new Date(times.length > 0 ? Math.floor(first / hour) * hour : 0).toISOString();
  const until = new Date((Math.floor(last / hour) + 1) * hour).toISOString();
  const asked = { agent, from, until, limit: slotsOfPage };
  const slots = useOperation('slot.list', asked, { enabled: times.length > 0, all: 'slots', most });
  return useMemo(
    () => new Map((slots.data?.slots ?? []).flatMap((slot) => (slot.id ? [[slot.id, slot as FullSlot]] : []))),
    [slots.data],
  );
}
