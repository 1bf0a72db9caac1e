// Who has the task, how often it was tried, what it was given and what it left.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import { quoted } from '../../api/client';
import type { Task } from '../../api/generated';
import { Time, spanText } from '../../ui/time';
import { SpendAll } from './spend';
import s from './task.module.css';

export function TaskFacts({ task }: { task: Task }) {
  const needs = [task.needs?.role, ...(task.needs?.capabilities ?? [])].filter(Boolean);
  return (
    <>
      <dl className={s.facts}>
        <Fact name="Worked on by">
          {task.owner ? (
            <>
              <AgentLink task={task} agent={task.owner} />{' '}
              <span className="faint small">incarnation {task.owner_incarnation}</span>
            </>
          ) : (
            'nobody'
          )}
        </Fact>
        <Fact name="Assigned to">
          {task.assigned_to ? <AgentLink task={task} agent={task.assigned_to} /> : 'any agent that fits'}
        </Fact>
        <Fact name="Needs">{needs.length > 0 ? needs.join(', ') : 'nothing special'}</Fact>
        <Fact name="Tries used">
          {task.tries} of {task.max_tries ?? '–'}
          {task.on_failure === 'fail' && ', fails at the first'}
        </Fact>
        <Fact name="Claim">{task.claim > 0 ? `number ${task.claim}` : 'not yet'}</Fact>
        <Fact name="Timeout">{task.timeout ? `${spanText(task.timeout)} from its claim` : 'none'}</Fact>
        <Fact name="Priority">{task.priority}</Fact>
        <Fact name="Made">{<Time at={task.created_at} />}</Fact>
        {task.completed_at && <Fact name="Completed">{<Time at={task.completed_at} />}</Fact>}
        {task.spend && (
          <Fact name="Spent">
            <SpendAll spend={task.spend} />
          </Fact>
        )}
        {task.artifacts && task.artifacts.length > 0 && <Fact name="Artifacts">{task.artifacts.join(', ')}</Fact>}
      </dl>
      <Verify task={task} />
      <Handed title="Handed over" what={task.handed_over} />
      <Handed title="Hand-off under way" what={task.handoff} />
      <Value title="Result" value={parsed(task.result)} />
      <Value title="Cursor" value={task.cursor} />
      <Value title="Input" value={task.input} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function AgentLink({ task, agent }: { task: Task; agent: string }) {
  return <Link href={agentPath(`${task.cell_id.slice(0, 8)}.${agent}`)}>{agent}</Link>;
}

// The command that decides whether it is done; what it printed is in the reason of a failure.
function Verify({ task }: { task: Task }) {
  const words = task.verify?.command;
  if (!words || words.length === 0) return null;
  const line =
    words[0] === '/bin/sh' && words[1] === '-c' && words.length === 3 ? words[2]! : words.map(quoted).join(' ');
  const failed = /^verify failed: ?([\s\S]*)$/.exec(task.reason)?.[1];
  const outcome =
    task.status === 'reported'
      ? 'running now'
      : task.status === 'completed'
        ? 'passed'
        : failed !== undefined
          ? 'failed'
          : 'not run yet';
  return (
    <section>
      <h3>
        Verify <span className={failed !== undefined ? s.bad : s.count}>{outcome}</span>
      </h3>
      <pre className={s.value} tabIndex={0}>
        {line}
      </pre>
      {failed && (
        <pre className={s.value} tabIndex={0}>
          {failed}
        </pre>
      )}
    </section>
  );
}

function Handed({ title, what }: { title: string; what: Record<string, unknown> | null | undefined }) {
  if (!what) return null;
  const text = (name: string) => (what[name] === undefined || what[name] === null ? '' : String(what[name]));
  return (
    <section>
      <h3>{title}</h3>
      <p className="small">
        {text('from') && <>from {text('from')} </>}
        {text('to') && <>to {text('to')} </>}
        {text('by') && <>by {text('by')} </>}
        {text('at') && <Time at={text('at')} />}
      </p>
      {text('reason') && <p className="small faint">{text('reason')}</p>}
    </section>
  );
}

// Results are text; those that hold JSON are read better as such.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function Value({ title, value }: { title: string; value: unknown }) {
  const isEmpty =
    value === null ||
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) return null;
  return (
    <section>
      <h3>{title}</h3>
      <pre className={s.value} tabIndex={0} aria-label={title}>
        {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
      </pre>
    </section>
  );
}
