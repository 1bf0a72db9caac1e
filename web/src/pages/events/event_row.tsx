// One event: when, what, about whom; opened, all that the journal has of it.
import type { MouseEvent } from 'react';
import { Link } from 'wouter';
import { agentPath, missionPath } from '../../api/agents';
import type { Event } from '../../api/generated';
import { wordText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { copyText } from '../../ui/copy';
import { clockText, exactText } from '../../ui/time';
import { toast } from '../../ui/toast';
import type { Filters } from './filters';
import s from './events.module.css';

const grave = /(died|failed|refused|quarantin|missed|lost|killed|timed_out|hang_declared|budget_reached)/;
const good = /(completed|_ready|_stable|proven|restored|agent_released)/;

interface Props {
  event: Event;
  mission: string | undefined; // its name
  open: boolean;
  toggle: () => void;
  change: (filters: Partial<Filters>) => void;
}

export function EventRow({ event, mission, open, toggle, change }: Props) {
  const onClick = (click: MouseEvent) => {
    const selects = (window.getSelection()?.toString() ?? '') !== '';
    if (!selects && !(click.target as HTMLElement).closest('a, button')) toggle();
  };
  const look = grave.test(event.kind) || isDeath(event) ? s.grave : good.test(event.kind) ? s.good : '';
  return (
    <>
      <div className={s.row} onClick={onClick}>
        <button
          type="button"
          data-row
          className={s.opener}
          aria-expanded={open}
          aria-label={`Event ${event.number}, ${wordText(event.kind)}`}
          onClick={toggle}
        >
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className={open ? s.turned : ''}>
            <path d="M4 2l4 4-4 4" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </button>
        <time dateTime={event.at!} title={exactText(event.at!)} className={s.at}>
          {dayOf(event.at!)} {clockText(event.at!)}
        </time>
        <span className={`${s.kind} ${look}`}>{wordText(event.kind)}</span>
        <span className={s.subject}>
          <Subject event={event} mission={mission} />
        </span>
        <span className={s.text}>{event.text}</span>
      </div>
      {open && <Detail event={event} change={change} />}
    </>
  );
}

function isDeath(event: Event): boolean {
  return event.kind === 'agent_exited' && (event.body as { expected?: boolean } | null)?.expected === false;
}

const dayText = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

function dayOf(at: string): string {
  const day = dayText.format(new Date(at));
  return day === dayText.format(new Date()) ? '' : day;
}

function Subject({ event, mission }: { event: Event; mission: string | undefined }) {
  const { cell, agent, task } = event;
  if (!cell) return agent ? <>{agent}</> : null;
  const isElsewhere = cell === 'external';
  return (
    <>
      {agent && <Link href={agentPath(isElsewhere ? agent : `${cell.slice(0, 8)}.${agent}`)}>{agent}</Link>}
      {task && <Link href={`${missionPath(cell)}?task=${encodeURIComponent(task)}`}>{task}</Link>}
      {!agent && !task && !isElsewhere && (
        <Link href={missionPath(cell)}>{mission || `mission ${cell.slice(0, 8)}`}</Link>
      )}
    </>
  );
}

function Detail({ event, change }: { event: Event; change: (filters: Partial<Filters>) => void }) {
  const json = JSON.stringify(event, null, 2);
  const copy = async () => {
    const done = await copyText(json);
    toast(
      done
        ? { kind: 'done', text: 'The event is copied as JSON' }
        : { kind: 'refused', text: 'The browser does not let the page copy' },
    );
  };
  return (
    <div className={s.detail}>
      <div className={s.detailBar}>
        <Button size="small" onClick={copy}>
          Copy as JSON
        </Button>
        <Button size="small" look="quiet" onClick={() => change({ kind: event.kind })}>
          Only this kind
        </Button>
        {event.agent && (
          <Button size="small" look="quiet" onClick={() => change({ agent: event.agent!, cell: event.cell ?? '' })}>
            Only this agent
          </Button>
        )}
        {event.cell && (
          <Button size="small" look="quiet" onClick={() => change({ cell: event.cell! })}>
            Only this mission
          </Button>
        )}
      </div>
      <pre className={s.json} tabIndex={0} aria-label={`Event ${event.number} as JSON`}>
        {json}
      </pre>
    </div>
  );
}
