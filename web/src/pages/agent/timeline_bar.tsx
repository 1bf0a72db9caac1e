// How it has been over the last hours, drawn; the same as a list beside it.
import { memo, useMemo } from 'react';
import type { Agent, Event } from '../../api/generated';
import { wordText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { Empty, Shown } from '../../ui/shown';
import { Mark, State, toneOf } from '../../ui/state';
import { clockText, exactText, useNow } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { useHistory } from './history';
import { preciseText } from './precise';
import { spansBetween, spansOf, sums, type Span } from './timeline';
import s from './timeline.module.css';

const ranges = [
  ['0.25', '15 minutes'],
  ['1', '1 hour'],
  ['6', '6 hours'],
  ['24', '24 hours'],
  ['168', '7 days'],
] as const;
const width = 1_000;
const least = 2; // what lasted for a moment is seen too
const listedMost = 200;
const redrawnEvery = 5_000; // ms

export function Timeline({ agent }: { agent: Agent }) {
  const [chosen, setHours] = useInUrl('hours');
  const history = useHistory(agent);
  const hours = chosen || enoughFor(history.data?.events ?? []);
  return (
    <Card
      title="States"
      actions={
        <label className="small">
          <span className="faint">Last </span>
          <select className={s.range} value={hours} onChange={(event) => setHours(event.target.value)}>
            {ranges.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Shown of={history} rows={2}>
        {(data) => (
          <Drawn events={data.events} runsElsewhere={agent.process === 'external'} hours={Number(hours) || 6} />
        )}
      </Shown>
    </Card>
  );
}

// The shortest range that shows all there is, up to a day.
function enoughFor(events: readonly Event[]): string {
  const known = events[0] ? (Date.now() - Date.parse(events[0].at!)) / 3_600_000 : 0;
  if (known < 0.25) return '0.25';
  return known < 1 ? '1' : known < 6 ? '6' : '24';
}

// "20 s", "3 min, 4 times"; what lasted no time happened all the same.
function lastingText(seconds: number, times: number): string {
  const often = times === 1 ? 'once' : `${times} times`;
  if (seconds < 0.001) return often;
  return times === 1 ? preciseText(seconds) : `${preciseText(seconds)}, ${often}`;
}

function Drawn({ events, runsElsewhere, hours }: { events: readonly Event[]; runsElsewhere: boolean; hours: number }) {
  const to = Math.floor(useNow() / redrawnEvery) * redrawnEvery;
  const from = to - hours * 3_600_000;
  const all = useMemo(() => spansOf(events, to, runsElsewhere), [events, to, runsElsewhere]);
  const spans = useMemo(() => spansBetween(all, from, to), [all, from, to]);
  if (spans.length === 0) return <Empty title="Nothing is known of this time" />;
  const totals = sums(spans);
  const words = totals
    .map(({ state, seconds, times }) => `${wordText(state)} ${lastingText(seconds, times)}`)
    .join(', ');
  return (
    <>
      <Bar
        spans={spans}
        from={from}
        to={to}
        label={`States of the last ${ranges.find(([value]) => Number(value) === hours)?.[1] ?? `${hours} hours`}: ${words}`}
      />
      <p className={s.ends}>
        <span>{hours > 24 ? exactText(new Date(from).toISOString()) : clockText(new Date(from).toISOString())}</span>
        <span>now</span>
      </p>
      <ul className={s.sums}>
        {totals.map(({ state, seconds, times }) => (
          <li key={state}>
            <State state={state} /> <span className="faint numbers">{lastingText(seconds, times)}</span>
          </li>
        ))}
      </ul>
      <details className={s.details}>
        <summary>As a list</summary>
        <List spans={spans.slice(-listedMost)} />
      </details>
    </>
  );
}

// Height and hatching differ by how grave a state is, so that colour is not needed.
const heights = { good: 24, info: 18, warn: 14, bad: 24, faint: 6 };

const Bar = memo(function Bar({
  spans,
  from,
  to,
  label,
}: {
  spans: readonly Span[];
  from: number;
  to: number;
  label: string;
}) {
  const at = (time: number) => ((time - from) / (to - from)) * width;
  return (
    <svg className={s.bar} viewBox={`0 0 ${width} 24`} preserveAspectRatio="none" role="img" aria-label={label}>
      <defs>
        <pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className={s.bad} />
          <rect width="2" height="6" className={s.stripe} />
        </pattern>
      </defs>
      {spans.map((span) => {
        const tone = toneOf(span.state);
        const height = heights[tone];
        return (
          <rect
            key={`${span.from} ${span.state}`}
            x={at(span.from)}
            y={24 - height}
            width={Math.max(least, at(span.to) - at(span.from))}
            height={height}
            {...(tone === 'bad' ? { fill: 'url(#hatched)' } : { className: s[tone] })}
          >
            <title>{`${wordText(span.state)} for ${preciseText((span.to - span.from) / 1_000)} from ${clockText(new Date(span.from).toISOString())}: ${span.text}`}</title>
          </rect>
        );
      })}
    </svg>
  );
});

function List({ spans }: { spans: readonly Span[] }) {
  return (
    <ol className={s.spans} tabIndex={0} aria-label="States, oldest first">
      {spans.map((span) => (
        <li key={`${span.from} ${span.state}`}>
          <time
            dateTime={new Date(span.from).toISOString()}
            title={exactText(new Date(span.from).toISOString())}
            className="numbers faint"
          >
            {clockText(new Date(span.from).toISOString())}
          </time>
          <Mark state={span.state} />
          <span>
            {wordText(span.state)} <span className="faint">for {preciseText((span.to - span.from) / 1_000)}</span>{' '}
            <span className={s.text}>{span.text}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
