// Sends a message; who does not run is started for it.
import { useState } from 'react';
import type { Agent } from '../../api/generated';
import { Ask } from '../../ui/act';
import { Field } from '../../ui/field';

export function AskWake({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const [message, setMessage] = useState('');
  return (
    <Ask
      operation="agent.wake"
      inputs={{ agent: agent.ref, message }}
      label="Wake"
      title={`Wake ${agent.ref} with a message`}
      about="The message is delivered at its next free moment. It is started for it if need be."
      reason={false}
      fields={
        <Field label="Message">
          <textarea value={message} onChange={(event) => setMessage(event.target.value)} rows={4} required autoFocus />
        </Field>
      }
      done={(answer) => `Wake ${answer.wake} is ${answer.fate}`}
      onClose={onClose}
    />
  );
}
