// An action that needs more than a reason: a button, and a dialog with its fields and the same as a command to copy.
import { useState, type ReactNode } from 'react';
import { cliLine, type Operation } from '../api/client';
import { routes, type Inputs } from '../api/generated';
import { useMay } from '../api/use';
import { useActing, type Carried } from './acting';
import { ActionDialog } from './action_dialog';
import { Button } from './button';
import { Field } from './field';
import s from './action_dialog.module.css';

export interface FieldOf {
  name: string;
  label: string;
  kind?: 'text' | 'area' | 'number' | 'choice' | 'lines';
  choices?: readonly { value: string; label: string }[];
  hint?: string;
  required?: boolean;
  first?: string; // what it holds at first
  pattern?: string;
  wide?: boolean;
}

export type Values = Record<string, string>;

interface Props<O extends Operation> extends Carried<O> {
  label: string;
  send?: string; // the label of the button that carries it out
  title?: string;
  about?: ReactNode;
  fields: readonly FieldOf[];
  inputs: (values: Values) => Inputs[O];
  command?: (values: Values) => string; // where it is not the operation's own
  look?: 'plain' | 'strong' | 'danger' | 'quiet';
  size?: 'small' | 'usual';
  ready?: (values: Values) => boolean;
}

export function ActForm<O extends Operation>(props: Props<O>) {
  const [open, setOpen] = useState(false);
  if (!useMay(routes[props.operation].scope)) return null;
  return (
    <>
      <Button look={props.look} size={props.size} onClick={() => setOpen(true)}>
        {props.label}
      </Button>
      {open && <Filling {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function Filling<O extends Operation>(props: Props<O> & { onClose: () => void }) {
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(props.fields.map((one) => [one.name, one.first ?? ''])),
  );
  const inputs = props.inputs(values);
  const acting = useActing(props, inputs, props.onClose);
  return (
    <ActionDialog
      title={props.title ?? props.label}
      about={props.about}
      send={props.send ?? props.label}
      look={props.look}
      command={props.command ? props.command(values) : cliLine(props.operation, inputs)}
      {...acting}
      ready={props.ready?.(values)}
    >
      <div className={s.fields}>
        {props.fields.map((field, i) => (
          <div key={field.name} className={field.wide === false ? '' : s.wide}>
            <Field label={field.label} hint={field.hint}>
              <Input
                field={field}
                first={i === 0}
                value={values[field.name] ?? ''}
                onChange={(value) => setValues({ ...values, [field.name]: value })}
              />
            </Field>
          </div>
        ))}
      </div>
    </ActionDialog>
  );
}

function Input({
  field,
  value,
  first,
  onChange,
}: {
  field: FieldOf;
  value: string;
  first: boolean;
  onChange: (value: string) => void;
}) {
  const shared = {
    value,
    required: field.required,
    autoFocus: first,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (field.kind === 'choice') {
    return (
      <select {...shared}>
        {field.choices?.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === 'area' || field.kind === 'lines') return <textarea rows={3} {...shared} />;
  return (
    <input
      type={field.kind === 'number' ? 'number' : 'text'}
      min={field.kind === 'number' ? 0 : undefined}
      pattern={field.pattern}
      autoComplete="off"
      {...shared}
    />
  );
}
