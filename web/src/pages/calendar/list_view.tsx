// The same, one under the other: for phones, and for who wants to read.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { hourText } from '../../ui/clock';
import { useRowKeys } from '../../ui/rows';
import { gathered, type Entry } from './entries';
import { OutcomeState } from './outcome_mark';
import { longDayText, startOfDay } from './span';
import s from './calendar.module.css';

type Line = { day: Date } | { entry: Entry };

const gatheredFrom = 4; // so many of one plan in a day are one line

export function ListView({ entries, onOpen }: { entries: Entry[]; onOpen: (entry: Entry) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const lines = useMemo(() => linesOf(entries), [entries]);
  const rows = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (i) => ('day' in lines[i]! ? 44 : 54),
    overscan: 10,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  if (lines.length === 0) return <p className="faint">Nothing in this span.</p>;
  return (
    <div ref={box} style={{ height: rows.getTotalSize(), position: 'relative' }}>
      {rows.getVirtualItems().map((item) => {
        const line = lines[item.index]!;
        return (
          <div
            key={item.key}
            className={s.listRow}
            style={{ height: item.size, transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
          >
            {'day' in line ? (
              <h3 className={s.listDay}>{longDayText(line.day)}</h3>
            ) : (
              <ListLine entry={line.entry} onOpen={onOpen} />
            )}
          </div>
        );
      })}
    </div>
  );
}

function ListLine({ entry, onOpen }: { entry: Entry; onOpen: (entry: Entry) => void }) {
  return (
    <button type="button" data-row className={s.listLine} onClick={() => onOpen(entry)}>
      <span className={`${s.listTime} numbers`}>{hourText(entry.at)}</span>
      <span className={s.listWords}>
        <span className={s.listTitle}>
          {entry.title}
          {entry.members && <span className={s.listCount}> ×{entry.members.length}</span>}
        </span>
        <span className={s.listAbout}>
          {entry.agent}
          {entry.reason && ` · ${entry.reason}`}
        </span>
      </span>
      <OutcomeState of={entry} />
    </button>
  );
}

function linesOf(entries: Entry[]): Line[] {
  const sorted = gathered(
    [...entries].sort((a, b) => a.at - b.at),
    (entry) => startOfDay(new Date(entry.at)).getTime(),
    gatheredFrom,
  ).sort((a, b) => a.at - b.at);
  const lines: Line[] = [];
  let last = NaN;
  for (const entry of sorted) {
    const day = startOfDay(new Date(entry.at));
    if (day.getTime() !== last) lines.push({ day });
    last = day.getTime();
    lines.push({ entry });
  }
  return lines;
}
