// The dialog in which an action is filled in: its fields, what went wrong, the command that does the same.
import type { FormEvent, ReactNode } from 'react';
import type { Refusal } from '../api/client';
import { Button } from './button';
import { CopyLine } from './copy';
import { Dialog } from './dialog';
import s from './action_dialog.module.css';

interface Props {
  title: string;
  about?: ReactNode;
  send: string; // the label of the button that carries it out
  look?: 'plain' | 'strong' | 'danger' | 'quiet';
  command: string;
  refusal: Refusal | null;
  busy: boolean;
  ready?: boolean;
  act: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function ActionDialog(props: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.act();
  };
  return (
    <Dialog open onClose={props.onClose} title={props.title} about={props.about}>
      <form onSubmit={submit} className={s.form}>
        {props.children}
        {props.refusal && (
          <p role="alert" className={s.error}>
            {props.refusal.message}
            {props.refusal.remedy && <span className="faint"> {props.refusal.remedy}</span>}
          </p>
        )}
        <CopyLine text={props.command} />
        <div className={s.buttons}>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            look={props.look === 'danger' ? 'danger' : 'strong'}
            busy={props.busy}
            disabled={props.ready === false}
          >
            {props.send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
