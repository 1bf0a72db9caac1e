// What becomes of times that are missed, overlap, or that clocks skip or show twice.
import { Field } from '../../ui/field';
import { bound, Choice, NumberField, type Setter } from './draft_fields';
import type { PlanDraft } from './plan_draft';

import s from './panel.module.css';

export const missedWords: Record<string, string> = {
  skip: 'nothing of it runs',
  once: 'the newest runs',
  all: 'all of it runs',
};
export const overlapWords: Record<string, string> = {
  queue_newest: 'the newest waits',
  queue: 'all wait, 16 at most',
  skip: 'it is skipped',
  cancel_other: 'what runs is aborted',
};
export const gapWords: Record<string, string> = {
  offset_before: 'happens, counted by the offset before',
  offset_after: 'happens, counted by the offset after',
  skip: 'is left out',
};
export const foldWords: Record<string, string> = {
  first: 'happens at the first',
  second: 'happens at the second',
  both: 'happens at both',
};

interface Props {
  draft: PlanDraft;
  set: Setter<PlanDraft>;
}

export function PolicyFields({ draft, set }: Props) {
  const of = bound(draft, set);
  return (
    <div className={s.form}>
      <div className={s.two}>
        <Choice {...of('missed')} label="When times were missed" words={missedWords} />
        <NumberField {...of('within_seconds')} label="If at most so many seconds late" hint="0: however late" min={0} />
        <Choice {...of('overlap')} label="When the one before still runs" words={overlapWords} />
        <NumberField
          {...of('jitter_seconds')}
          label="At most so many seconds later"
          hint="Spreads plans that are due at once"
          min={0}
          max={86_400}
        />
        <NumberField
          {...of('pause_after_failures')}
          label="Pause after failures in a row"
          hint="0: never"
          min={0}
          max={1_000}
        />
        <Choice {...of('gap')} label="A time that clocks skip" words={gapWords} />
        <Choice {...of('fold')} label="A time that clocks show twice" words={foldWords} />
      </div>
    </div>
  );
}

export function DateFields({ draft, set }: Props) {
  return (
    <div className={s.two}>
      <Field label="Begins" hint="In the plan’s zone, such as 20260101T090000; now, if left out">
        <input
          value={draft.start}
          onChange={(event) => set('start', event.target.value)}
          spellCheck={false}
          className="mono"
        />
      </Field>
      <Field label="Further dates" hint="One a line, as above">
        <textarea
          rows={2}
          value={draft.dates}
          onChange={(event) => set('dates', event.target.value)}
          spellCheck={false}
          className="mono"
        />
      </Field>
      <Field label="Dates left out" hint="One a line">
        <textarea
          rows={2}
          value={draft.exceptions}
          onChange={(event) => set('exceptions', event.target.value)}
          spellCheck={false}
          className="mono"
        />
      </Field>
    </div>
  );
}
