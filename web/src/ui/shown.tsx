// What a page shows while there is nothing yet, nothing at all, or a refusal.
import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Refusal } from '../api/client';
import { Button } from './button';
import s from './shown.module.css';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={s.empty}>
      <p className={s.title}>{title}</p>
      {children}
    </div>
  );
}

export function Waiting({ rows = 4 }: { rows?: number }) {
  return (
    <div className={s.waiting} aria-busy="true">
      <span className="unseen">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} className={s.bar} style={{ width: `${92 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Refused({ refusal, again }: { refusal: Refusal; again?: () => void }) {
  return (
    <div className={s.refused} role="alert">
      <p className={s.title}>{refusal.message}</p>
      {refusal.remedy && <p className="faint">{refusal.remedy}</p>}
      {again && (
        <Button size="small" onClick={again}>
          Try again
        </Button>
      )}
    </div>
  );
}

// The answer of an operation, or what there is to say instead.
export function Shown<T>({
  of,
  rows,
  children,
}: {
  of: UseQueryResult<T, Refusal>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Refused refusal={of.error} again={() => void of.refetch()} />;
  return <Waiting rows={rows} />;
}
