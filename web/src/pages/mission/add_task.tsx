// One more task for a mission.
import { quoted } from '../../api/client';
import { ActForm, type FieldOf, type Values } from '../../ui/act_form';
import { shortCell } from './command';
import type { Tasks } from './model';

// As the command makes it of a title; a number is added where it is taken.
function idOf(title: string, tasks: Tasks): string {
  const plain =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'task';
  for (let n = 1; ; ++n) {
    const id = n === 1 ? plain : `${plain}-${n}`;
    if (!tasks.byId.has(id)) return id;
  }
}

const listOf = (text: string | undefined) => (text ?? '').split(/[\s,]+/).filter(Boolean);

function fieldsOf(agents: readonly string[]): FieldOf[] {
  return [
    { name: 'title', label: 'Title', required: true },
    { name: 'description', label: 'What is to be done', kind: 'area' },
    {
      name: 'to',
      label: 'Who does it',
      kind: 'choice',
      wide: false,
      choices: [{ value: '', label: 'Any agent that fits' }, ...agents.map((id) => ({ value: id, label: id }))],
    },
    {
      name: 'priority',
      label: 'Priority',
      kind: 'choice',
      wide: false,
      first: 'medium',
      choices: ['high', 'medium', 'low'].map((value) => ({ value, label: value })),
    },
    { name: 'after', label: 'Waits for', hint: 'Ids of tasks, with blanks between.', wide: false },
    { name: 'timeout', label: 'Seconds from its claim', kind: 'number', first: '1800', hint: '0: none.', wide: false },
    { name: 'verify', label: 'Verify command', hint: 'A shell line that decides whether it is done.' },
  ];
}

export function AddTask({ cell, tasks, agents }: { cell: string; tasks: Tasks; agents: readonly string[] }) {
  const inputsOf = (values: Values) => ({
    cell,
    task_id: idOf(values.title ?? '', tasks),
    title: values.title!,
    description: values.description!,
    priority: values.priority!,
    dependencies: listOf(values.after),
    timeout: Number(values.timeout),
    ...(values.to ? { assigned_to: values.to } : {}),
    ...(values.verify ? { lazaret: { verify: { command: ['/bin/sh', '-c', values.verify] } } } : {}),
  });
  return (
    <ActForm
      operation="task.add"
      label="Add task"
      send="Add"
      look="strong"
      fields={fieldsOf(agents)}
      inputs={inputsOf}
      command={(values) => lineOf(cell, values)}
      done={(answer) => `${answer.task_ids.join(', ')} is added`}
    />
  );
}

function lineOf(cell: string, values: Values): string {
  const flags: [string, string | undefined][] = [
    ['description', values.description],
    ['to', values.to],
    ['priority', values.priority === 'medium' ? '' : values.priority],
    ...listOf(values.after).map((id): [string, string] => ['after', id]),
    ['timeout', values.timeout === '1800' ? '' : values.timeout],
    ['verify', values.verify],
  ];
  const said = flags.filter(([, value]) => value).map(([name, value]) => ` --${name} ${quoted(value!)}`);
  return `lazaret task add ${shortCell(cell)} ${quoted(values.title || 'TITLE')}${said.join('')}`;
}
