// What the lanes leave out, and what is there instead of them.
import type { Slot } from '../../api/generated';
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { zoneText } from '../../ui/clock';
import { OutcomeMark } from './outcome_mark';
import { outcomeText } from './outcome';
import type { Lanes } from './lanes';
import s from './calendar.module.css';

const legend = [
  ...['not_started', 'deferred', 'ongoing', 'paused', 'finished', 'aborted', 'missed', 'superseded', 'skipped'].map(
    (state) => ({ state, late: false, reason: null }),
  ),
  { state: 'finished', late: true, reason: null },
];

// The answers end before the span does.
export function MoreSlots({ slots, days }: { slots: readonly Slot[]; days: number }) {
  const last = slots.at(-1)?.at;
  return (
    <p className={s.note}>
      There are more slots in this span than the {slots.length.toLocaleString()} that are shown
      {last && `, which end ${zoneText(last)}`}. {days > 1 && 'A day shows fewer.'}
    </p>
  );
}

export function NoLanes({ of }: { of: Lanes }) {
  if (of.known.length === 0) return <p className={s.none}>There is no agent yet, so nothing is due.</p>;
  return (
    <div className={s.none}>
      <p>{of.text ? `No agent’s name holds “${of.text}”.` : 'No agent has a slot in this span.'}</p>
      <Button size="small" onClick={() => (of.text ? of.setText('') : of.setOnlyBusy(false))}>
        {of.text ? 'Search for nobody' : `Show all ${countText(of.known.length, 'agent')}`}
      </Button>
    </div>
  );
}

export function Legend({ canMove }: { canMove: boolean }) {
  return (
    <ul className={s.legend} aria-label="What the shapes mean">
      {legend.map((one) => (
        <li key={outcomeText(one)}>
          <OutcomeMark of={one} size={10} /> {outcomeText(one)}
        </li>
      ))}
      <li>dashed: not made yet, a plan will</li>
      {canMove && (
        <li>drag what has not begun, on a touch screen after a long press; an empty place makes a new slot</li>
      )}
    </ul>
  );
}
