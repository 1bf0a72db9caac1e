// Who it is, how it is since when, and what to do about it.
import { useMemo } from 'react';
import { Link } from 'wouter';
import { agentPath, missionPath, stateOf } from '../../api/agents';
import { useOperation } from '../../api/use';
import type { Agent } from '../../api/generated';
import { PageHead } from '../../ui/card';
import { Since } from '../../ui/since';
import { State } from '../../ui/state';
import { Actions } from './actions';
import { useHistory } from './history';
import { spansOf } from './timeline';
import { hasMission } from './verbs';
import s from './agent.module.css';

// Since when and why; where it is frozen or paused, the journal knows better than the process does.
function useStanding(agent: Agent) {
  const history = useHistory(agent);
  const state = stateOf(agent);
  const last = useMemo(
    () => spansOf(history.data?.events ?? [], Date.now(), agent.process === 'external').at(-1),
    [history.data, agent.process],
  );
  if (last?.state !== state || state === agent.process) return { state, reason: agent.reason };
  return { state, known: new Date(last.from).toISOString(), reason: last.text };
}

export function Head({ agent }: { agent: Agent }) {
  const { state, known, reason } = useStanding(agent);
  return (
    <PageHead
      title={agent.ref}
      about={
        <>
          <p className={s.facts}>
            <State state={state} />
            <Since agent={agent} known={known} />
            <span className="faint">{reason}</span>
            {agent.approval && <Asked id={agent.approval} />}
          </p>
          <p className={s.facts}>
            {agent.name && agent.name !== agent.agent_id && <span>{agent.name}</span>}
            <span>role {agent.role}</span>
            {agent.pid !== null && <span className="numbers">pid {agent.pid}</span>}
            <Mission agent={agent} />
            {agent.task && (
              <span>
                works on{' '}
                <Link href={`${missionPath(agent.cell_id)}?task=${encodeURIComponent(agent.task.task_id)}`}>
                  {agent.task.title || agent.task.task_id}
                </Link>
              </span>
            )}
            <Other label="stands in for" agent={agent} other={agent.stands_in_for} />
            <Other label="its work went to" agent={agent} other={agent.replaced_by} />
          </p>
        </>
      }
      actions={<Actions agent={agent} />}
    />
  );
}

// An agent keeps the name of its last question; only an open one waits.
function Asked({ id }: { id: string }) {
  const open = useOperation('approval.list', { open: true, limit: 1_000 }, { all: 'approvals' });
  if (!open.data?.approvals.some((one) => one.id === id)) return null;
  return <Link href="/inbox">{id} waits for your answer</Link>;
}

function Mission({ agent }: { agent: Agent }) {
  const cell = useOperation('cell.show', { cell: agent.cell_id }, { enabled: hasMission(agent) });
  if (!hasMission(agent)) return null;
  return (
    <span>
      in <Link href={missionPath(agent.cell_id)}>{cell.data?.mission_name || agent.cell_id.slice(0, 8)}</Link>
    </span>
  );
}

function Other({ label, agent, other }: { label: string; agent: Agent; other: string | null | undefined }) {
  if (!other) return null;
  return (
    <span>
      {label} <Link href={agentPath(`${agent.cell_id.slice(0, 8)}.${other}`)}>{other}</Link>
    </span>
  );
}
