// What the keyboard does: one list, for the page and for the sheet that explains it.
import { useEffect } from 'react';
import { useLocation } from 'wouter';

export const places = [
  { path: '/', label: 'Fleet', key: 'f' },
  { path: '/missions', label: 'Missions', key: 'm' },
  { path: '/inbox', label: 'Inbox', key: 'i' },
  { path: '/calendar', label: 'Calendar', key: 'c' },
  { path: '/events', label: 'Events', key: 'e' },
  { path: '/host', label: 'Host', key: 'h' },
  { path: '/connect', label: 'Connect', key: 'k' },
] as const;

const chordTime = 1_200; // ms between "g" and the letter of a place

function inText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

// `/` puts the cursor into the page's search, `?` opens the sheet, `g` and a letter go to a page.
export function useKeys(openSheet: () => void) {
  const [, go] = useLocation();
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || inText(event.target)) return;
      if (Date.now() < chordUntil) {
        chordUntil = 0;
        const place = places.find((one) => one.key === event.key);
        if (place) go(place.path);
        return;
      }
      if (event.key === 'g') chordUntil = Date.now() + chordTime;
      else if (event.key === '?') openSheet();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        search?.focus();
        if (search) event.preventDefault();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [go, openSheet]);
}
