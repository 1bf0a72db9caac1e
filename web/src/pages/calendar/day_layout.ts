// Where the chips of a day are: each as long as its slot, its words inside where they fit, else beside it.
import { gathered, packed, type Entry } from './entries';
import type { Lane } from './lanes';
import { minute } from './span';

export const rowHeight = 30;
const laneMargin = 10;
const labelWidth = 150; // px that a title needs
const blockLeast = 4; // px, so that the shortest can be seen
const gap = 4; // px between two
const gatheredFrom = 4; // so many of one plan in a stretch are one chip
const stretchHours = 3; // about as long as a chip is wide

export interface Scale {
  from: number;
  msPerPx: number;
  width: number; // px
}

export interface Box {
  left: number; // px, of all of it
  width: number;
  block: number; // px that the slot takes in time
  words: 'inside' | 'right' | 'left'; // of the block
}

export interface Placed {
  entry: Entry;
  row: number;
  box: Box;
}

export interface LaidLane {
  lane: Lane;
  chips: Placed[];
  height: number;
}

export function boxOf(entry: Entry, { from, msPerPx, width }: Scale): Box {
  const start = Math.max(0, (entry.at - from) / msPerPx);
  const end = Math.min(width, (entry.at + entry.minutes * minute - from) / msPerPx);
  const block = Math.max(blockLeast, end - start);
  if (block >= labelWidth) return { left: start, width: block, block, words: 'inside' };
  if (start + block + labelWidth <= width) return { left: start, width: block + labelWidth, block, words: 'right' };
  return { left: start - labelWidth, width: block + labelWidth, block, words: 'left' };
}

export function layOut(lane: Lane, scale: Scale): LaidLane {
  const stretchOf = (entry: Entry) => Math.floor((entry.at - scale.from) / (stretchHours * 60 * minute));
  const boxes = gathered(lane.entries, stretchOf, gatheredFrom)
    .map((entry) => ({ entry, box: boxOf(entry, scale) }))
    .sort((a, b) => a.box.left - b.box.left);
  const { rows, count } = packed(boxes.map(({ box }) => ({ from: box.left, until: box.left + box.width + gap })));
  return {
    lane,
    chips: boxes.map((one, i) => ({ ...one, row: rows[i]! })),
    height: count * rowHeight + (lane.entries.length > 0 ? laneMargin : 0),
  };
}
