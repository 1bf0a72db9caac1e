// What the lanes leave out, and what is there instead of them.
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { OutcomeMark } from './outcome_mark';
import { outcomeText } from './outcome';
import type { Lanes } from './lanes';
import s from './calendar.module.css';

const namedMost = 3;
const legend = [
  ...['not_started', 'deferred', 'ongoing', 'paused', 'finished', 'aborted', 'missed', 'superseded', 'skipped'].map(
    (state) => ({ state, late: false, reason: null }),
  ),
  { state: 'finished', late: true, reason: null },
];

export function MoreSlots({ most }: { most: number }) {
  return (
    <p className={s.note}>
      There are more than {most.toLocaleString()} slots in this span; the later ones are not shown. A day shows fewer.
    </p>
  );
}

// Plans of which an answer holds only the first of their times to come.
export function MoreTimes({ plans, most }: { plans: readonly string[]; most: number }) {
  const named = plans.slice(0, namedMost).join(', ');
  const others = plans.length > namedMost ? ` and ${countText(plans.length - namedMost, 'other plan')}` : '';
  return (
    <p className={s.note}>
      There are more times of {named}
      {others}: of each plan, only the first {most} to come are shown.
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
