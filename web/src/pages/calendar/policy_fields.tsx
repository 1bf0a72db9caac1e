// What becomes of times that are missed, overlap, or that clocks skip or show twice.
import { Field } from '../../ui/field';
import type { PlanDraft } from './plan_draft';
import { Choice, type Setter } from './work_fields';
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
  return (
    <div className={s.form}>
      <div className={s.two}>
        <Choice
          label="When times were missed"
          value={draft.missed}
          options={Object.keys(missedWords)}
          words={missedWords}
          onChange={(value) => set('missed', value)}
        />
        <Field label="If at most so many seconds late" hint="0: however late">
          <input
            type="number"
            min={0}
            value={draft.within_seconds}
            onChange={(event) => set('within_seconds', event.target.value)}
          />
        </Field>
        <Choice
          label="When the one before still runs"
          value={draft.overlap}
          options={Object.keys(overlapWords)}
          words={overlapWords}
          onChange={(value) => set('overlap', value)}
        />
        <Field label="At most so many seconds later" hint="Spreads plans that are due at once">
          <input
            type="number"
            min={0}
            max={86_400}
            value={draft.jitter_seconds}
            onChange={(event) => set('jitter_seconds', event.target.value)}
          />
        </Field>
        <Field label="Pause after failures in a row" hint="0: never">
          <input
            type="number"
            min={0}
            max={1_000}
            value={draft.pause_after_failures}
            onChange={(event) => set('pause_after_failures', event.target.value)}
          />
        </Field>
        <Choice
          label="A time that clocks skip"
          value={draft.gap}
          options={Object.keys(gapWords)}
          words={gapWords}
          onChange={(value) => set('gap', value)}
        />
        <Choice
          label="A time that clocks show twice"
          value={draft.fold}
          options={Object.keys(foldWords)}
          words={foldWords}
          onChange={(value) => set('fold', value)}
        />
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
