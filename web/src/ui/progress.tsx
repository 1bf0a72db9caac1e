// How the tasks of a mission stand: one bar, in parts.
import s from './progress.module.css';

const parts = ['completed', 'reported', 'in_progress', 'failed', 'pending'] as const;

export function Progress({ counts }: { counts: Record<string, number> | undefined }) {
  const total = parts.reduce((sum, part) => sum + (counts?.[part] ?? 0), 0);
  if (total === 0) return <span className="faint small">no tasks</span>;
  const text = parts
    .filter((part) => counts?.[part])
    .map((part) => `${counts![part]} ${part.replace('_', ' ')}`)
    .join(', ');
  return (
    <span className={s.progress}>
      <span className={s.bar} role="img" aria-label={text} title={text}>
        {parts.map((part) =>
          counts?.[part] ? <span key={part} className={s[part]} style={{ flexGrow: counts[part] }} /> : null,
        )}
      </span>
      <span className={s.text}>
        {(counts?.completed ?? 0).toLocaleString()} of {total.toLocaleString()}
      </span>
    </span>
  );
}
