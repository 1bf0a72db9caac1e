// Fields of something that is being written, each bound to what it holds.
import { Field } from '../../ui/field';

export type Setter<D> = <K extends keyof D>(key: K, value: D[K]) => void;

interface Bound {
  value: string;
  onChange: (value: string) => void;
}

type TextKey<D> = { [K in keyof D]: D[K] extends string ? K : never }[keyof D];

export function bound<D>(draft: D, set: Setter<D>): (key: TextKey<D>) => Bound {
  return (key) => ({ value: String(draft[key]), onChange: (value) => set(key, value as D[typeof key]) });
}

interface ChoiceProps extends Bound {
  label: string;
  options?: readonly string[]; // the words, unless said
  words?: Record<string, string>;
}

export function Choice({ label, value, words, options = Object.keys(words ?? {}), onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((one) => (
          <option key={one} value={one}>
            {words?.[one] ?? one.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface NumberProps extends Bound {
  label: string;
  hint?: string;
  min?: number;
  max?: number;
}

export function NumberField({ label, hint, min, max, value, onChange }: NumberProps) {
  return (
    <Field label={label} hint={hint}>
      <input type="number" min={min} max={max} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
