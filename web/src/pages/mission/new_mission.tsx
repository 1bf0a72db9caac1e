// A new mission: a name, a template, and how its agents are started.
import { useLocation } from 'wouter';
import { missionPath } from '../../api/agents';
import { quoted } from '../../api/client';
import { ActForm, type Values } from '../../ui/act_form';
import { wordsOf } from './command';

const templates = [
  { value: 'blank', label: 'Blank: no agents, no tasks' },
  { value: 'single', label: 'Single: one agent' },
  { value: 'pipeline', label: 'Pipeline: a lead, two writers, an auditor; plan, two parts, review' },
];

function inputsOf(values: Values) {
  const command = wordsOf(values.command ?? '');
  return { mission_name: values.name!, template: values.template!, ...(command.length > 0 ? { command } : {}) };
}

function lineOf(values: Values) {
  const command = wordsOf(values.command ?? '')
    .map(quoted)
    .join(' ');
  return `lazaret mission new ${quoted(values.name || 'NAME')} --template ${values.template}${command ? ` -- ${command}` : ''}`;
}

export function NewMission() {
  const [, go] = useLocation();
  return (
    <ActForm
      operation="cell.add"
      label="New mission"
      send="Make it"
      look="strong"
      about="A directory is made with everything about it; its files can be edited at any time."
      fields={[
        { name: 'name', label: 'Name', required: true },
        { name: 'template', label: 'Template', kind: 'choice', choices: templates, first: 'blank' },
        {
          name: 'command',
          label: 'How its agents are started',
          hint: 'A program and its arguments, such as: python3 agent.py. Without it they run elsewhere.',
        },
      ]}
      inputs={inputsOf}
      command={lineOf}
      done={(cell) => `${cell.mission_name} is made`}
      then={(cell) => go(missionPath(cell.cell_id))}
    />
  );
}
