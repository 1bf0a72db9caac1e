// What became of a slot, or of a time at which a plan was due: the same words wherever it is shown.
import { wordText } from '../../ui/amounts';
import type { FullPlan, FullSlot } from './types';

export interface Outcome {
  state: string; // a word of ui/state.tsx
  late: boolean;
  reason: string | null;
}

export type PastTime = FullPlan['past'][number];

const isOver = (slot: FullSlot) => slot.status === 'skipped' || slot.status === 'aborted';
const byNewer = 'superseded'; // the reason that the calendar writes down

export function outcomeOfSlot(slot: FullSlot): Outcome {
  const state = isOver(slot) && slot.reason === byNewer ? byNewer : slot.status;
  const reason = state === byNewer ? meanings.superseded : slot.reason;
  return { state, late: slot.fate === 'late', reason: reason ?? null };
}

// Its fate says whether it became a slot; how that ended, the slot says.
export function outcomeOfTime(time: PastTime, slot: FullSlot | undefined): Outcome {
  if (slot) return outcomeOfSlot(slot);
  const late = time.fate === 'late';
  return { state: late ? 'fired' : (time.fate ?? 'unknown'), late, reason: time.reason ?? null };
}

export const outcomeText = ({ state, late }: Outcome) => `${wordText(state)}${late ? ', late' : ''}`;

// What a person should know first.
const gravest = ['missed', 'aborted', 'superseded', 'skipped', 'deferred', 'ongoing', 'paused', 'fired', 'finished'];
const rankOf = (state: string) => (gravest.indexOf(state) + gravest.length) % gravest.length;

// "1 missed, 2 superseded, 9 finished, 1 of them late".
export function summaryOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { state } of outcomes) counts.set(state, (counts.get(state) ?? 0) + 1);
  const late = outcomes.filter((one) => one.late).length;
  const parts = [...counts]
    .sort(([a], [b]) => rankOf(a) - rankOf(b))
    .map(([state, count]) => `${count} ${wordText(state)}`);
  return [...parts, ...(late > 0 ? [`${late} late`] : [])].join(', ');
}

// Where the daemon gave no reason of its own.
export const meanings: Record<string, string> = {
  missed: 'Nothing ran: it was noticed, or could have been taken up, only too late.',
  skipped: 'Nothing ran: a policy or a person said so.',
  superseded: 'A newer time of the plan took its place.',
  fired: 'It became a slot; how that ended is no longer kept.',
};
