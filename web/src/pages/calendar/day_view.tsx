// A day: one lane for each agent, time from left to right.
import { useEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useRowKeys } from '../../ui/rows';
import { useNow } from '../../ui/time';
import { Chip } from './chip';
import { gathered, packed, type Entry, type Lane } from './entries';
import { LaneName } from './lane_name';
import { laneUnder, useMove, type Moving, type Place } from './move';
import { hoursOf, hourText, minute } from './span';
import s from './calendar.module.css';

export interface ViewProps {
  lanes: Lane[];
  from: number;
  until: number;
  mayEdit: boolean;
  onOpen: (entry: Entry) => void;
  onMove: (entry: Entry, place: Place) => void;
  onMake: (place: Place) => void;
}

const rowHeight = 30;
const labelWidth = 132; // px that a title needs
const hourLeast = 40; // px
const namesWidth = 150;
const gatheredFrom = 4; // so many of one plan in a stretch are one chip
const stretchHours = 3; // about as long as a chip is wide
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
  const laid = useMemo(() => lanes.map((lane) => layOut(lane, from, msPerPx)), [lanes, from, msPerPx]);
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
    <div ref={box} className={s.scroller} tabIndex={0} role="group" aria-label="Lanes of the day">
      <div style={{ width: namesWidth + width }} className={s.day}>
        <div className={s.hours} style={{ marginLeft: namesWidth }} aria-hidden="true">
          {hours.map((at, i) => (
            <span key={at} style={{ left: `${(i / hours.length) * 100}%` }}>
              {hourText(at)}
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
                  {chips.map(({ entry, row }) => (
                    <Chip
                      key={entry.key}
                      entry={entry}
                      style={chipPlace(entry, row, from, msPerPx, moving)}
                      part={(entry.minutes * minute) / msPerPx / chipWidth(entry, msPerPx)}
                      onOpen={() => !justMoved.current && props.onOpen(entry)}
                      onGrab={props.mayEdit ? (event) => begin(entry, event) : undefined}
                    />
                  ))}
                  {moving?.place?.agent === lane.agent && (
                    <Ghost
                      moving={moving}
                      left={(moving.place.at - from) / msPerPx}
                      width={chipWidth(moving.entry, msPerPx)}
                    />
                  )}
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

const chipWidth = (entry: Entry, msPerPx: number) => Math.max(labelWidth, (entry.minutes * minute) / msPerPx);

function layOut(lane: Lane, from: number, msPerPx: number) {
  const stretchOf = (entry: Entry) => Math.floor((entry.at - from) / (stretchHours * 60 * minute));
  const entries = gathered(lane.entries, stretchOf, gatheredFrom).sort((a, b) => a.at - b.at);
  const { rows, count } = packed(entries, (entry) => (chipWidth(entry, msPerPx) + 4) * msPerPx);
  return { lane, chips: entries.map((entry, i) => ({ entry, row: rows[i]! })), height: count * rowHeight + 10 };
}

function chipPlace(entry: Entry, row: number, from: number, msPerPx: number, moving: Moving | undefined) {
  const left = Math.max(0, (entry.at - from) / msPerPx);
  return {
    left,
    top: row * rowHeight + 5,
    width: chipWidth(entry, msPerPx),
    maxWidth: `calc(100% - ${left}px)`,
    opacity: moving?.entry.key === entry.key ? 0.35 : undefined,
  };
}

function Ghost({ moving, left, width }: { moving: Moving; left: number; width: number }) {
  return (
    <div className={s.ghost} style={{ left, width, top: 5 }}>
      {hourText(moving.place!.at)} {moving.entry.title}
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
