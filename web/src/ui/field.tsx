import type { ReactNode } from 'react';
import s from './field.module.css';

export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string;
  children: ReactNode;
}) {
  return (
    <label className={s.field}>
      <span className={s.label}>{label}</span>
      {children}
      {hint && <span className={s.hint}>{hint}</span>}
      {error && (
        <span className={s.error} role="alert">
          {error}
        </span>
      )}
    </label>
  );
}
