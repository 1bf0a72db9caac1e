// The events, one row each; only those in sight are in the page.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useOperation } from '../../api/use';
import { useRowKeys } from '../../ui/rows';
import { EventRow } from './event_row';
import { namesMost } from './filter_bar';
import type { Filters } from './filters';
import type { View } from './journal';
import s from './events.module.css';

const rowHeight = 34;
const loadBefore = 20; // rows from the end

interface Props {
  view: View;
  older: () => void;
  change: (filters: Partial<Filters>) => void;
}

export function EventList({ view, older, change }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const { events } = view;
  const cells = useOperation('cell.list', { limit: namesMost });
  const missions = useMemo(
    () => new Map(cells.data?.cells.map((cell) => [cell.cell_id, cell.mission_name])),
    [cells.data],
  );
  const rows = useWindowVirtualizer({
    count: events.length,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: box.current?.offsetTop ?? 0,
    getItemKey: (index) => events[index]!.number,
  });
  useRowKeys(box);
  const items = rows.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastSeen >= events.length - loadBefore) older();
  }, [lastSeen, events.length, older]);
  const toggle = (number: number) => {
    const next = new Set(open);
    if (!next.delete(number)) next.add(number);
    setOpen(next);
  };
  return (
    <>
      <div ref={box} role="list" aria-label="Events" className={s.list} style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const event = events[item.index]!;
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              role="listitem"
              className={s.place}
              style={{ transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
            >
              <EventRow
                event={event}
                mission={missions.get(event.cell ?? '')}
                open={open.has(event.number)}
                toggle={() => toggle(event.number)}
                change={change}
              />
            </div>
          );
        })}
      </div>
      <p className={`${s.end} faint small`}>
        {view.more ? (view.busy ? 'Loading older events' : '') : 'There is nothing older.'}
      </p>
    </>
  );
}
