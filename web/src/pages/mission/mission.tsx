// A mission: how it stands, its tasks in three views, what came out, its rules.
import { lazy, Suspense, useMemo } from 'react';
import { Tabs } from 'radix-ui';
import type { Cell } from '../../api/generated';
import { useOperation } from '../../api/use';
import { CopyLine } from '../../ui/copy';
import { byName } from '../../ui/natural';
import { Empty, Shown, Waiting } from '../../ui/shown';
import { useInUrl } from '../../ui/url';
import { Artifacts } from './artifacts';
import { Board } from './board';
import { shortCell } from './command';
import { Lint } from './lint';
import { MissionAgents } from './mission_agents';
import { MissionHead } from './mission_head';
import { modelOf, type Tasks } from './model';
import { Policies } from './policies';
import { TaskPanel } from './task_panel';
import { Timeline } from './timeline';
import s from './mission.module.css';

const Graph = lazy(() => import('./graph/graph'));

const views = [
  ['graph', 'Graph'],
  ['board', 'Board'],
  ['timeline', 'Timeline'],
  ['agents', 'Agents'],
  ['artifacts', 'Artifacts'],
  ['lint', 'Files'],
  ['policies', 'Rules'],
] as const;

export default function Mission({ cell }: { cell: string }) {
  const shown = useOperation('cell.show', { cell }, { every: 5 });
  return <Shown of={shown}>{(data) => <Page cell={data} />}</Shown>;
}

function Page({ cell }: { cell: Cell }) {
  const [view, setView] = useInUrl('view', 'graph');
  const [chosen, setChosen] = useInUrl('task');
  const list = useOperation('task.list', { cell: cell.cell_id, limit: 1_000 }, { all: 'tasks' });
  const tasks = useMemo(() => modelOf(list.data?.tasks ?? []), [list.data]);
  const agents = useMemo(() => [...(cell.agent_ids ?? [])].sort(byName), [cell.agent_ids]);
  const ofTasks = (show: () => React.ReactNode) => (
    <Shown of={list} rows={8}>
      {() => (tasks.list.length > 0 ? show() : <NoTasks cell={cell} />)}
    </Shown>
  );
  const shared = { cell: cell.cell_id, tasks, chosen, onChoose: setChosen };
  return (
    <>
      <MissionHead cell={cell} tasks={tasks} agents={agents} />
      <Tabs.Root value={view} onValueChange={setView} className={s.views}>
        <Tabs.List className={s.tabs} aria-label="Views of the mission">
          {views.map(([name, label]) => (
            <Tabs.Trigger key={name} value={name} className={s.tab}>
              {label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <div className={chosen ? s.split : ''}>
          <div className={s.main}>
            <Tabs.Content value="graph">
              {ofTasks(() => (
                <Suspense fallback={<Waiting rows={8} />}>
                  <Graph {...shared} />
                </Suspense>
              ))}
            </Tabs.Content>
            <Tabs.Content value="board">
              {ofTasks(() => (
                <Board {...shared} />
              ))}
            </Tabs.Content>
            <Tabs.Content value="timeline">
              {ofTasks(() => (
                <Timeline {...shared} />
              ))}
            </Tabs.Content>
            <Tabs.Content value="agents">
              <MissionAgents cell={cell} />
            </Tabs.Content>
            <Tabs.Content value="artifacts">
              <Artifacts cell={cell.cell_id} onChoose={setChosen} />
            </Tabs.Content>
            <Tabs.Content value="lint">
              <Lint cell={cell} />
            </Tabs.Content>
            <Tabs.Content value="policies">
              <Policies cell={cell} />
            </Tabs.Content>
          </div>
          {chosen && <TaskPanel key={chosen} {...shared} task={chosen} agents={agents} />}
        </div>
      </Tabs.Root>
    </>
  );
}

// What the views of the tasks share.
export interface ViewProps {
  cell: string;
  tasks: Tasks;
  chosen: string; // the task in the URL; empty: none
  onChoose: (task: string) => void;
}

function NoTasks({ cell }: { cell: Cell }) {
  return (
    <Empty title="No tasks yet">
      <p>A task is what an agent asks for, works on and reports. Add one above, or many from a file:</p>
      <CopyLine text={`lazaret task add ${shortCell(cell.cell_id)} 'Read the archive' --verify 'test -s out.md'`} />
    </Empty>
  );
}
