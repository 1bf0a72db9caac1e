// How much of a limit is used; without a limit only the amount.
import s from './meter.module.css';

interface Props {
  label: string; // for those who hear the page
  part: number; // 0 to 1
  text: string;
}

export function Meter({ label, part, text }: Props) {
  const tone = part >= 0.95 ? s.bad : part >= 0.8 ? s.warn : '';
  return (
    <span
      className={s.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      aria-valuetext={text}
    >
      <span className={s.track}>
        <span className={`${s.fill} ${tone}`} style={{ width: `${Math.min(100, part * 100)}%` }} />
      </span>
      <span className={s.text}>{text}</span>
    </span>
  );
}

// Beats in each of the last intervals, oldest first. Before the first one there was nothing to miss. Three paths,
// not sixty shapes: there is one such bar in each row of a long list.
export function Beats({ beats, label }: { beats: readonly number[] | undefined; label: string }) {
  const shown = (beats ?? []).slice(-60);
  const first = shown.findIndex((one) => one > 0);
  if (first < 0) return <span className="faint small">no beats</span>;
  const missed = shown.slice(first).filter((one) => one === 0).length;
  const text = `${label}: ${missed === 0 ? 'no beat missed' : `${missed} of the last ${shown.length - first} intervals without a beat`}`;
  const bars = (top: number, height: number, fits: (beats: number, i: number) => boolean) =>
    shown.map((one, i) => (fits(one, i) ? `M${(60 - shown.length + i) * 2} ${top}h1.4v${height}h-1.4z` : '')).join('');
  return (
    <svg className={s.beats} width={120} height={16} viewBox="0 0 120 16" role="img" aria-label={text}>
      <title>{text}</title>
      <path className={s.before} d={bars(7.5, 1, (_, i) => i < first)} />
      <path className={s.came} d={bars(3, 10, (one) => one > 0)} />
      <path className={s.missed} d={bars(9, 6, (one, i) => i >= first && one === 0)} />
    </svg>
  );
}
