// One slot in a lane: its shape and colour say how it stands, a click says why.
import type { CSSProperties, PointerEvent } from 'react';
import { wordText } from '../../ui/amounts';
import { Mark, toneOf } from '../../ui/state';
import type { Entry } from './entries';
import { hourText, zoneText } from './span';
import s from './calendar.module.css';

interface Props {
  entry: Entry;
  style?: CSSProperties;
  part?: number; // of the chip's width that the slot takes in time
  onOpen: () => void;
  onGrab?: (event: PointerEvent<HTMLElement>) => void;
}

export function Chip({ entry, style, part, onOpen, onGrab }: Props) {
  const words = wordText(entry.state);
  const said = [
    zoneText(entry.at),
    entry.title,
    entry.members ? `${entry.members.length} times` : '',
    words,
    entry.late ? 'ran late' : '',
    entry.reason ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
  const names = [
    s.chip,
    s[toneOf(entry.state)],
    entry.slot && entry.slot.id === null ? s.virtual : '',
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
      <Mark state={entry.state} size={11} />
      <span className={s.chipTime}>{hourText(entry.at)}</span>
      <span className={s.chipTitle}>{entry.title}</span>
      {entry.late && <Mark state="late" size={11} />}
      {entry.members && <span className={s.chipCount}>×{entry.members.length}</span>}
      {part !== undefined && <span className={s.chipPart} style={{ width: `${Math.min(100, part * 100)}%` }} />}
    </button>
  );
}
