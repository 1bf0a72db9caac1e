// Every mission, one row each; directories with problems first, with their first problem.
import { useMemo } from 'react';
import type { Cell, TroubledCells } from '../../api/generated';
import { useOperation } from '../../api/use';
import { countText } from '../../ui/amounts';
import { Card, PageHead } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { byName } from '../../ui/natural';
import { Pick, Search } from '../../ui/pick';
import { Empty, Shown } from '../../ui/shown';
import { useInUrl } from '../../ui/url';
import { MissionTable, type Row } from './mission_table';
import { useNeeds, type Needs } from './needs';
import { NewMission } from './new_mission';
import s from './missions.module.css';

const states = {
  needs: 'Needs you',
  active: 'Active',
  paused: 'Paused',
  failed: 'Failed',
  completed: 'Completed',
  troubled: 'With problems',
};
const none: readonly Cell[] = [];
const order = { failed: 1, active: 2, paused: 3, completed: 4 };

export default function Missions() {
  const cells = useOperation('cell.list', { limit: 1_000 }, { every: 5, all: 'cells' });
  const needs = useNeeds(cells.data?.cells ?? none);
  return (
    <Shown of={cells} rows={8}>
      {(data) => (
        <>
          <PageHead
            title={headline(data.cells, data.troubled ?? [], needs)}
            about={about(data.cells)}
            actions={<NewMission />}
          />
          {data.cells.length + (data.troubled?.length ?? 0) === 0 ? (
            <Nothing />
          ) : (
            <All cells={data.cells} troubled={data.troubled ?? []} needs={needs} />
          )}
        </>
      )}
    </Shown>
  );
}

function headline(cells: Cell[], troubled: TroubledCells, needs: Needs): string {
  const failed = cells.filter((cell) => cell.status === 'failed').length;
  if (troubled.length > 0)
    return troubled.length === 1 ? 'One directory has problems' : `${troubled.length} directories have problems`;
  if (failed > 0) return failed === 1 ? 'One mission has failed' : `${failed} missions have failed`;
  const needy = cells.filter((cell) => needs.has(cell.cell_id));
  if (needy.length > 0)
    return needy.length === 1 ? `${nameOf(needy[0]!)} needs you` : `${needy.length} missions need you`;
  return cells.length === 0 ? 'No missions yet' : 'No mission needs you';
}

function about(cells: Cell[]): string {
  const open = cells.reduce((sum, cell) => sum + (cell.open_tasks ?? 0), 0);
  const active = cells.filter((cell) => cell.status === 'active').length;
  return `${countText(cells.length, 'mission')}, ${active} active, ${countText(open, 'open task')}.`;
}

function Nothing() {
  return (
    <Empty title="A mission is a directory: who works, what is to be done, under which rules">
      <p>Make one here, or in a terminal:</p>
      <CopyLine text="lazaret mission new survey --template pipeline -- python3 agent.py" />
    </Empty>
  );
}

function All({ cells, troubled, needs }: { cells: Cell[]; troubled: TroubledCells; needs: Needs }) {
  const [state, setState] = useInUrl('state');
  const [text, setText] = useInUrl('q');
  const rows = useMemo(() => rowsOf(cells, troubled, needs), [cells, troubled, needs]);
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return rows.filter((row) => fitsState(row, state) && (!wanted || row.words.includes(wanted)));
  }, [rows, state, text]);
  return (
    <Card
      flush
      title={`Missions (${rows.length.toLocaleString()})`}
      actions={
        <>
          <Pick label="State" value={state} onChange={setState}>
            <option value="">Every state</option>
            {Object.entries(states).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </Pick>
          <Search label="Search missions" value={text} onChange={setText} />
        </>
      }
    >
      {shown.length > 0 ? <MissionTable rows={shown} /> : <p className={s.none}>No mission fits.</p>}
    </Card>
  );
}

const nameOf = (cell: Cell) => cell.mission_name || cell.cell_id;

function fitsState(row: Row, state: string): boolean {
  if (state === 'troubled') return row.trouble !== undefined;
  if (state === 'needs') return row.needs.length > 0;
  return !state || row.cell?.status === state;
}

// A stale mission is one row: what it is, and what is wrong in its files.
function rowsOf(cells: Cell[], troubled: TroubledCells, needs: Needs): Row[] {
  const troubles = new Map(troubled.map((one) => [one.path, one]));
  const rows: Row[] = cells.map((cell) => {
    const trouble = cell.path ? troubles.get(cell.path) : undefined;
    if (trouble) troubles.delete(trouble.path);
    const own = needs.get(cell.cell_id) ?? [];
    return {
      key: cell.cell_id,
      cell,
      trouble,
      needs: own,
      words:
        `${cell.mission_name} ${cell.cell_id} ${cell.reason ?? ''} ${trouble?.first ?? ''} ${own.map((one) => one.text).join(' ')}`.toLowerCase(),
    };
  });
  const rest = [...troubles.values()].map((trouble) => ({
    key: trouble.path,
    trouble,
    needs: [],
    words: `${trouble.directory} ${trouble.first ?? ''}`.toLowerCase(),
  }));
  const rank = (row: Row) => (row.trouble ? -1 : row.needs.length > 0 ? 0 : order[row.cell!.status]);
  const called = (row: Row) => (row.cell ? nameOf(row.cell) : row.trouble!.directory);
  return [...rest, ...rows].sort((a, b) => rank(a) - rank(b) || byName(called(a), called(b)));
}
