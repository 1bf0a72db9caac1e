// One slot in a lane: its shape and colour say how it stands, its block how long it takes, a click why.
import type { CSSProperties, PointerEvent } from 'react';
import { hourText, zoneText } from '../../ui/clock';
import { toneOf } from '../../ui/state';
import { spanText } from '../../ui/time';
import type { Box } from './day_layout';
import type { Entry } from './entries';
import { outcomeText } from './outcome';
import { OutcomeMark } from './outcome_mark';
import s from './chip.module.css';

interface Props {
  entry: Entry;
  style?: CSSProperties;
  box?: Box; // where time has a length
  onOpen: () => void;
  onGrab?: (event: PointerEvent<HTMLElement>) => void;
}

export function Chip({ entry, style, box, onOpen, onGrab }: Props) {
  const said = wordsOf(entry);
  const tone = s[toneOf(entry.state)]!;
  const dashed = entry.slot && entry.slot.id === null ? s.virtual! : '';
  const isBeside = box !== undefined && box.words !== 'inside';
  const names = [
    s.chip,
    isBeside ? s.beside : `${s.filled} ${tone} ${dashed}`,
    box?.words === 'left' ? s.left : '',
    entry.movable && onGrab ? s.movable : '',
  ];
  return (
    <button
      type="button"
      data-row
      className={names.filter(Boolean).join(' ')}
      style={style}
      title={said}
      aria-label={said}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
      onPointerDown={onGrab}
    >
      {isBeside && <span data-block className={`${s.block} ${tone} ${dashed}`} style={{ width: box.block }} />}
      <OutcomeMark of={entry} size={11} />
      <span className={s.time}>{hourText(entry.at)}</span>
      <span className={s.title}>{entry.title}</span>
      {entry.members && <span className={s.count}>×{entry.members.length}</span>}
    </button>
  );
}

function wordsOf(entry: Entry): string {
  return [
    zoneText(entry.at),
    entry.title,
    entry.members ? `${entry.members.length} times` : spanText(entry.minutes * 60),
    outcomeText(entry),
    entry.reason ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
}
