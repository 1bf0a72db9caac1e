// The calendar itself: which span, which view, whose lanes.
import { useMemo, useState } from 'react';
import { useAction, useMay, useOperation } from '../../api/use';
import { routes, type SlotPage } from '../../api/generated';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Shown } from '../../ui/shown';
import { useInUrl } from '../../ui/url';
import { DayView } from './day_view';
import { entryOfSlot, pastEntries, type Entry } from './entries';
import { GroupPanel, PastPanel } from './entry_panels';
import { LaneFilter } from './lane_filter';
import { Legend, MoreSlots, NoLanes } from './lane_notes';
import { useLanes } from './lanes';
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

const slotsOfPage = 5_000;
const most = { pages: 10, items: 20_000 }; // a page ends early where a plan fires often

interface Props {
  plans: FullPlan[];
  onSlot: (ident: string) => void;
  onPlan: (id: number) => void;
  onMake: (place: Place) => void;
}

export function CalendarCard({ plans, onSlot, onPlan, onMake }: Props) {
  const [view, setView] = useInUrl('view', window.matchMedia('(max-width: 46rem)').matches ? 'list' : 'day');
  const [day, setDay] = useInUrl('day');
  const [opened, setOpened] = useState<Entry>();
  const mayEdit = useMay(routes['slot.edit'].scope);
  const days = view === 'day' ? 1 : 7;
  const chosen = day ? dayOf(day) : startOfDay(new Date());
  const first = view === 'week' ? startOfWeek(chosen) : chosen;
  const from = first.getTime();
  const until = addDays(first, days).getTime();
  const slots = useOperation(
    'slot.list',
    { from: first.toISOString(), until: new Date(until).toISOString(), limit: slotsOfPage },
    { every: 30, all: 'slots', most },
  );
  const move = useMoveSlot();

  const entries = useMemo(
    () => entriesOf((slots.data?.slots ?? []) as FullSlot[], plans, from, until),
    [slots.data, plans, from, until],
  );
  const shown = useLanes(plans, entries);
  const isCut = Boolean(slots.data?.next);

  const open = (entry: Entry) => (entry.slot && !entry.members ? onSlot(entry.slot.ident) : setOpened(entry));
  const go = (by: number) => setDay(dayText(addDays(first, by * days)));
  const lanesProps = { lanes: shown.lanes, from, until, mayEdit, onOpen: open, onMove: move, onMake };
  return (
    <Card flush>
      <div className={s.bar}>
        <h2>{spanTitle(first, days)}</h2>
        <LaneFilter of={shown} />
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
      {isCut && <MoreSlots slots={slots.data!.slots} days={days} />}
      <Shown of={slots} rows={6}>
        {() =>
          shown.lanes.length === 0 ? (
            <NoLanes of={shown} />
          ) : view === 'list' ? (
            <div className={s.listBox}>
              <ListView entries={shown.entries} onOpen={open} />
            </div>
          ) : view === 'week' ? (
            <WeekView {...lanesProps} />
          ) : (
            <DayView {...lanesProps} />
          )
        }
      </Shown>
      {shown.lanes.length > 0 && <Legend canMove={mayEdit && view !== 'list'} />}
      {opened?.members && (
        <GroupPanel
          entry={opened}
          isCut={isCut}
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
