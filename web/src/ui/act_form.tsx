// An action that needs more than a reason: a button, and a dialog with its fields and the same as a command to copy.
import { useState, type FormEvent, type ReactNode } from 'react';
import { cliLine, type Operation } from '../api/client';
import { routes, type Inputs, type Outputs } from '../api/generated';
import { useAction, useMay } from '../api/use';
import { Button } from './button';
import { CopyLine } from './copy';
import { Dialog } from './dialog';
import { Field } from './field';
import s from './act_form.module.css';

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

interface Props<O extends Operation> {
  operation: O;
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
  done?: string | ((answer: Outputs[O]) => string);
  then?: (answer: Outputs[O]) => void;
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
  const action = useAction(props.operation, { done: props.done, quiet: true });
  const inputs = props.inputs(values);
  const act = (event: FormEvent) => {
    event.preventDefault();
    action.mutate(inputs, {
      onSuccess: (answer) => {
        props.onClose();
        props.then?.(answer);
      },
    });
  };
  return (
    <Dialog open onClose={props.onClose} title={props.title ?? props.label} about={props.about}>
      <form onSubmit={act} className={s.form}>
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
        {action.error && (
          <p role="alert" className={s.error}>
            {action.error.message}
            {action.error.remedy && <span className="faint"> {action.error.remedy}</span>}
          </p>
        )}
        <CopyLine text={props.command ? props.command(values) : cliLine(props.operation, inputs)} />
        <div className={s.buttons}>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            look={props.look === 'danger' ? 'danger' : 'strong'}
            busy={action.isPending}
            disabled={props.ready ? !props.ready(values) : false}
          >
            {props.send ?? props.label}
          </Button>
        </div>
      </form>
    </Dialog>
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
