// The calendar itself: which span, which view, whose lanes.
import { useMemo, useState } from 'react';
import { useAction, useMay, useOperation } from '../../api/use';
import { routes, type SlotPage } from '../../api/generated';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Shown } from '../../ui/shown';
import { Mark } from '../../ui/state';
import { wordText } from '../../ui/amounts';
import { useInUrl } from '../../ui/url';
import { DayView } from './day_view';
import { entryOfSlot, lanesOf, pastEntries, type Entry } from './entries';
import { GroupPanel, PastPanel } from './entry_panels';
import { ListView } from './list_view';
import type { Place } from './move';
import { Segments } from './segments';
import { addDays, dayOf, dayText, spanTitle, startOfDay, startOfWeek } from './span';
import type { FullPlan, FullSlot } from './types';
import { WeekView } from './week_view';
import s from './calendar.module.css';

const views = [
  ['day', 'Day'],
  ['week', 'Week'],
  ['list', 'List'],
] as const;
type View = (typeof views)[number][0];

const slotsMost = 5_000;
const virtualMost = 500; // times to come of one plan in one answer
const emptyLanesMost = 12; // agents without slots have a lane where they are few
const legend = ['not_started', 'deferred', 'ongoing', 'paused', 'finished', 'aborted', 'missed', 'skipped'];

interface Props {
  plans: FullPlan[];
  onSlot: (ident: string) => void;
  onPlan: (id: number) => void;
  onMake: (place: Place) => void;
}

export function CalendarCard({ plans, onSlot, onPlan, onMake }: Props) {
  const [view, setView] = useInUrl('view', window.matchMedia('(max-width: 46rem)').matches ? 'list' : 'day');
  const [day, setDay] = useInUrl('day');
  const [agent, setAgent] = useInUrl('agent');
  const [opened, setOpened] = useState<Entry>();
  const mayEdit = useMay(routes['slot.edit'].scope);
  const days = view === 'day' ? 1 : 7;
  const chosen = day ? dayOf(day) : startOfDay(new Date());
  const first = view === 'week' ? startOfWeek(chosen) : chosen;
  const from = first.getTime();
  const until = addDays(first, days).getTime();
  const slots = useOperation(
    'slot.list',
    { from: first.toISOString(), until: new Date(until).toISOString(), limit: slotsMost },
    { every: 30 },
  );
  const agents = useOperation('agent.list', { limit: 1_000 }, { every: 60, all: 'agents' });
  const callers = useOperation('calendar.agents', { limit: 1_000 }, { every: 30, all: 'agents' });
  const move = useMoveSlot();

  const entries = useMemo(
    () => entriesOf((slots.data?.slots ?? []) as FullSlot[], plans, from, until),
    [slots.data, plans, from, until],
  );
  const names = useMemo(() => {
    const fleet = (agents.data?.agents ?? []).map((one) => one.ref);
    return [
      ...new Set([
        ...plans.map((plan) => plan.agent),
        ...(callers.data?.agents ?? []).map((one) => one.agent),
        ...(fleet.length <= emptyLanesMost ? fleet : []),
      ]),
    ];
  }, [agents.data, callers.data, plans]);
  const known = useMemo(() => [...new Set([...names, ...entries.map((one) => one.agent)])].sort(), [names, entries]);
  const frequent = useMemo(() => frequentPlans(entries), [entries]);
  const shown = agent ? entries.filter((one) => one.agent === agent) : entries;
  const lanes = useMemo(() => lanesOf(shown, agent ? [agent] : names), [shown, names, agent]);

  const open = (entry: Entry) => (entry.slot && !entry.members ? onSlot(entry.slot.ident) : setOpened(entry));
  const go = (by: number) => setDay(dayText(addDays(first, by * days)));
  const lanesProps = { lanes, from, until, mayEdit, onOpen: open, onMove: move, onMake };
  return (
    <Card flush>
      <div className={s.bar}>
        <h2>{spanTitle(first, days)}</h2>
        {known.length > 1 && (
          <select aria-label="Whose lanes" value={agent} onChange={(event) => setAgent(event.target.value)}>
            <option value="">All agents</option>
            {known.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
        <Segments label="View" value={view as View} options={views} onChange={setView} />
        <span>
          <Button size="small" aria-label="Earlier" onClick={() => go(-1)}>
            ‹
          </Button>{' '}
          <Button size="small" onClick={() => setDay('')} disabled={!day}>
            Today
          </Button>{' '}
          <Button size="small" aria-label="Later" onClick={() => go(1)}>
            ›
          </Button>
        </span>
      </div>
      {slots.data?.more && (
        <p className={s.note}>
          There are more than {slotsMost.toLocaleString()} slots in this span; the later ones are not shown. A day shows
          fewer.
        </p>
      )}
      {frequent.length > 0 && (
        <p className={s.note}>
          {frequent.join(', ')}: so frequent that only the first {virtualMost} of the times to come are shown.
        </p>
      )}
      <Shown of={slots} rows={6}>
        {() =>
          lanes.length === 0 ? (
            <p className={s.none}>There is no agent yet, so nothing is due.</p>
          ) : view === 'list' ? (
            <div className={s.listBox}>
              <ListView entries={shown} onOpen={open} />
            </div>
          ) : view === 'week' ? (
            <WeekView {...lanesProps} />
          ) : (
            <DayView {...lanesProps} />
          )
        }
      </Shown>
      <ul className={s.legend} hidden={lanes.length === 0} aria-label="What the shapes mean">
        {legend.map((state) => (
          <li key={state}>
            <Mark state={state} size={10} /> {wordText(state)}
          </li>
        ))}
        <li>dashed: not made yet, a plan will</li>
        {mayEdit && view !== 'list' && <li>drag what has not begun; click an empty place for a new slot</li>}
      </ul>
      {opened?.members && (
        <GroupPanel
          entry={opened}
          onClose={() => setOpened(undefined)}
          onOpen={(one) => {
            setOpened(undefined);
            open(one);
          }}
        />
      )}
      {opened && !opened.members && (
        <PastPanel
          entry={opened}
          onClose={() => setOpened(undefined)}
          onPlan={(id) => {
            setOpened(undefined);
            onPlan(id);
          }}
        />
      )}
    </Card>
  );
}

function entriesOf(slots: FullSlot[], plans: FullPlan[], from: number, until: number): Entry[] {
  const real = slots.filter((slot) => slot.at).map(entryOfSlot);
  return [...real, ...plans.flatMap((plan) => pastEntries(plan, from, until))];
}

// Titles of plans of which the answer may not hold all times.
function frequentPlans(entries: Entry[]): string[] {
  const counts = new Map<number, { title: string; count: number }>();
  for (const entry of entries) {
    if (!entry.plan || entry.slot?.id !== null) continue;
    counts.set(entry.plan, { title: entry.title, count: (counts.get(entry.plan)?.count ?? 0) + 1 });
  }
  return [...counts.values()].filter((one) => one.count >= virtualMost).map((one) => one.title);
}

// Moves at once; goes back, with the daemon's own sentence, where it refuses.
function useMoveSlot() {
  const edit = useAction('slot.edit', {
    done: 'Moved',
    optimistic: {
      of: 'slot.list',
      change: (old, inputs) => {
        const page = old as SlotPage;
        const moved = (slot: SlotPage['slots'][number]) =>
          slot.ident === inputs.slot ? { ...slot, at: inputs.at ?? slot.at, agent: inputs.agent ?? slot.agent } : slot;
        return { ...page, slots: page.slots.map(moved) };
      },
    },
  });
  return (entry: Entry, place: Place) => {
    const agent = place.agent === entry.agent ? undefined : place.agent;
    edit.mutate({ slot: entry.slot!.ident, at: new Date(place.at).toISOString(), agent });
  };
}
