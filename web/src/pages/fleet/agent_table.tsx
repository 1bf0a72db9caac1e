// The agents, one row each; only the rows in sight are in the page, so a thousand stay smooth.
import { useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from 'wouter';
import { agentPath, missionPath, stateOf } from '../../api/agents';
import type { Agent } from '../../api/generated';
import { bytesText, percentText } from '../../ui/amounts';
import { Beats, Meter } from '../../ui/meter';
import { useRowKeys } from '../../ui/rows';
import { Since } from '../../ui/since';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import s from './fleet.module.css';

const rowHeight = 46;

export function AgentTable({ agents }: { agents: readonly Agent[] }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: agents.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useRowKeys(box);
  const items = rows.getVirtualItems();
  return (
    <div ref={box} role="table" aria-label="Agents" aria-rowcount={agents.length + 1} className={s.table}>
      <div role="row" className={`${s.row} ${s.heads}`}>
        {['Agent', 'State', 'Task', 'Beats, last 60', 'CPU', 'Memory', 'Spend', 'Checkpoint'].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const agent = agents[item.index]!;
          return (
            <div
              key={`${agent.cell_id}/${agent.agent_id}`}
              role="row"
              aria-rowindex={item.index + 2}
              className={s.row}
              style={{
                position: 'absolute',
                top: 0,
                left: 0,
                right: 0,
                height: rowHeight,
                transform: `translateY(${item.start - rows.options.scrollMargin}px)`,
              }}
            >
              <Cells agent={agent} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells({ agent }: { agent: Agent }) {
  const state = stateOf(agent);
  const limits = agent.limits;
  return (
    <>
      <span role="rowheader" className={s.name}>
        <Link href={agentPath(agent.ref)} data-row>
          {agent.ref}
        </Link>
        <span className={s.role}>{agent.role}</span>
      </span>
      <span role="cell" className={s.state} title={agent.reason}>
        <State state={state} />
        <span className="faint small">
          <Since agent={agent} />
        </span>
      </span>
      <span role="cell" className={s.task}>
        {agent.task ? (
          <Link href={`${missionPath(agent.cell_id)}?task=${encodeURIComponent(agent.task.task_id)}`}>
            {agent.task.title || agent.task.task_id}
          </Link>
        ) : (
          <span className="faint">–</span>
        )}
      </span>
      <span role="cell">
        <Beats beats={agent.recent} label={agent.agent_id} />
      </span>
      <span role="cell" className="numbers">
        {limits?.milli_cpus ? (
          <Meter
            label="CPU of its limit"
            part={(agent.cpu_percent ?? 0) / (limits.milli_cpus / 10)}
            text={percentText(agent.cpu_percent)}
          />
        ) : (
          percentText(agent.cpu_percent)
        )}
      </span>
      <span role="cell" className="numbers">
        {limits?.memory_bytes ? (
          <Meter
            label="Memory of its limit"
            part={(agent.memory_bytes ?? 0) / limits.memory_bytes}
            text={`${bytesText(agent.memory_bytes)} of ${bytesText(limits.memory_bytes)}`}
          />
        ) : (
          bytesText(agent.memory_bytes)
        )}
      </span>
      <span role="cell" className="numbers">
        <Spend agent={agent} />
      </span>
      <span role="cell">
        {agent.last_checkpoint ? (
          <span className="small">
            <Time at={agent.last_checkpoint.saved_at} plain />{' '}
            {agent.last_checkpoint.proven_at && <span className={s.proven}>proven</span>}
          </span>
        ) : (
          <span className="faint">–</span>
        )}
      </span>
    </>
  );
}

function Spend({ agent }: { agent: Agent }) {
  const { spent, caps } = agent.spend ?? {};
  if (caps?.usd)
    return (
      <Meter
        label="Money of its budget"
        part={(spent?.usd ?? 0) / caps.usd}
        text={`$${(spent?.usd ?? 0).toFixed(2)} of ${caps.usd.toFixed(2)}`}
      />
    );
  if (caps?.tokens)
    return (
      <Meter
        label="Tokens of its budget"
        part={(spent?.tokens ?? 0) / caps.tokens}
        text={`${(spent?.tokens ?? 0).toLocaleString()} of ${caps.tokens.toLocaleString()} tokens`}
      />
    );
  if (spent?.usd) return <>${spent.usd.toFixed(2)}</>;
  return <span className="faint">–</span>;
}
