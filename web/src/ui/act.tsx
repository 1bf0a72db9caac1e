// An action as a button: it asks for the reason that is recorded, and shows the same as a command to copy.
import { useState, type ReactNode } from 'react';
import { cliLine, type Operation } from '../api/client';
import { routes, type Inputs } from '../api/generated';
import { useMay } from '../api/use';
import { useActing, type Carried } from './acting';
import { ActionDialog } from './action_dialog';
import { Button } from './button';
import { Field } from './field';

interface Props<O extends Operation> extends Carried<O> {
  inputs: Inputs[O];
  label: string;
  title?: string; // of the dialog; the label and what it is about, unless said
  about?: ReactNode; // what will happen
  look?: 'plain' | 'strong' | 'danger' | 'quiet';
  size?: 'small' | 'usual';
  reason?: 'reason' | false; // the input that takes the reason; false: none is recorded
  needsReason?: boolean;
  blocked?: string; // why it cannot be done now
  command?: string; // where it is not the operation's own
  fields?: ReactNode; // what else is asked, above the reason
}

export function Act<O extends Operation>(props: Props<O>) {
  const [open, setOpen] = useState(false);
  if (!useMay(routes[props.operation].scope)) return null;
  return (
    <>
      <Button
        look={props.look}
        size={props.size}
        disabled={props.blocked !== undefined}
        title={props.blocked}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </Button>
      {open && <Ask {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

// The question alone, for actions that are chosen from a menu.
export function Ask<O extends Operation>(props: Props<O> & { onClose: () => void }) {
  const [reason, setReason] = useState('');
  const takes = props.reason !== false;
  const inputs = (takes && reason ? { ...props.inputs, reason } : props.inputs) as Inputs[O];
  const acting = useActing(props, inputs, props.onClose);
  return (
    <ActionDialog
      title={props.title ?? props.label}
      about={props.about}
      send={props.label}
      look={props.look}
      command={props.command ?? cliLine(props.operation, inputs)}
      {...acting}
    >
      {props.fields}
      {takes && (
        <Field label={props.needsReason ? 'Reason' : 'Reason (recorded, optional)'}>
          <input
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            maxLength={2000}
            required={props.needsReason}
            autoFocus={!props.fields}
            autoComplete="off"
          />
        </Field>
      )}
    </ActionDialog>
  );
}
