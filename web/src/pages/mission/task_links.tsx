// What a task waits for, what it waits for in turn, and who waits for it.
import type { Task } from '../../api/generated';
import { Mark } from '../../ui/state';
import { blockersOf, isOpen, markOf, stageOf, stageText, waitingFor, type Tasks } from './model';
import s from './task.module.css';

interface Props {
  task: Task;
  tasks: Tasks;
  onChoose: (task: string) => void;
}

export function TaskLinks({ task, tasks, onChoose }: Props) {
  const blockers = blockersOf(tasks, task.task_id);
  const waiting = waitingFor(tasks, task.task_id);
  const direct = tasks.dependents.get(task.task_id) ?? [];
  return (
    <section className={s.links}>
      <Links
        title={`Waits for (${task.dependencies.length})`}
        about={blockers.size > 0 && isOpen(task) ? `${blockers.size} open before it, in all` : ''}
        ids={task.dependencies}
        tasks={tasks}
        onChoose={onChoose}
      />
      <Links
        title={`Waited for by (${direct.length})`}
        about={waiting.size > direct.length ? `${waiting.size} in all` : ''}
        ids={direct}
        tasks={tasks}
        onChoose={onChoose}
      />
    </section>
  );
}

function Links({
  title,
  about,
  ids,
  tasks,
  onChoose,
}: {
  title: string;
  about: string;
  ids: readonly string[];
  tasks: Tasks;
  onChoose: (task: string) => void;
}) {
  return (
    <div>
      <h3>
        {title} <span className={s.count}>{about}</span>
      </h3>
      {ids.length === 0 ? <p className="faint small">nothing</p> : null}
      <ul className={s.linkList}>
        {ids.map((id) => {
          const other = tasks.byId.get(id);
          const stage = other && stageOf(other);
          return (
            <li key={id}>
              <button type="button" className={s.link} onClick={() => onChoose(id)}>
                <Mark state={stage ? markOf[stage] : 'unknown'} />
                <span className={s.linkText}>{other?.title || id}</span>
                <span className="unseen">{stage && stageText[stage]}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
