// Short notes on what came of an action; refusals stay until they are read.
import { useSyncExternalStore } from 'react';
import s from './toast.module.css';

export interface Toast {
  kind: 'done' | 'refused';
  text: string;
  remedy?: string;
}

const shownMost = 4;
const staysFor = 5_000;
let toasts: readonly (Toast & { id: number })[] = [];
let last = 0;
const listeners = new Set<() => void>();

function become(next: typeof toasts) {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => become(toasts.filter((one) => one.id !== id));

export function toast(one: Toast) {
  const id = ++last;
  become([...toasts, { ...one, id }].slice(-shownMost));
  if (one.kind === 'done') window.setTimeout(() => dismiss(id), staysFor);
}

export function Toasts() {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={s.toasts} role="status" aria-live="polite">
      {all.map((one) => (
        <div key={one.id} className={`${s.toast} ${s[one.kind]}`}>
          <div>
            <p>{one.text}</p>
            {one.remedy && <p className="faint small">{one.remedy}</p>}
          </div>
          <button type="button" className={s.close} aria-label="Dismiss" onClick={() => dismiss(one.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
