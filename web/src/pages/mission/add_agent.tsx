// One more agent for a mission.
import { quoted } from '../../api/client';
import { ActForm, type Values } from '../../ui/act_form';
import { shortCell, wordsOf } from './command';

const roles = ['write', 'read', 'lead', 'audit'].map((value) => ({ value, label: value }));

function inputsOf(cell: string, values: Values) {
  const command = wordsOf(values.command ?? '');
  const run = command.length > 0 ? { lazaret: { run: { command, adapter: values.adapter } } } : {};
  return { cell, agent_id: values.id!, role: values.role!, ...run };
}

function lineOf(cell: string, values: Values): string {
  const command = wordsOf(values.command ?? '')
    .map(quoted)
    .join(' ');
  const adapter = command && values.adapter === 'turn' ? ' --adapter turn' : '';
  return `lazaret agent add ${shortCell(cell)} ${quoted(values.id || 'AGENT')} --role ${values.role}${adapter}${command ? ` -- ${command}` : ''}`;
}

export function AddAgent({ cell }: { cell: string }) {
  return (
    <ActForm
      operation="agent.add"
      label="Add agent"
      send="Add"
      fields={[
        { name: 'id', label: 'Id', hint: 'Unique within the mission.', required: true, wide: false },
        { name: 'role', label: 'Role', kind: 'choice', choices: roles, first: 'write', wide: false },
        {
          name: 'command',
          label: 'How it is started',
          hint: 'A program and its arguments. Without it the agent runs elsewhere and only sends heartbeats.',
        },
        {
          name: 'adapter',
          label: 'Runs',
          kind: 'choice',
          first: 'process',
          choices: [
            { value: 'process', label: 'all the time' },
            { value: 'turn', label: 'once for each wake' },
          ],
        },
      ]}
      inputs={(values) => inputsOf(cell, values)}
      command={(values) => lineOf(cell, values)}
      done={(agent) => `${agent.agent_id} is added`}
    />
  );
}
