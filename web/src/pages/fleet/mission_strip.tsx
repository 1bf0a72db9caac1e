// The missions in short: how far each is.
import { Link } from 'wouter';
import { missionPath } from '../../api/agents';
import { useOperation } from '../../api/use';
import type { Cell } from '../../api/generated';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { byName } from '../../ui/natural';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Progress } from '../../ui/progress';
import { useNeeds } from '../mission/needs';
import s from './fleet.module.css';

const shownMost = 8;
const order = { failed: 0, active: 1, paused: 2, completed: 3 };

export function MissionStrip() {
  const cells = useOperation('cell.list', { limit: 1_000 }, { every: 10 });
  return (
    <Card title="Missions" actions={<Link href="/missions">All</Link>}>
      <Shown of={cells} rows={3}>
        {(data) => (data.cells.length > 0 ? <Strip cells={data.cells} /> : <CopyLine text="lazaret mission new" />)}
      </Shown>
    </Card>
  );
}

const nameOf = (cell: Cell) => cell.mission_name || cell.cell_id;

function Strip({ cells }: { cells: Cell[] }) {
  const needs = useNeeds(cells);
  const rank = (cell: Cell) => (needs.has(cell.cell_id) ? -1 : order[cell.status]);
  const shown = [...cells].sort((a, b) => rank(a) - rank(b) || byName(nameOf(a), nameOf(b))).slice(0, shownMost);
  return (
    <ul className={s.missions}>
      {shown.map((cell) => (
        <li key={cell.cell_id}>
          <Link href={missionPath(cell.cell_id)} className={s.mission}>
            <span className={s.missionName}>{nameOf(cell)}</span>
            <MissionState cell={cell} needy={needs.has(cell.cell_id)} />
            <Progress counts={cell.task_counts as Record<string, number> | undefined} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function MissionState({ cell, needy }: { cell: Cell; needy: boolean }) {
  if (!needy) return <State state={cell.status} />;
  return <State state="needs_you" label={`${cell.status}, needs you`} />;
}
