// What it printed last before it ended.
import { plainLine } from './log_text';
import s from './agent.module.css';

export function LastLines({ lines }: { lines: readonly string[] }) {
  return (
    <pre className={s.lines} tabIndex={0} aria-label="Last lines that it printed">
      {lines.map(plainLine).join('\n')}
    </pre>
  );
}
