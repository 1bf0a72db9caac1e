// The search of a log: what is written finds, Enter goes on, Shift and Enter back.
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button';
import type { Found } from './log_screen';
import s from './log.module.css';

const typedPause = 200; // ms

export function Search({ find, found }: { find: (text: string, back: boolean) => void; found: Found | undefined }) {
  const [text, setText] = useState('');
  const asked = useRef('');
  const ask = (back: boolean) => {
    asked.current = text;
    find(text, back);
  };
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (asked.current !== text) ask(true); // Enter may have been sooner
    }, typedPause);
    return () => window.clearTimeout(timer);
    // Only what is written begins a search.
  }, [text]);
  return (
    <form
      role="search"
      className={s.search}
      onSubmit={(event) => {
        event.preventDefault();
        ask(false);
      }}
    >
      <input
        type="search"
        placeholder="Search"
        aria-label="Search in the log"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !event.shiftKey) return;
          event.preventDefault();
          ask(true);
        }}
      />
      <Button size="small" look="quiet" disabled={!text} onClick={() => ask(true)} aria-label="Previous match">
        ↑
      </Button>
      <Button size="small" look="quiet" disabled={!text} onClick={() => ask(false)} aria-label="Next match">
        ↓
      </Button>
      <span className="faint small numbers" role="status">
        {text && found && countOf(found)}
      </span>
    </form>
  );
}

function countOf({ at, of }: Found): string {
  if (of === 0) return 'not in these lines';
  return at >= 0 ? `${at + 1} of ${of.toLocaleString()}` : `more than ${of.toLocaleString()}`;
}
