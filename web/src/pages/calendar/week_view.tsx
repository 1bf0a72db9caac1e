// A week: one lane for each agent, a cell for each day.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useRowKeys } from '../../ui/rows';
import { useNow } from '../../ui/time';
import { Chip } from './chip';
import type { ViewProps } from './day_view';
import { gathered, type Entry } from './entries';
import { LaneName } from './lane_name';
import type { Lane } from './lanes';
import { laneUnder, useMove } from './move';
import { dayOf, dayText, daysOf, minute, nextQuarter, shortDayText, startOfDay } from './span';
import s from './calendar.module.css';

const gatheredFrom = 3; // so many of one plan in a day are one chip
const usualHour = 9;

const dayOfEntry = (entry: Entry) => startOfDay(new Date(entry.at)).getTime();

// The same time of day on another day, as clocks show it.
function onDay(at: number, day: Date): number {
  const time = new Date(at);
  return new Date(
    day.getFullYear(),
    day.getMonth(),
    day.getDate(),
    time.getHours(),
    time.getMinutes(),
    time.getSeconds(),
  ).getTime();
}

export function WeekView(props: ViewProps) {
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const days = daysOf(new Date(props.from), 7);
  const today = dayText(new Date(useNow()));
  const lanes = useMemo(() => props.lanes.map((lane) => ({ agent: lane.agent, days: byDay(lane) })), [props.lanes]);
  const { moving, begin, justMoved } = useMove((x, y, entry) => {
    const cell = laneUnder(x, y);
    if (!cell?.dataset.day) return undefined;
    const at = onDay(entry.at, dayOf(cell.dataset.day));
    return at > Date.now() ? { agent: cell.dataset.lane!, at } : undefined; // what is put into the past would begin at once
  }, props.onMove);
  const rows = useWindowVirtualizer({
    count: lanes.length,
    estimateSize: () => 72,
    overscan: 6,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  return (
    <div ref={box} data-scroller className={s.scroller} tabIndex={0} role="group" aria-label="Lanes of the week">
      <div className={s.week}>
        <div className={s.weekRow}>
          <span />
          {days.map((day) => (
            <h3 key={day.getTime()} className={`${s.dayHead} ${dayText(day) === today ? s.today : ''}`}>
              {shortDayText(day)}
            </h3>
          ))}
        </div>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const lane = lanes[item.index]!;
            return (
              <section
                key={lane.agent}
                ref={rows.measureElement}
                data-index={item.index}
                aria-label={lane.agent}
                className={`${s.weekRow} ${s.weekLane}`}
                style={{ transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
              >
                <LaneName agent={lane.agent} />
                {days.map((day) => {
                  const text = dayText(day);
                  const isTarget = moving?.place?.agent === lane.agent && dayText(new Date(moving.place.at)) === text;
                  const make = () =>
                    props.mayEdit &&
                    !justMoved.current &&
                    props.onMake({
                      agent: lane.agent,
                      at: Math.max(day.getTime() + usualHour * 60 * minute, nextQuarter()),
                    });
                  return (
                    <div
                      key={text}
                      data-lane={lane.agent}
                      data-day={text}
                      className={[
                        s.cell,
                        isTarget ? s.target : '',
                        text === today ? s.todayCell : '',
                        props.mayEdit ? s.makes : '',
                      ].join(' ')}
                      onClick={make}
                    >
                      {(lane.days.get(day.getTime()) ?? []).map((entry) => (
                        <Chip
                          key={entry.key}
                          entry={entry}
                          onOpen={() => !justMoved.current && props.onOpen(entry)}
                          onGrab={props.mayEdit ? (event) => begin(entry, event) : undefined}
                          style={moving?.entry.key === entry.key ? { opacity: 0.35 } : undefined}
                        />
                      ))}
                    </div>
                  );
                })}
              </section>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function byDay(lane: Lane): Map<number, Entry[]> {
  const days = new Map<number, Entry[]>();
  for (const entry of gathered(lane.entries, dayOfEntry, gatheredFrom)) {
    const day = dayOfEntry(entry);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return days;
}
