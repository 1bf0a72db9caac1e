// The form of a slot and of a plan: what is to be done, what the one or the other asks besides, what kind of time it
// is, and the same as a command.
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Refusal } from '../../api/client';
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import type { Setter } from './draft_fields';
import { KindOfTime, WhoAndWhat, type WorkDraft } from './work_fields';
import s from './panel.module.css';

export interface Written {
  command: string;
  send: () => void;
}

interface Props {
  title: string;
  about?: string;
  send: string; // the button
  draft: WorkDraft;
  set: Setter<WorkDraft>;
  written: Written | { fault: string };
  refusal: Refusal | null;
  busy: boolean;
  onClose: () => void;
  onBack: () => void;
  children: ReactNode; // when
  more?: ReactNode; // what is seldom asked
}

export function WorkForm(props: Props) {
  const { draft, set, written, refusal } = props;
  const [fault, setFault] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFault('fault' in written ? written.fault : '');
    if (!('fault' in written)) written.send();
  };
  return (
    <Dialog open wide onClose={props.onClose} title={props.title} about={props.about}>
      <form className={s.form} onSubmit={submit}>
        <WhoAndWhat draft={draft} set={set}>
          {props.children}
        </WhoAndWhat>
        {props.more}
        <details className={s.more}>
          <summary>Duration, priority, kind</summary>
          <KindOfTime draft={draft} set={set} />
        </details>
        {(fault || refusal) && (
          <p className={s.refused} role="alert">
            {fault || refusal?.message} <span className="faint">{!fault && refusal?.remedy}</span>
          </p>
        )}
        {!('fault' in written) && <CopyLine text={written.command} />}
        <div className={`${s.buttons} ${s.end}`}>
          <Button onClick={props.onBack}>Cancel</Button>
          <Button type="submit" look="strong" busy={props.busy}>
            {props.send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
