// What of the journal is wanted: all of it in the URL, so that a link shows the same.
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Inputs } from '../../api/generated';

const names = ['kind', 'agent', 'cell', 'task', 'text', 'from', 'until'] as const;
export type FilterName = (typeof names)[number];
export type Filters = Record<FilterName, string>;

export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const search = useSearch();
  const [location, go] = useLocation();
  const filters = useMemo(() => {
    const query = new URLSearchParams(search);
    return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Filters;
  }, [search]);
  const change = useCallback(
    (changed: Partial<Filters>) => {
      const query = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changed)) {
        if (value) query.set(name, value);
        else query.delete(name);
      }
      const text = query.toString();
      go(text ? `${location}?${text}` : location, { replace: true });
    },
    [go, location],
  );
  return [filters, change];
}

export const isFiltered = (filters: Filters) => names.some((name) => filters[name] !== '');

export function inputsOf(filters: Filters): Inputs['events.list'] {
  return Object.fromEntries(names.filter((name) => filters[name]).map((name) => [name, filters[name].trim()]));
}

// The same in a terminal.
export function commandOf(filters: Filters): string {
  const flags: Record<FilterName, string> = {
    kind: 'kind',
    agent: 'agent',
    cell: 'cell',
    task: 'task',
    text: 'text',
    from: 'since',
    until: 'until',
  };
  const words = names.flatMap((name) => {
    const values = name === 'kind' ? filters.kind.split(',') : [filters[name]];
    return values.filter(Boolean).map((value) => `--${flags[name]} ${quoted(value)}`);
  });
  return ['lazaret events', ...words, ...(filters.until ? [] : ['-f'])].join(' ');
}

function quoted(text: string): string {
  return /^[\w.,:@%+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
