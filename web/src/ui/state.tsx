// What state a thing is in, by colour, shape and word, so that none of them is needed alone.
import s from './state.module.css';
import { wordText } from './amounts';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'faint';
type Shape =
  | 'disc'
  | 'ring'
  | 'half'
  | 'triangle'
  | 'diamond'
  | 'cross'
  | 'square'
  | 'bars'
  | 'star'
  | 'clock'
  | 'check'
  | 'slashed'
  | 'arrows'
  | 'lag';

const paths: Record<Shape, string> = {
  disc: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z',
  ring: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm0 2.2a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6Z',
  half: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm0 1.7v7.6a3.8 3.8 0 0 0 0-7.6Z',
  triangle: 'M8 2.2 14.4 13.4H1.6Z',
  diamond: 'M8 1.4 14.6 8 8 14.6 1.4 8Z',
  cross: 'M4.4 2.6 8 6.2l3.6-3.6 1.8 1.8L9.8 8l3.6 3.6-1.8 1.8L8 9.8l-3.6 3.6-1.8-1.8L6.2 8 2.6 4.4Z',
  square: 'M3 3h10v10H3Zm2 2v6h6V5Z',
  bars: 'M4 3h3v10H4Zm5 0h3v10H9Z',
  star: 'M7 1.5h2v4l3.4-2 1 1.7L10 7.2 13.4 9.2l-1 1.7L9 8.9v5.6H7V8.9l-3.4 2-1-1.7L6 7.2 2.6 5.2l1-1.7L7 5.5Z',
  clock: 'M3 2h10v2.4L9.6 8 13 11.6V14H3v-2.4L6.4 8 3 4.4Z',
  slashed:
    'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 2a4.5 4.5 0 0 0-3.5 7.3l6.3-6.3A4.5 4.5 0 0 0 8 3.5Zm3.5 1.7-6.3 6.3a4.5 4.5 0 0 0 6.3-6.3Z',
  arrows: 'M2 2.6 7.6 8 2 13.4V10L4 8 2 6Zm6.4 0L14 8l-5.6 5.4V10l2-2-2-2Z',
  lag: 'M6.4 10.1 2 5.7l1.7-1.7 2.7 2.7 6-6L14 2.5ZM2 12h12v2.4H2Z',
  check: 'M6.4 12.6 2 8.2l1.7-1.7 2.7 2.7 6-6L14 5Z',
};

const looks: Record<string, [Tone, Shape]> = {
  working: ['good', 'disc'],
  running: ['good', 'disc'],
  busy: ['good', 'half'],
  on_call: ['good', 'half'],
  idle: ['good', 'ring'],
  external: ['good', 'ring'],
  healthy: ['good', 'disc'],
  active: ['good', 'disc'],
  ok: ['good', 'check'],
  completed: ['good', 'check'],
  finished: ['good', 'check'],
  done: ['good', 'check'],
  in_progress: ['info', 'disc'],
  ongoing: ['info', 'disc'],
  reported: ['info', 'half'],
  late: ['warn', 'lag'],
  starting: ['info', 'half'],
  stopping: ['info', 'half'],
  started: ['info', 'half'],
  fired: ['info', 'half'], // it began; how it ended is another word
  waiting: ['info', 'clock'],
  deferred: ['warn', 'clock'],
  pending: ['faint', 'ring'],
  not_started: ['faint', 'ring'],
  planned: ['faint', 'ring'],
  backoff: ['warn', 'clock'],
  rate_limited: ['warn', 'clock'],
  exhausted: ['warn', 'clock'],
  silent: ['warn', 'triangle'],
  degraded: ['warn', 'triangle'],
  unhealthy: ['bad', 'triangle'],
  failing: ['bad', 'triangle'],
  awaiting_approval: ['warn', 'diamond'],
  needs_you: ['warn', 'diamond'],
  paused: ['faint', 'bars'],
  frozen: ['info', 'star'],
  quarantined: ['bad', 'cross'],
  failed: ['bad', 'cross'],
  missed: ['bad', 'slashed'],
  aborted: ['bad', 'cross'],
  lost: ['bad', 'cross'],
  skipped: ['faint', 'square'],
  superseded: ['faint', 'arrows'],
  replaced: ['faint', 'square'],
  dropped: ['faint', 'square'],
  stopped: ['faint', 'square'],
  offline: ['faint', 'square'],
  off: ['faint', 'square'],
  never: ['faint', 'ring'],
  unknown: ['faint', 'ring'],
};

export function toneOf(state: string): Tone {
  return looks[state]?.[0] ?? 'faint';
}

export function Mark({ state, size = 12 }: { state: string; size?: number }) {
  const [tone, shape] = looks[state] ?? ['faint', 'ring'];
  return (
    <svg className={`${s.mark} ${s[tone]}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[shape]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}

export function State({ state, label }: { state: string; label?: string }) {
  return (
    <span className={`${s.state} ${s[toneOf(state)]}`}>
      <Mark state={state} />
      <span>{label ?? wordText(state)}</span>
    </span>
  );
}

export function Badge({ tone = 'faint', children }: { tone?: Tone; children: React.ReactNode }) {
  return <span className={`${s.badge} ${s[`${tone}Wash`]}`}>{children}</span>;
}
