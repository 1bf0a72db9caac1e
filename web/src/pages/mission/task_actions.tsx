// What a person can do with a task in its state.
import type { Task } from '../../api/generated';
import { quoted } from '../../api/client';
import { Act } from '../../ui/act';
import { ActForm } from '../../ui/act_form';
import { shortCell } from './command';
import { waitingFor, type Tasks } from './model';
import s from './task.module.css';

interface Props {
  task: Task;
  tasks: Tasks;
  agents: readonly string[];
}

export function TaskActions({ task, tasks, agents }: Props) {
  const inputs = { cell: task.cell_id, task: task.task_id };
  const of = (verb: string) => `lazaret task ${verb} ${shortCell(task.cell_id)} ${quoted(task.task_id)}`;
  const titled = (verb: string) => `${verb} ${task.title || task.task_id}`;
  const isHeld = task.status === 'in_progress' || task.status === 'reported';
  const isPending = task.status === 'pending';
  const isOver = task.status === 'completed' || task.status === 'failed';
  const mayBeDone = !isOver && !(task.open_dependencies ?? 0);
  const failing =
    task.on_failure === 'fail'
      ? 'It fails at once.'
      : 'It uses up a try; while there are tries left, it is tried again.';
  return (
    <div className={s.actions} role="group" aria-label="Actions">
      {task.status === 'failed' && (
        <Act
          operation="task.retry"
          inputs={inputs}
          label="Retry"
          title={titled('Retry')}
          look="strong"
          size="small"
          about="It becomes pending again, with its tries counted anew."
          done={`${task.task_id} is tried again`}
        />
      )}
      {isPending && <Assign {...{ task, agents, of }} />}
      {isHeld && <Handoff {...{ task, agents, of }} />}
      {isHeld && (
        <Act
          operation="task.release"
          inputs={inputs}
          label="Release"
          title={titled('Release')}
          size="small"
          about="It is taken from the agent that has it and given back undone."
          done={`${task.task_id} is given back`}
        />
      )}
      {mayBeDone && (
        <ActForm
          operation="task.done"
          label="Done"
          title={titled('Report done:')}
          about={task.verify ? 'Its verify command decides whether that holds.' : undefined}
          size="small"
          fields={[{ name: 'result', label: 'Result (kept with the task)', kind: 'area' }]}
          inputs={({ result }) => ({ ...inputs, ...(result ? { result } : {}) })}
          command={({ result }) => `${of('done')}${result ? ` --result ${quoted(result)}` : ''}`}
          done={`${task.task_id} is reported done`}
        />
      )}
      {task.verify && task.status === 'reported' && (
        <Act
          operation="task.verify"
          inputs={inputs}
          label="Verify"
          title={titled('Verify')}
          size="small"
          reason={false}
          command={of('verify')}
          blocked="It runs now, and its outcome decides."
          about="Its verify command is run once more."
          done="The verify command runs"
        />
      )}
      {isPending && <Depend {...{ task, tasks, of }} />}
      {!isOver && (
        <Act
          operation="task.fail"
          inputs={inputs}
          label="Fail"
          title={titled('Fail')}
          look="danger"
          size="small"
          about={failing}
          done={`${task.task_id}: reported as failed`}
        />
      )}
    </div>
  );
}

type Line = (verb: string) => string;
const choicesOf = (ids: readonly string[]) => ids.map((id) => ({ value: id, label: id }));

function Assign({ task, agents, of }: { task: Task; agents: readonly string[]; of: Line }) {
  return (
    <ActForm
      operation="task.assign"
      label="Assign"
      title={`Assign ${task.title || task.task_id}`}
      size="small"
      fields={[
        {
          name: 'agent',
          label: 'Who shall do it',
          kind: 'choice',
          first: task.assigned_to ?? '',
          choices: [{ value: '', label: 'Any agent that fits' }, ...choicesOf(agents)],
        },
      ]}
      inputs={({ agent }) => ({ cell: task.cell_id, task: task.task_id, agent: agent || null })}
      command={({ agent }) => `${of('assign')} ${agent || 'null'}`}
      done={`${task.task_id} is assigned`}
    />
  );
}

function Handoff({ task, agents, of }: { task: Task; agents: readonly string[]; of: Line }) {
  const others = agents.filter((id) => id !== task.owner);
  if (others.length === 0) return null;
  return (
    <ActForm
      operation="task.handoff"
      label="Hand over"
      title={`Hand over ${task.title || task.task_id}`}
      about="The other agent goes on where this one stands."
      size="small"
      fields={[
        { name: 'to', label: 'To', kind: 'choice', first: others[0], choices: choicesOf(others) },
        { name: 'reason', label: 'Reason (recorded, optional)' },
      ]}
      inputs={({ to, reason }) => ({ cell: task.cell_id, task: task.task_id, to: to!, ...(reason ? { reason } : {}) })}
      command={({ to, reason }) => `${of('handoff')} --to ${quoted(to!)}${reason ? ` --reason ${quoted(reason)}` : ''}`}
      done={(made) =>
        made.status === 'waiting'
          ? `The hand-off waits${made.approval ? ` for ${made.approval}` : ''}`
          : `${task.task_id} is handed over`
      }
    />
  );
}

// Only tasks that do not wait for this one already: those would close a circle.
function Depend({ task, tasks, of }: { task: Task; tasks: Tasks; of: Line }) {
  const behind = waitingFor(tasks, task.task_id);
  const possible = tasks.list.filter(
    (one) => one.task_id !== task.task_id && !behind.has(one.task_id) && !task.dependencies.includes(one.task_id),
  );
  if (possible.length === 0) return null;
  return (
    <ActForm
      operation="task.depend"
      label="Wait for…"
      title={`Make ${task.title || task.task_id} wait for another task`}
      send="Make it wait"
      size="small"
      fields={[
        {
          name: 'on',
          label: 'Task',
          kind: 'choice',
          first: possible[0]!.task_id,
          choices: possible.map((one) => ({ value: one.task_id, label: `${one.task_id}: ${one.title}` })),
        },
      ]}
      inputs={({ on }) => ({ cell: task.cell_id, task: task.task_id, on: on! })}
      command={({ on }) => `${of('dep')} ${quoted(on!)}`}
      done={`${task.task_id} waits for it`}
    />
  );
}
