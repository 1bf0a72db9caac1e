// A piece of state that lives in the URL, so that a link shows the same.
import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

export function useInUrl(name: string, otherwise = ''): [string, (value: string) => void] {
  const search = useSearch();
  const [location, go] = useLocation();
  const value = new URLSearchParams(search).get(name) ?? otherwise;
  const set = useCallback(
    (next: string) => {
      const query = new URLSearchParams(window.location.search);
      if (next && next !== otherwise) query.set(name, next);
      else query.delete(name);
      const text = query.toString();
      go(text ? `${location}?${text}` : location, { replace: true });
    },
    [go, location, name, otherwise],
  );
  return [value, set];
}
