// Taking an entry to another time or lane with the mouse. Escape puts it back; on a touch screen the panel
// does the same, as a finger must be able to scroll.
import { useRef, useState, type PointerEvent as ReactPointerEvent } from 'react';
import type { Entry } from './entries';

export interface Place {
  agent: string;
  at: number;
}

export interface Moving {
  entry: Entry;
  place: Place | undefined;
}

const beginsAfter = 4; // px

export function useMove(
  placeAt: (x: number, y: number, entry: Entry, grabbedAt: number) => Place | undefined,
  drop: (entry: Entry, place: Place) => void,
) {
  const [moving, setMoving] = useState<Moving>();
  const justMoved = useRef(false); // the click that ends a move opens nothing

  const begin = (entry: Entry, event: ReactPointerEvent<HTMLElement>) => {
    justMoved.current = false;
    if (!entry.movable || event.button !== 0 || event.pointerType === 'touch') return;
    const from = { x: event.clientX, y: event.clientY };
    const grabbedAt = event.clientX - event.currentTarget.getBoundingClientRect().left;
    let place: Place | undefined;
    let begun = false;
    let isGivenUp = false;
    const onMove = (to: PointerEvent) => {
      begun ||= Math.hypot(to.clientX - from.x, to.clientY - from.y) > beginsAfter;
      if (!begun || isGivenUp) return;
      place = placeAt(to.clientX, to.clientY, entry, grabbedAt);
      setMoving({ entry, place });
    };
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return;
      isGivenUp = true;
      setMoving(undefined);
    };
    const onUp = () => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('keydown', onKey);
      justMoved.current = begun;
      window.setTimeout(() => (justMoved.current = false)); // the click, if there is one, comes before
      setMoving(undefined);
      if (begun && !isGivenUp && place && (place.at !== entry.at || place.agent !== entry.agent)) drop(entry, place);
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('keydown', onKey);
  };

  return { moving, begin, justMoved };
}

// The element under a point that stands for a place in a lane.
export function laneUnder(x: number, y: number): HTMLElement | undefined {
  return document
    .elementsFromPoint(x, y)
    .find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset.lane !== undefined);
}
