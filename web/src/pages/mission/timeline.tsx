// Who worked on what and when: a lane for each agent, a bar for each stretch of work.
import { useEffect, useMemo, useRef } from 'react';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import type { Event } from '../../api/generated';
import { Empty, Shown } from '../../ui/shown';
import { useRowKeys } from '../../ui/rows';
import { Mark } from '../../ui/state';
import { clockText, exactText, spanText, useNow } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { lanesOf, spansOf, ticksOf, useHistory, type Lane, type Span } from './history';
import type { ViewProps } from './mission';
import s from './timeline.module.css';

const zooms = ['1', '2', '4', '8', '16', '32'];
const ticksInSight = 7;
const leastSpan = 1_000; // ms

const endText: Record<Span['end'], string> = {
  open: 'still at it',
  completed: 'completed',
  failed: 'failed',
  released: 'given back',
  timed_out: 'timed out',
  handed_over: 'handed over',
  ended: 'interrupted',
};
const endMark: Record<Span['end'], string> = {
  open: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  released: 'stopped',
  timed_out: 'rate_limited',
  handed_over: 'deferred',
  ended: 'stopped',
};

export function Timeline(props: ViewProps) {
  const history = useHistory(props.cell);
  return (
    <Shown of={history} rows={6}>
      {(told) => <Drawn events={told.events} {...props} />}
    </Shown>
  );
}

function Drawn({ events, ...props }: ViewProps & { events: readonly Event[] }) {
  const spans = useMemo(() => spansOf(events), [events]);
  const clock = useNow();
  const now = spans.some((span) => span.until === null) ? clock : 0; // nothing moves when nobody works
  const [zoom, setZoom] = useInUrl('zoom', '1');
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  useEffect(
    () => box.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    [props.chosen, zoom],
  );
  const range = rangeOf(spans, now);
  const lanes = useMemo(() => lanesOf(spans, now), [spans, now]);
  if (spans.length === 0) {
    return (
      <Empty title="Nobody has worked on a task yet">
        <p>As soon as an agent claims a task, its work is drawn here, in a lane of its own.</p>
      </Empty>
    );
  }
  return (
    <>
      <Head spans={spans} zoom={zoom} setZoom={setZoom} range={range} />
      <div ref={box} className={s.box} tabIndex={0} role="region" aria-label="Timeline">
        <div className={s.wide} style={{ width: `calc(9rem + (100% - 9rem) * ${zooms.includes(zoom) ? zoom : 1})` }}>
          <Axis range={range} zoom={Number(zoom)} />
          {lanes.map((lane) => (
            <LaneRow key={lane.agent} lane={lane} range={range} now={now} {...props} />
          ))}
        </div>
      </div>
    </>
  );
}

interface Range {
  from: number;
  until: number;
}

function rangeOf(spans: readonly Span[], now: number): Range {
  const from = spans.reduce((first, span) => Math.min(first, span.from), Infinity);
  const last = spans.reduce((latest, span) => Math.max(latest, span.until ?? now), from);
  return { from, until: Math.max(last, from + leastSpan) };
}

const part = (at: number, { from, until }: Range) => ((at - from) / (until - from)) * 100;

function Head({
  spans,
  zoom,
  setZoom,
  range,
}: {
  spans: Span[];
  zoom: string;
  setZoom: (zoom: string) => void;
  range: Range;
}) {
  const ends = (Object.keys(endText) as Span['end'][]).filter((end) => spans.some((span) => span.end === end));
  return (
    <div className={s.head}>
      <label className={s.zoom}>
        Zoom{' '}
        <select value={zoom} onChange={(event) => setZoom(event.target.value)}>
          {zooms.map((one) => (
            <option key={one} value={one}>
              {one === '1' ? 'all of it' : `${one} times`}
            </option>
          ))}
        </select>
      </label>
      <span className="faint small">
        {exactText(new Date(range.from).toISOString())}, {spanText((range.until - range.from) / 1_000)}
      </span>
      <ul className={s.legend} aria-label="What the marks mean">
        {ends.map((end) => (
          <li key={end}>
            <Mark state={endMark[end]} /> {endText[end]}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Axis({ range, zoom }: { range: Range; zoom: number }) {
  return (
    <div className={s.axis} aria-hidden="true">
      {ticksOf(range.from, range.until, ticksInSight * zoom).map((at) => (
        <span key={at} className={s.tick} style={{ left: `${part(at, range)}%` }}>
          {clockText(new Date(at).toISOString())}
        </span>
      ))}
    </div>
  );
}

function LaneRow({
  lane,
  range,
  now,
  cell,
  tasks,
  chosen,
  onChoose,
}: ViewProps & { lane: Lane; range: Range; now: number }) {
  const titleOf = (task: string) => tasks.byId.get(task)?.title || task;
  return (
    <section className={s.lane} aria-label={`Agent ${lane.agent}`}>
      <h2 className={s.agent}>
        <Link href={agentPath(`${cell.slice(0, 8)}.${lane.agent}`)}>{lane.agent}</Link>
      </h2>
      <div className={s.rows}>
        {lane.rows.map((row, i) => (
          <div key={i} className={s.row}>
            {row.map((span) => {
              const until = span.until ?? now;
              const words = `${titleOf(span.task)}: ${endText[span.end]}, ${spanText((until - span.from) / 1_000)} from ${clockText(new Date(span.from).toISOString())}`;
              return (
                <button
                  key={`${span.task}@${span.from}`}
                  type="button"
                  data-row
                  title={span.text ? `${words}. ${span.text}` : words}
                  aria-label={words}
                  aria-pressed={span.task === chosen}
                  className={`${s.bar} ${s[span.end]} ${span.task === chosen ? s.chosen : ''}`}
                  style={{
                    left: `${part(span.from, range)}%`,
                    width: `${part(until, range) - part(span.from, range)}%`,
                  }}
                  onClick={() => onChoose(span.task === chosen ? '' : span.task)}
                >
                  <Mark state={endMark[span.end]} size={10} />
                  <span aria-hidden="true">{titleOf(span.task)}</span>
                </button>
              );
            })}
          </div>
        ))}
      </div>
    </section>
  );
}
