// Names and values, one a row.
import type { ReactNode } from 'react';
import s from './agent.module.css';

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={s.list}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={s.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
