// Gives the task that it works on to another agent of its mission.
import { useState } from 'react';
import { useOperation } from '../../api/use';
import type { Agent } from '../../api/generated';
import { Ask } from '../../ui/act';
import { Field } from '../../ui/field';

export function AskHandoff({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const [to, setTo] = useState('');
  const mission = useOperation('agent.list', { cell: agent.cell_id, limit: 1_000 }, { all: 'agents' });
  const others = (mission.data?.agents ?? []).filter((one) => one.agent_id !== agent.agent_id);
  return (
    <Ask
      operation="agent.handoff"
      inputs={{ agent: agent.ref, to }}
      label="Hand over"
      title={`Hand ${agent.task?.title || agent.task?.task_id || 'its task'} to another agent`}
      about="The other one goes on from the task's last cursor. What this one still writes about it is refused."
      fields={
        <Field
          label="To"
          hint={mission.data && others.length === 0 ? 'Its mission has no other agent.' : undefined}
          error={mission.error?.message}
        >
          <select value={to} onChange={(event) => setTo(event.target.value)} required autoFocus>
            <option value="">Choose an agent</option>
            {others.map((one) => (
              <option key={one.agent_id} value={one.agent_id}>
                {one.agent_id} ({one.role}, {one.process})
              </option>
            ))}
          </select>
        </Field>
      }
      done={(answer) =>
        answer.status === 'waiting' ? 'The hand-over waits for a person or a checkpoint' : 'The task is handed over'
      }
      onClose={onClose}
    />
  );
}
