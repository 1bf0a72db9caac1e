// A single slot, made or changed.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { useAction } from '../../api/use';
import type { Inputs, Slot } from '../../api/generated';
import { Field } from '../../ui/field';
import { zoneName } from '../../ui/time';
import type { Setter } from './draft_fields';
import { inputText, nextQuarter } from './span';
import type { FullSlot } from './types';
import { changed, workDraft, workInputs, type WorkDraft } from './work_fields';
import { WorkForm } from './work_form';

interface Props {
  slot?: FullSlot; // the one to change
  of?: { at?: number; agent?: string };
  onClose: () => void;
  onBack?: () => void; // to what it was opened from
  onMade: (slot: Slot) => void;
}

export function SlotForm({ slot, of, onClose, onBack = onClose, onMade }: Props) {
  const [draft, setDraft] = useState<WorkDraft>(() => workDraft(slot ?? { agent: of?.agent }));
  const [at, setAt] = useState(() => inputText(slot?.at ? Date.parse(slot.at) : (of?.at ?? nextQuarter())));
  const done = { quiet: true, done: (answer: Slot) => (slot ? 'Changed' : `Slot ${answer.ident} made`) };
  const add = useAction('slot.add', done);
  const edit = useAction('slot.edit', done);
  const set: Setter<WorkDraft> = (key, value) => setDraft((now) => ({ ...now, [key]: value }));
  const send = (made: object) =>
    slot
      ? edit.mutate(made as Inputs['slot.edit'], { onSuccess: onMade })
      : add.mutate(made as Inputs['slot.add'], { onSuccess: onMade });
  const inputs = inputsOf(draft, at, slot);
  return (
    <WorkForm
      title={slot ? `Change ${slot.title || `slot ${slot.ident}`}` : 'New slot'}
      about={slot ? undefined : 'A single time at which an agent is woken. What should recur is a plan.'}
      send={slot ? 'Save' : 'Make the slot'}
      draft={draft}
      set={set}
      written={
        'fault' in inputs
          ? inputs
          : { command: cliLine(slot ? 'slot.edit' : 'slot.add', inputs.said), send: () => send(inputs.made) }
      }
      refusal={slot ? edit.error : add.error}
      busy={add.isPending || edit.isPending}
      onClose={onClose}
      onBack={onBack}
    >
      <Field label={`When, in your zone (${zoneName()})`}>
        <input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} required />
      </Field>
    </WorkForm>
  );
}

type Made = { made: object; said: Record<string, unknown> } | { fault: string };

// What is sent, and what the command line says: both leave out what stays as it is.
function inputsOf(draft: WorkDraft, at: string, slot: FullSlot | undefined): Made {
  try {
    const work = changed(workInputs(draft), workInputs(workDraft(slot)));
    const time = new Date(at);
    if (Number.isNaN(time.getTime())) return { fault: 'Say when it is due.' };
    if (slot) {
      const moved = inputText(Date.parse(slot.at!)) === at ? {} : { at: time.toISOString() };
      const made = { slot: slot.ident, ...moved, ...work };
      return { made, said: made };
    }
    const made = { agent: draft.agent.trim(), at: time.toISOString(), ...work };
    return { made, said: { ...made, agent: made.agent || 'AGENT' } };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
