// One chart (uPlot): drawn anew when the theme changes, with its values as text beside it.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockText, hourText } from '../../ui/clock';
import s from './host.module.css';

export interface Line {
  name: string;
  tone: 'accent' | 'warn' | 'info';
  dashed?: boolean;
}

type Data = [number[], ...(number | null)[][]];

interface Props {
  title: string;
  lines: readonly Line[];
  data: Data;
  most?: number;
  text: (value: number) => string;
  seconds: number;
}

const height = 150;

export function Chart({ title, lines, data, most, text, seconds }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const theme = useTheme();
  const [pointed, setPointed] = useState<number | null>(null);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const target = box.current!;
    const made = new uPlot(
      optionsOf(lines, most, text, seconds, target.clientWidth, setPointed),
      latest.current as uPlot.AlignedData,
      target,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [lines, most, text, seconds, theme]);

  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);

  const index = pointed !== null && pointed < data[0].length ? pointed : data[0].length - 1;
  const at = data[0][index];
  return (
    <figure className={s.chart}>
      <figcaption>
        <span className={s.chartTitle}>{title}</span>
        <span className={s.values}>
          {lines.map((line, i) => {
            const value = data[i + 1]?.[index];
            return (
              <span key={line.name} className={s[line.tone]}>
                <i className={line.dashed ? s.dashed : s.solid} aria-hidden="true" />
                {lines.length > 1 && `${line.name} `}
                <b>{value === null || value === undefined ? '–' : text(value)}</b>
              </span>
            );
          })}
          {pointed !== null && at !== undefined && (
            <span className="faint">{clockText(new Date(at * 1_000).toISOString())}</span>
          )}
        </span>
      </figcaption>
      <div
        ref={box}
        className={s.canvas}
        role="img"
        aria-label={`${title}. ${lines.map((line, i) => summary(line.name, data[i + 1] ?? [], text)).join(' ')}`}
      />
    </figure>
  );
}

// What the drawing says, for those who hear the page.
function summary(name: string, values: (number | null)[], text: (value: number) => string): string {
  const known = values.filter((one): one is number => one !== null);
  if (known.length === 0) return `${name}: nothing known.`;
  return `${name}: ${text(known.at(-1)!)} now, between ${text(Math.min(...known))} and ${text(Math.max(...known))}.`;
}

function optionsOf(
  lines: readonly Line[],
  most: number | undefined,
  text: (value: number) => string,
  seconds: number,
  width: number,
  point: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('faint'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 18, 0, 0], // half of the last time below the axis
    cursor: { sync: { key: 'host' }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [Date.now() / 1_000 - seconds, Date.now() / 1_000] },
      y: { range: (_, __, highest) => [0, most ?? Math.max(1, (highest ?? 0) * 1.15)] },
    },
    axes: [
      { ...axis, size: 22, gap: 4, values: (_, splits) => splits.map((at) => hourText(at * 1_000)) },
      { ...axis, size: 44, space: 36, values: (_, splits) => splits.map((value) => text(value).replace('.0 ', ' ')) },
    ],
    series: [
      {},
      ...lines.map((line, i) => ({
        stroke: colour(line.tone),
        width: 1.6,
        dash: line.dashed ? [5, 3] : undefined,
        fill: i === 0 ? colour(`${line.tone}-wash`) : undefined,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [
        (self) => point(self.cursor.left !== undefined && self.cursor.left >= 0 ? (self.cursor.idx ?? null) : null),
      ],
    },
  };
}

function useTheme(): string {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? '');
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.documentElement.dataset.theme ?? ''));
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
