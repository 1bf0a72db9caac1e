// What happened to a task, newest first; rows of checkpoints are folded into one line.
import { useMemo, useState } from 'react';
import { useRecentEvents } from '../../api/live';
import type { Event } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Button } from '../../ui/button';
import { EventLine } from '../../ui/event_line';
import { Shown } from '../../ui/shown';
import s from './task.module.css';

const askedMost = 200;
const shownFirst = 12;

export function TaskEvents({ cell, task }: { cell: string; task: string }) {
  const [all, setAll] = useState(false);
  const past = useOperation('events.list', { cell, task, limit: askedMost, newest: true });
  const live = useRecentEvents();
  const events = useMemo(() => {
    const fresh = live.filter((event) => event.cell === cell && event.task === task);
    const known = new Map([...(past.data?.events ?? []), ...fresh].map((event) => [event.number, event]));
    return withoutRuns([...known.values()].sort((a, b) => b.number - a.number));
  }, [past.data, live, cell, task]);
  return (
    <section>
      <h3>Events</h3>
      <Shown of={past} rows={3}>
        {() => (
          <>
            <ul>
              {(all ? events : events.slice(0, shownFirst)).map((event) => (
                <EventLine key={event.number} event={event} />
              ))}
            </ul>
            {events.length === 0 && <p className="faint small">Nothing has happened to it yet.</p>}
            {!all && events.length > shownFirst && (
              <Button size="small" look="quiet" className={s.more} onClick={() => setAll(true)}>
                {events.length - shownFirst} more
              </Button>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

// Agents save where they stand many times a second; the last of such a row says enough.
function withoutRuns(events: Event[]): Event[] {
  const kept: Event[] = [];
  let run = 0;
  for (const event of events) {
    const last = kept[kept.length - 1];
    if (event.kind !== 'task_checkpointed' || last?.kind !== 'task_checkpointed') {
      run = 1;
      kept.push(event);
    } else {
      ++run;
      kept[kept.length - 1] = { ...last, text: `${run} checkpoints in a row` };
    }
  }
  return kept;
}
