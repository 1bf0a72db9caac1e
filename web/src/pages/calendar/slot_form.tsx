// A single slot, made or changed.
import { useState, type FormEvent } from 'react';
import { cliLine } from '../../api/client';
import { useAction } from '../../api/use';
import type { Inputs, Slot } from '../../api/generated';
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { zoneName } from '../../ui/time';
import { inputText, nextQuarter } from './span';
import type { FullSlot } from './types';
import { changed, KindOfTime, WhoAndWhat, workDraft, workInputs, type Setter, type WorkDraft } from './work_fields';
import s from './panel.module.css';

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
  const [fault, setFault] = useState('');
  const done = { quiet: true, done: (answer: Slot) => (slot ? 'Changed' : `Slot ${answer.ident} made`) };
  const add = useAction('slot.add', done);
  const edit = useAction('slot.edit', done);
  const set: Setter<WorkDraft> = (key, value) => setDraft((now) => ({ ...now, [key]: value }));
  const refusal = slot ? edit.error : add.error;
  const inputs = inputsOf(draft, at, slot);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if ('fault' in inputs) return setFault(inputs.fault);
    setFault('');
    if (slot) edit.mutate(inputs.made as Inputs['slot.edit'], { onSuccess: onMade });
    else add.mutate(inputs.made as Inputs['slot.add'], { onSuccess: onMade });
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={slot ? `Change ${slot.title || `slot ${slot.ident}`}` : 'New slot'}
      about={slot ? undefined : 'A single time at which an agent is woken. What should recur is a plan.'}
    >
      <form className={s.form} onSubmit={send}>
        <WhoAndWhat draft={draft} set={set}>
          <Field label={`When, in your zone (${zoneName()})`}>
            <input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} required />
          </Field>
        </WhoAndWhat>
        <details className={s.more}>
          <summary>Duration, priority, kind</summary>
          <KindOfTime draft={draft} set={set} />
        </details>
        {(fault || refusal) && (
          <p className={s.refused} role="alert">
            {fault || refusal?.message} <span className="faint">{!fault && refusal?.remedy}</span>
          </p>
        )}
        {!('fault' in inputs) && <CopyLine text={cliLine(slot ? 'slot.edit' : 'slot.add', inputs.said)} />}
        <div className={`${s.buttons} ${s.end}`}>
          <Button onClick={onBack}>Cancel</Button>
          <Button type="submit" look="strong" busy={add.isPending || edit.isPending}>
            {slot ? 'Save' : 'Make the slot'}
          </Button>
        </div>
      </form>
    </Dialog>
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
