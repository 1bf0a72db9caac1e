// What the keyboard does: one list, for the page and for the sheet that explains it.
import { useEffect } from 'react';
import { useLocation } from 'wouter';

export const places = [
  { path: '/', label: 'Fleet', about: 'every agent, and whether you are needed', key: 'f' },
  { path: '/missions', label: 'Missions', about: 'their tasks, and how far they are', key: 'm' },
  { path: '/inbox', label: 'Inbox', about: 'what waits for your answer', key: 'i' },
  { path: '/calendar', label: 'Calendar', about: 'slots and plans', key: 'c' },
  { path: '/events', label: 'Events', about: 'what happened, live', key: 'e' },
  { path: '/host', label: 'Host', about: 'the machine, and who uses it', key: 'h' },
  { path: '/connect', label: 'Connect', about: 'keys, agents, links to others', key: 'k' },
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
