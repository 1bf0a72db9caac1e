// What each agent takes of the machine, the hungriest first.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import { useOperation } from '../../api/use';
import { bytesText, percentText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { Meter } from '../../ui/meter';
import { useRowKeys } from '../../ui/rows';
import { useInUrl } from '../../ui/url';
import type { Agent, Telemetry } from '../../api/generated';
import s from './host.module.css';

type Use = Telemetry['agents'][number];

const columns = [
  ['cpu_percent', 'CPU'],
  ['memory_bytes', 'Memory'],
  ['io_bytes', 'Read and written'],
  ['cpu_seconds', 'CPU time'],
  ['processes', 'Processes'],
] as const;
type Column = (typeof columns)[number][0];

const rowHeight = 42;

export function AgentUse({ telemetry }: { telemetry: Telemetry }) {
  const [sort, setSort] = useInUrl('sort', 'cpu_percent');
  const known = useOperation('agent.list', { limit: 1_000 }, { every: 30, all: 'agents' });
  const agents = useMemo(
    () => new Map((known.data?.agents ?? []).map((one) => [`${one.cell_id}/${one.agent_id}`, one])),
    [known.data],
  );
  const column = columns.some(([name]) => name === sort) ? (sort as Column) : 'cpu_percent';
  const uses = useMemo(
    () => [...telemetry.agents].sort((a, b) => (b[column] ?? 0) - (a[column] ?? 0)),
    [telemetry, column],
  );
  const box = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: uses.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useRowKeys(box);
  if (uses.length === 0) {
    return (
      <Card title="Agents">
        <p className="faint">No agent runs now, so none uses anything.</p>
      </Card>
    );
  }
  return (
    <Card flush title={`Agents that run (${uses.length.toLocaleString()})`}>
      <div ref={box} role="table" aria-label="What each agent uses" aria-rowcount={uses.length + 1} className={s.table}>
        <div role="row" className={`${s.row} ${s.heads}`}>
          <span role="columnheader">Agent</span>
          {columns.map(([name, text]) => (
            <span key={name} role="columnheader" aria-sort={column === name ? 'descending' : 'none'}>
              <button type="button" onClick={() => setSort(name)}>
                {text}
                {column === name && ' ↓'}
              </button>
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const use = uses[item.index]!;
            return (
              <div
                key={`${use.cell}/${use.agent}`}
                role="row"
                aria-rowindex={item.index + 2}
                className={`${s.row} ${s.use}`}
                style={{ height: rowHeight, transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
              >
                <Cells use={use} agent={agents.get(`${use.cell}/${use.agent}`)} />
              </div>
            );
          })}
        </div>
      </div>
    </Card>
  );
}

function Cells({ use, agent }: { use: Use; agent: Agent | undefined }) {
  const ref = agent?.ref ?? `${use.cell.slice(0, 8)}.${use.agent}`;
  const { milli_cpus: cpus, memory_bytes: memory } = agent?.limits ?? {};
  return (
    <>
      <span role="rowheader" className={s.name}>
        <Link href={agentPath(ref)} data-row>
          {ref}
        </Link>
      </span>
      <span role="cell">
        {cpus ? (
          <Meter
            label="CPU of its limit"
            part={(use.cpu_percent ?? 0) / (cpus / 10)}
            text={percentText(use.cpu_percent)}
          />
        ) : (
          percentText(use.cpu_percent)
        )}
      </span>
      <span role="cell">
        {memory ? (
          <Meter
            label="Memory of its limit"
            part={(use.memory_bytes ?? 0) / memory}
            text={`${bytesText(use.memory_bytes)} of ${bytesText(memory)}`}
          />
        ) : (
          bytesText(use.memory_bytes)
        )}
      </span>
      <span role="cell">{bytesText(use.io_bytes)}</span>
      <span role="cell">{use.cpu_seconds === undefined ? '–' : `${use.cpu_seconds.toFixed(1)} s`}</span>
      <span role="cell">{use.processes ?? '–'}</span>
    </>
  );
}
