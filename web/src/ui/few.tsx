// The first few of a long list, and the others when they are asked for; what is shown is in the URL.
import type { ReactNode } from 'react';
import { Button } from './button';
import { useInUrl } from './url';
import s from './few.module.css';

export function useFew<T>(items: readonly T[], few: number, name = 'all'): { shown: readonly T[]; more: ReactNode } {
  const [all, setAll] = useInUrl(name);
  if (items.length <= few) return { shown: items, more: null };
  const more = (
    <p className={s.more}>
      <Button size="small" onClick={() => setAll(all ? '' : '1')}>
        {all ? `Only the first ${few}` : `Show all ${items.length.toLocaleString()}`}
      </Button>
    </p>
  );
  return { shown: all ? items : items.slice(0, few), more };
}
