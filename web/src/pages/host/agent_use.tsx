// What each agent takes of the machine, the hungriest first.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import { agentsAsked } from '../../api/ahead';
import { useOperation } from '../../api/use';
import { bytesText, ofText, percentText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { useFew } from '../../ui/few';
import { Meter } from '../../ui/meter';
import { byName } from '../../ui/natural';
import { Search } from '../../ui/pick';
import { useRowKeys } from '../../ui/rows';
import { useInUrl } from '../../ui/url';
import type { Agent, Telemetry } from '../../api/generated';
import s from './host.module.css';

type Use = Telemetry['agents'][number] & { ref: string; known: Agent | undefined };

const columns = [
  ['cpu_percent', 'CPU'],
  ['memory_bytes', 'Memory'],
  ['io_bytes', 'Read and written'],
  ['cpu_seconds', 'CPU time'],
  ['processes', 'Processes'],
] as const;
type Column = (typeof columns)[number][0];

const rowHeight = 42;
const shownAtFirst = 10;

export function AgentUse({ telemetry }: { telemetry: Telemetry }) {
  const [sort, setSort] = useInUrl('sort', 'cpu_percent');
  const [text, setText] = useInUrl('agent');
  const column = columns.some(([name]) => name === sort) ? (sort as Column) : 'cpu_percent';
  const uses = useUses(telemetry);
  const fitting = useMemo(() => {
    const wanted = text.toLowerCase();
    const hungriest = (a: Use, b: Use) => (b[column] ?? 0) - (a[column] ?? 0) || byName(a.ref, b.ref);
    return uses.filter((one) => one.ref.toLowerCase().includes(wanted)).sort(hungriest);
  }, [uses, column, text]);
  const { shown, more } = useFew(fitting, shownAtFirst);
  if (uses.length === 0) {
    return (
      <Card title="Agents that run">
        <p className="faint">No agent runs now, so none uses anything.</p>
      </Card>
    );
  }
  return (
    <Card
      flush
      title={`Agents that run (${ofText(fitting.length, uses.length)})`}
      actions={<Search label="Search agents that run" value={text} onChange={setText} />}
    >
      {shown.length > 0 ? (
        <Table uses={shown} column={column} onSort={setSort} />
      ) : (
        <p className={s.none}>No agent that runs fits.</p>
      )}
      {more}
    </Card>
  );
}

// What is used, with what the fleet knows of the agent.
function useUses(telemetry: Telemetry): Use[] {
  const known = useOperation('agent.list', agentsAsked, { every: 30, all: 'agents' });
  const agents = useMemo(
    () => new Map((known.data?.agents ?? []).map((one) => [`${one.cell_id}/${one.agent_id}`, one])),
    [known.data],
  );
  return useMemo(
    () =>
      telemetry.agents.map((use) => {
        const agent = agents.get(`${use.cell}/${use.agent}`);
        return { ...use, ref: agent?.ref ?? `${use.cell.slice(0, 8)}.${use.agent}`, known: agent };
      }),
    [telemetry, agents],
  );
}

function Table({ uses, column, onSort }: { uses: readonly Use[]; column: Column; onSort: (column: Column) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: uses.length,
    estimateSize: () => rowHeight,
    overscan: shownAtFirst,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useRowKeys(box);
  return (
    <div ref={box} role="table" aria-label="What each agent uses" aria-rowcount={uses.length + 1} className={s.table}>
      <div role="row" className={`${s.row} ${s.heads}`}>
        <span role="columnheader">Agent</span>
        {columns.map(([name, text]) => (
          <span key={name} role="columnheader" aria-sort={column === name ? 'descending' : 'none'}>
            <button type="button" onClick={() => onSort(name)}>
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
              <Cells use={use} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells({ use }: { use: Use }) {
  const { milli_cpus: cpus, memory_bytes: memory } = use.known?.limits ?? {};
  return (
    <>
      <span role="rowheader" className={s.name}>
        <Link href={agentPath(use.ref)} data-row>
          {use.ref}
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
