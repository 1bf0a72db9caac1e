// A day: one lane for each agent, time from left to right.
import { useEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { hourText, tickText } from '../../ui/clock';
import { useRowKeys } from '../../ui/rows';
import { useNow } from '../../ui/time';
import { Chip } from './chip';
import { boxOf, layOut, rowHeight, type Placed, type Scale } from './day_layout';
import type { Entry } from './entries';
import { LaneName } from './lane_name';
import type { Lane } from './lanes';
import { laneUnder, useMove, type Moving, type Place } from './move';
import { hoursOf, minute } from './span';
import s from './calendar.module.css';
import c from './chip.module.css';

export interface ViewProps {
  lanes: Lane[];
  from: number;
  until: number;
  mayEdit: boolean;
  onOpen: (entry: Entry) => void;
  onMove: (entry: Entry, place: Place) => void;
  onMake: (place: Place) => void;
}

const hourLeast = 40; // px
const namesWidth = 150;
const snap = 5 * minute;

// What is put into the past would begin at once, so nothing is.
const snapped = (at: number, to: number) => Math.max(Math.round(at / to) * to, Math.ceil(Date.now() / snap) * snap);

export function DayView(props: ViewProps) {
  const { lanes, from, until } = props;
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  useEffect(() => {
    const now = Date.now();
    if (box.current && now > from && now < until)
      box.current.scrollLeft = ((now - from) / (until - from)) * (box.current.scrollWidth - namesWidth) - 2 * hourLeast;
  }, [from, until]);
  const hours = hoursOf(from, until);
  const width = useTrackWidth(box, hours.length);
  const msPerPx = (until - from) / width;
  const scale = useMemo(() => ({ from, msPerPx, width }), [from, msPerPx, width]);
  const laid = useMemo(() => lanes.map((lane) => layOut(lane, scale)), [lanes, scale]);
  const { moving, begin, justMoved } = useMove((x, y, _, grabbedAt) => {
    const lane = laneUnder(x, y);
    if (!lane) return undefined;
    return {
      agent: lane.dataset.lane!,
      at: snapped(Math.min(from + (x - grabbedAt - lane.getBoundingClientRect().left) * msPerPx, until - snap), snap),
    };
  }, props.onMove);
  const rows = useWindowVirtualizer({
    count: laid.length,
    estimateSize: (i) => laid[i]!.height,
    overscan: 6,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useEffect(() => rows.measure(), [laid, rows]);
  const make = (agent: string) => (event: MouseEvent<HTMLElement>) => {
    if (!props.mayEdit || justMoved.current) return;
    const left = event.currentTarget.getBoundingClientRect().left;
    props.onMake({ agent, at: snapped(from + (event.clientX - left) * msPerPx - 7 * minute, 15 * minute) });
  };
  return (
    <div ref={box} data-scroller className={s.scroller} tabIndex={0} role="group" aria-label="Lanes of the day">
      <div style={{ width: namesWidth + width }} className={s.day}>
        <div className={s.hours} style={{ marginLeft: namesWidth }} aria-hidden="true">
          {hours.map((at, i) => (
            <span key={at} style={{ left: `${(i / hours.length) * 100}%` }}>
              {tickText(at)}
            </span>
          ))}
        </div>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const { lane, chips, height } = laid[item.index]!;
            return (
              <section
                key={lane.agent}
                className={s.lane}
                aria-label={lane.agent}
                style={{ height, transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
              >
                <LaneName agent={lane.agent} />
                <div
                  className={`${s.track} ${props.mayEdit ? s.makes : ''}`}
                  data-lane={lane.agent}
                  style={{ backgroundSize: `${width / hours.length}px 100%` }}
                  onClick={make(lane.agent)}
                >
                  {chips.map((chip) => (
                    <Chip
                      key={chip.entry.key}
                      entry={chip.entry}
                      box={chip.box}
                      style={placeOf(chip, moving)}
                      onOpen={() => !justMoved.current && props.onOpen(chip.entry)}
                      onGrab={props.mayEdit ? (event) => begin(chip.entry, event) : undefined}
                    />
                  ))}
                  {moving?.place?.agent === lane.agent && <Ghost moving={moving} scale={scale} />}
                  <NowLine from={from} until={until} />
                </div>
              </section>
            );
          })}
        </div>
      </div>
    </div>
  );
}

const placeOf = ({ entry, row, box }: Placed, moving: Moving | undefined) => ({
  left: box.left,
  top: row * rowHeight + 5,
  width: box.width,
  opacity: moving?.entry.key === entry.key ? 0.35 : undefined,
});

function Ghost({ moving, scale }: { moving: Moving; scale: Scale }) {
  const { left, width, block, words } = boxOf({ ...moving.entry, at: moving.place!.at }, scale);
  return (
    <div data-moving className={c.ghost} style={{ left, width, top: 5 }}>
      <span className={c.ghostBlock} style={{ width: block, order: words === 'left' ? 1 : 0 }} />
      <span>
        {hourText(moving.place!.at)} {moving.entry.title}
      </span>
    </div>
  );
}

function NowLine({ from, until }: { from: number; until: number }) {
  const now = useNow();
  if (now < from || now >= until) return null;
  return <span className={s.now} style={{ left: `${((now - from) / (until - from)) * 100}%` }} />;
}

// As wide as the page lets it be, but never so narrow that hours cannot be told apart.
function useTrackWidth(box: React.RefObject<HTMLDivElement | null>, hours: number): number {
  const [width, setWidth] = useState(hours * hourLeast);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(hours * hourLeast, Math.floor(entry!.contentRect.width) - namesWidth)),
    );
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, hours]);
  return width;
}
