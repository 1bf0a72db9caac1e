// Taking an entry to another time or lane: with the mouse at once, with a finger after a long press, as one that
// moves sooner scrolls. Escape puts it back.
import { useRef, useState, type PointerEvent as ReactPointerEvent } from 'react';
import { grab, type Point } from './grab';
import type { Entry } from './entries';

export interface Place {
  agent: string;
  at: number;
}

export interface Moving {
  entry: Entry;
  place: Place | undefined;
}

export function useMove(
  placeAt: (x: number, y: number, entry: Entry, grabbedAt: number) => Place | undefined,
  drop: (entry: Entry, place: Place) => void,
) {
  const [moving, setMoving] = useState<Moving>();
  const justMoved = useRef(false); // the click that ends a move opens nothing

  const begin = (entry: Entry, event: ReactPointerEvent<HTMLElement>) => {
    justMoved.current = false;
    if (!entry.movable || event.button !== 0) return;
    const chip = event.currentTarget;
    const block = chip.querySelector('[data-block]') ?? chip;
    const grabbedAt = event.clientX - block.getBoundingClientRect().left;
    let place: Place | undefined;
    const moveTo = ({ x, y }: Point) => {
      place = placeAt(x, y, entry, grabbedAt);
      setMoving({ entry, place });
    };
    const end = (isDropped: boolean) => {
      justMoved.current = true;
      window.setTimeout(() => (justMoved.current = false)); // the click, if there is one, comes before
      setMoving(undefined);
      if (isDropped && place && (place.at !== entry.at || place.agent !== entry.agent)) drop(entry, place);
    };
    grab(event.nativeEvent, chip, moveTo, end);
  };

  return { moving, begin, justMoved };
}

// The element under a point that stands for a place in a lane.
export function laneUnder(x: number, y: number): HTMLElement | undefined {
  return document
    .elementsFromPoint(x, y)
    .find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset.lane !== undefined);
}
