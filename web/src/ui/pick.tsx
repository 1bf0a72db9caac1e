// What narrows a list: a choice, and a search that `/` puts the cursor into.
import { useId, type ReactNode } from 'react';
import s from './pick.module.css';

interface Props {
  label: string; // for those who hear the page
  value: string;
  onChange: (value: string) => void;
}

export function Pick({ label, value, onChange, children }: Props & { children: ReactNode }) {
  return (
    <select className={s.pick} aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {children}
    </select>
  );
}

interface SearchProps extends Props {
  hint?: string; // what it says while it is empty
  suggestions?: readonly string[];
}

export function Search({ label, value, onChange, hint = 'Search', suggestions }: SearchProps) {
  const id = useId();
  return (
    <>
      <input
        type="search"
        className={s.pick}
        placeholder={hint}
        aria-label={label}
        value={value}
        list={suggestions ? id : undefined}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
      {suggestions && (
        <datalist id={id}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}
