// Brings what is chosen in a row that scrolls sideways into its sight, and leaves the page where it is.
import { useEffect, useRef } from 'react';

export function useChosenInSight<E extends HTMLElement>(chosen: string) {
  const row = useRef<E>(null);
  useEffect(() => {
    const box = row.current;
    const one = box?.querySelector<HTMLElement>('[data-state="active"]');
    if (box && one) box.scrollLeft = one.offsetLeft - (box.clientWidth - one.offsetWidth) / 2;
  }, [chosen]);
  return row;
}
