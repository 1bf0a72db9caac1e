// What narrows a list: a choice, and a search that `/` puts the cursor into.
import type { ReactNode } from 'react';
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

export function Search({ label, value, onChange }: Props) {
  return (
    <input
      type="search"
      className={s.pick}
      placeholder="Search"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
