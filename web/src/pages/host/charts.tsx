// The machine over time. The line under the pointer is the same moment in every chart.
import { useMemo } from 'react';
import { Card } from '../../ui/card';
import { percentText } from '../../ui/amounts';
import { useInUrl } from '../../ui/url';
import { Chart, type Line } from './chart';
import type { Telemetry } from '../../api/generated';
import { usePoints, type Point } from './telemetry';
import s from './host.module.css';

const spans = [
  ['600', '10 minutes'],
  ['1800', 'half an hour'],
  ['3600', 'an hour'], // longer than that the daemon keeps nothing
] as const;

const share = (value: number) => percentText(value);
const plain = (value: number) => value.toFixed(2);

interface Plot {
  title: string;
  lines: (Line & { of: keyof Point })[];
  most?: number; // of the scale; as far as the values go, if left out
  text: (value: number) => string;
}

const plots: Plot[] = [
  { title: 'CPU', lines: [{ of: 'cpu', name: 'CPU', tone: 'accent' }], most: 100, text: share },
  {
    title: 'Memory',
    lines: [
      { of: 'memory', name: 'memory', tone: 'accent' },
      { of: 'swap', name: 'swap', tone: 'warn', dashed: true },
    ],
    most: 100,
    text: share,
  },
  { title: 'Disk', lines: [{ of: 'disk', name: 'disk', tone: 'accent' }], most: 100, text: share },
  { title: 'Load, 1 minute', lines: [{ of: 'load', name: 'load', tone: 'accent' }], text: plain },
  {
    title: 'Waited for', // share of time in which some program did
    lines: [
      { of: 'pressureCpu', name: 'CPU', tone: 'accent' },
      { of: 'pressureMemory', name: 'memory', tone: 'warn', dashed: true },
      { of: 'pressureIo', name: 'disk', tone: 'info', dashed: true },
    ],
    text: share,
  },
];

export default function Charts({ telemetry }: { telemetry: Telemetry }) {
  const [span, setSpan] = useInUrl('seconds', '3600');
  const seconds = spans.some(([value]) => value === span) ? Number(span) : 3_600;
  const { points, isWithoutPast } = usePoints(telemetry, seconds);
  const shown = plots.filter((plot) => plot.lines.some((line) => points.some((point) => point[line.of] !== null)));
  return (
    <Card
      title="The machine over time"
      actions={
        <select
          className={s.select}
          aria-label="How far back"
          value={String(seconds)}
          onChange={(event) => setSpan(event.target.value)}
        >
          {spans.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      }
    >
      {isWithoutPast && (
        <p className={s.note}>This daemon keeps no past of these figures; the lines begin when the page was opened.</p>
      )}
      <div className={s.charts}>
        {shown.map((plot) => (
          <Drawn key={plot.title} plot={plot} points={points} seconds={seconds} />
        ))}
      </div>
    </Card>
  );
}

function Drawn({ plot, points, seconds }: { plot: Plot; points: Point[]; seconds: number }) {
  const data = useMemo(
    () =>
      [points.map((point) => point.at), ...plot.lines.map((line) => points.map((point) => point[line.of]))] as [
        number[],
        ...(number | null)[][],
      ],
    [points, plot],
  );
  return (
    <Chart title={plot.title} lines={plot.lines} data={data} most={plot.most} text={plot.text} seconds={seconds} />
  );
}
