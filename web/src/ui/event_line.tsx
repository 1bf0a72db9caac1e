// One fact of the journal, on a line.
import { Link } from 'wouter';
import { agentPath } from '../api/agents';
import type { Event } from '../api/generated';
import { clockText, exactText } from './time';
import s from './event_line.module.css';

const grave = /(died|exited|failed|refused|quarantin|missed|broken|lost|killed)/;

export function EventLine({ event }: { event: Event }) {
  return (
    <li className={s.line}>
      <time dateTime={event.at!} title={exactText(event.at!)} className={s.at}>
        {clockText(event.at!)}
      </time>
      <span className={grave.test(event.kind) ? s.grave : s.kind}>{event.kind.replaceAll('_', ' ')}</span>
      <span className={s.text}>
        {event.agent && event.cell && (
          <>
            <Link href={agentPath(`${event.cell.slice(0, 8)}.${event.agent}`)}>{event.agent}</Link>{' '}
          </>
        )}
        {event.text}
      </span>
    </li>
  );
}
