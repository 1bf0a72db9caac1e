// Missions and troubled directories as rows; only those in sight are in the page.
import { useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from 'wouter';
import { missionPath } from '../../api/agents';
import { quoted } from '../../api/client';
import type { Cell, TroubledCells } from '../../api/generated';
import { CopyLine } from '../../ui/copy';
import { Progress } from '../../ui/progress';
import { useRowKeys } from '../../ui/rows';
import { Badge, State } from '../../ui/state';
import { Time } from '../../ui/time';
import type { MissionNeed } from './needs';
import { SpendShort } from './spend';
import s from './missions.module.css';

export interface Row {
  key: string;
  cell?: Cell;
  trouble?: TroubledCells[number];
  needs: readonly MissionNeed[];
  words: string; // what a search looks through
}

const rowHeight = 54;
const heads = ['Mission', 'State', 'Progress', 'Agents', 'Spend', 'Made'];

export function MissionTable({ rows }: { rows: Row[] }) {
  const box = useRef<HTMLDivElement>(null);
  const lines = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
    getItemKey: (i) => rows[i]!.key,
  });
  useRowKeys(box);
  return (
    <div ref={box} role="table" aria-label="Missions" aria-rowcount={rows.length + 1} className={s.table}>
      <div role="row" className={`${s.row} ${s.heads}`}>
        {heads.map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      <div role="rowgroup" className={s.body} style={{ height: lines.getTotalSize() }}>
        {lines.getVirtualItems().map((item) => (
          <div
            key={item.key}
            ref={lines.measureElement}
            data-index={item.index}
            className={s.placed}
            style={{ transform: `translateY(${item.start - lines.options.scrollMargin}px)` }}
            role="presentation"
          >
            <OneRow row={rows[item.index]!} at={item.index + 2} />
          </div>
        ))}
      </div>
    </div>
  );
}

function OneRow({ row, at }: { row: Row; at: number }) {
  if (!row.cell) return <Directory trouble={row.trouble!} at={at} />;
  const cell = row.cell;
  return (
    <div role="row" aria-rowindex={at} className={s.row}>
      <span role="rowheader" className={s.name}>
        <Link href={missionPath(cell.cell_id)} data-row>
          {cell.mission_name || cell.cell_id}
        </Link>
        {row.trouble ? (
          <Link href={`${missionPath(cell.cell_id)}?view=lint`} className={s.fault}>
            Its files are wrong: {row.trouble.first}
          </Link>
        ) : row.needs[0] ? (
          <Link href={row.needs[0].href} className={s.need} title={row.needs.map((one) => one.text).join('\n')}>
            {row.needs[0].text}
            {row.needs.length > 1 && ` and ${row.needs.length - 1} more`}
          </Link>
        ) : (
          <span className={s.reason}>{cell.reason || (cell.started ? '' : 'not started')}</span>
        )}
      </span>
      <span role="cell">
        <State
          state={row.trouble ? 'degraded' : row.needs.length > 0 ? 'needs_you' : cell.status}
          label={[cell.status, row.trouble?.state ?? (row.needs.length > 0 && 'needs you')].filter(Boolean).join(', ')}
        />
      </span>
      <span role="cell">
        <Progress counts={cell.task_counts} />
      </span>
      <span role="cell" className="numbers nowrap">
        {cell.agents} <span className="faint">of {cell.max_agents ?? '–'}</span>
      </span>
      <span role="cell" className="numbers">
        <SpendShort spend={cell.spend} />
      </span>
      <span role="cell" className="small">
        <Time at={cell.created_at} />
      </span>
    </div>
  );
}

function Directory({ trouble, at }: { trouble: TroubledCells[number]; at: number }) {
  return (
    <div role="row" aria-rowindex={at} className={`${s.row} ${s.directory}`}>
      <span role="rowheader" className={s.name}>
        <span tabIndex={-1} data-row className={s.plain}>
          {trouble.directory}
        </span>
        <span className={s.reason}>no mission: its directory is {trouble.state}</span>
      </span>
      <span role="cell" className={s.problem}>
        <span>
          <Badge tone="bad">{trouble.problems === 1 ? '1 problem' : `${trouble.problems} problems`}</Badge>{' '}
          {trouble.first}
        </span>
        <CopyLine text={`lazaret cell lint ${quoted(trouble.path)}`} />
      </span>
    </div>
  );
}
