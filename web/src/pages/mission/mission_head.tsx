// How a mission stands, in a line, and what can be done with it.
import { useMemo } from 'react';
import type { Cell } from '../../api/generated';
import { Link } from 'wouter';
import { missionPath } from '../../api/agents';
import { useOperation } from '../../api/use';
import { CopyLine } from '../../ui/copy';
import { countText } from '../../ui/amounts';
import { PageHead } from '../../ui/card';
import { Progress } from '../../ui/progress';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import { AddAgent } from './add_agent';
import { AddTask } from './add_task';
import { stageOf, type Tasks } from './model';
import { Destroy, StatusActions } from './mission_actions';
import { useNeeds } from './needs';
import { SpendAll } from './spend';
import { WhyFold } from './why';
import s from './mission.module.css';

export function MissionHead({ cell, tasks, agents }: { cell: Cell; tasks: Tasks; agents: readonly string[] }) {
  return (
    <>
      <PageHead
        title={cell.mission_name || cell.cell_id}
        about={<Sentence cell={cell} tasks={tasks} />}
        actions={
          <>
            <AddTask cell={cell.cell_id} tasks={tasks} agents={agents} />
            <AddAgent cell={cell.cell_id} />
            <StatusActions cell={cell} />
            <Destroy cell={cell} />
          </>
        }
      />
      <Trouble cell={cell} />
      <NeedsHere cell={cell} />
      {cell.spend?.held && (
        <p className={s.held}>
          Its budget is used up; everything it concerns is frozen until <Link href="/inbox">{cell.spend.held}</Link> is
          answered.
        </p>
      )}
      <dl className={s.figures}>
        <div>
          <dt>State</dt>
          <dd>
            <State state={cell.status} label={cell.started === false ? `${cell.status}, not started` : undefined} />
          </dd>
        </div>
        <div>
          <dt>Progress</dt>
          <dd className={s.progress}>
            <Progress counts={cell.task_counts} />
          </dd>
        </div>
        <div>
          <dt>Agents</dt>
          <dd className="numbers">
            {cell.agents} of {cell.max_agents ?? '–'}
          </dd>
        </div>
        {cell.spend && (
          <div>
            <dt>Spent</dt>
            <dd className={s.spend}>
              <SpendAll spend={cell.spend} />
            </dd>
          </div>
        )}
        <div>
          <dt>Made</dt>
          <dd>
            <Time at={cell.created_at} /> <span className="faint small">by {cell.created_by || 'nobody known'}</span>
          </dd>
        </div>
        {cell.path && (
          <div className={s.path}>
            <dt>Directory</dt>
            <dd>
              <CopyLine text={cell.path} />
            </dd>
          </div>
        )}
      </dl>
      <WhyFold of={cell.cell_id} label={`Why it is ${cell.status}`} />
    </>
  );
}

function NeedsHere({ cell }: { cell: Cell }) {
  const cells = useMemo(() => [cell], [cell]);
  const needs = useNeeds(cells, cell.cell_id).get(cell.cell_id) ?? [];
  const first = needs[0];
  if (!first || cell.spend?.held) return null;
  return (
    <div className={`${s.held} ${s.needs}`}>
      <span>
        It needs you:{' '}
        {first.href === missionPath(cell.cell_id) ? first.text : <Link href={first.href}>{first.text}</Link>}
        {needs.length > 1 && ` and ${countText(needs.length - 1, 'more thing')}`}
      </span>
      {first.command && <CopyLine text={first.command} />}
    </div>
  );
}

// Files that are wrong now; what they said last goes on meanwhile.
function Trouble({ cell }: { cell: Cell }) {
  const status = useOperation('status', {}, { every: 10 });
  const trouble = status.data?.troubled_cells?.find((one) => one.path === cell.path);
  if (!trouble) return null;
  return (
    <p className={s.held}>
      Its files are wrong, so the last good definition is in force: {trouble.first}{' '}
      <Link href={`${missionPath(cell.cell_id)}?view=lint`}>All problems</Link>
    </p>
  );
}

// Whether somebody is needed, before anything else.
function Sentence({ cell, tasks }: { cell: Cell; tasks: Tasks }) {
  const count = (stage: string) => tasks.list.filter((task) => stageOf(task) === stage).length;
  const failed = count('failed');
  const parts = [
    failed > 0 && `${countText(failed, 'task')} failed`,
    count('in_progress') > 0 && `${count('in_progress')} in progress`,
    count('ready') > 0 && `${count('ready')} ready`,
    count('waiting') > 0 && `${count('waiting')} waiting for others`,
    tasks.critical.length > 0 && `longest open chain: ${countText(tasks.critical.length, 'task')}`,
  ].filter(Boolean);
  return (
    <>
      {cell.reason && <span>{cell.reason}. </span>}
      {parts.length > 0 ? `${parts.join(', ')}.` : tasks.list.length > 0 ? 'Nothing is open.' : ''}
      {cell.agents === 0 && tasks.list.length > 0 && <b className={s.needed}> It has no agent: nobody works on it.</b>}
    </>
  );
}
