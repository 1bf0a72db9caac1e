// What the agent prints, live.
import { useEffect, useRef, useState } from 'react';
import type { Refusal } from '../../api/client';
import type { Agent } from '../../api/generated';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { copyText, CopyLine } from '../../ui/copy';
import { State } from '../../ui/state';
import { toast } from '../../ui/toast';
import { LogFeed, tailMost } from './log_feed';
import { LogScreen, type Found } from './log_screen';
import { Search } from './log_search';
import s from './log.module.css';

// follow: what is new is shown; held: until the reader is at the end again; paused: until told otherwise;
// reading: from the oldest line on, page by page.
type Mode = 'follow' | 'held' | 'paused' | 'reading';

const modeWords: Record<Mode, [state: string, text: string]> = {
  follow: ['ok', 'Following'],
  held: ['waiting', 'Held while you read'],
  paused: ['paused', 'Paused'],
  reading: ['info', 'Reading from the oldest line'],
};

const olderStep = 4_000; // lines

interface Session {
  feed: LogFeed;
  screen: LogScreen;
  become: (mode: Mode) => void;
  search: (searching: boolean) => void; // what is found stays where it is
}

export default function Log({ agent }: { agent: Agent }) {
  const box = useRef<HTMLDivElement>(null);
  const session = useRef<Session>(undefined);
  const [mode, setMode] = useState<Mode>('follow');
  const [found, setFound] = useState<Found>();
  const [trouble, setTrouble] = useState<Refusal | null>(null);
  const [empty, setEmpty] = useState(false);
  useEffect(() => {
    const one = begin(box.current!, agent.ref, { setMode, setFound, setTrouble, setEmpty });
    session.current = one;
    return () => {
      one.feed.end();
      one.screen.end();
    };
  }, [agent.ref]);
  const become = (next: Mode) => session.current?.become(next);
  const find = (text: string, back: boolean) => {
    session.current?.search(text !== '');
    session.current?.screen.find(text, back);
  };
  // As many last lines as one answer has; who wants more reads from the oldest on.
  const older = () => {
    const { feed, screen } = session.current!;
    if (screen.lines >= tailMost) return oldest();
    become('held');
    void feed.newest(screen.lines + olderStep);
  };
  const oldest = () => {
    become('reading');
    void session.current?.feed.oldest();
  };
  const copy = async () => {
    const done = await copyText(session.current?.screen.text ?? '');
    toast(
      done
        ? { kind: 'done', text: 'The lines that are loaded are copied' }
        : { kind: 'refused', text: 'The browser does not let the page copy' },
    );
  };
  const [state, words] = modeWords[mode];
  return (
    <Card flush>
      <div className={s.bar}>
        <Button
          size="small"
          aria-label={mode === 'follow' ? 'Pause the log' : 'Follow the log'}
          onClick={() => become(mode === 'follow' ? 'paused' : 'follow')}
          className={s.follow}
        >
          {mode === 'follow' ? 'Pause' : 'Follow'}
        </Button>
        <span role="status" className="small">
          <State state={state} label={words} />
        </span>
        <Search find={find} found={found} />
        <span className={s.older}>
          <Button size="small" look="quiet" onClick={() => void copy()}>
            Copy
          </Button>
          <Button size="small" look="quiet" onClick={older}>
            Older lines
          </Button>
          <Button size="small" look="quiet" onClick={oldest}>
            From the oldest
          </Button>
        </span>
      </div>
      {trouble && (
        <p className={s.trouble} role="alert">
          {trouble.message}
          {trouble.remedy && <span className="faint"> {trouble.remedy}</span>}
        </p>
      )}
      <div className={s.ground}>
        <div ref={box} className={s.screen} role="group" aria-label={`Log of ${agent.ref}`} />
        {empty && !trouble && <p className={s.empty}>It has printed nothing yet.</p>}
      </div>
      <div className={s.command}>
        <CopyLine text={`lazaret agent logs ${agent.ref} -f`} />
      </div>
    </Card>
  );
}

interface Setters {
  setMode: (mode: Mode) => void;
  setFound: (found: Found) => void;
  setTrouble: (refusal: Refusal | null) => void;
  setEmpty: (empty: boolean) => void;
}

function begin(box: HTMLElement, ref: string, { setMode, setFound, setTrouble, setEmpty }: Setters): Session {
  let mode: Mode = 'follow';
  let paging = false;
  let searching = false;
  const become = (next: Mode) => {
    if (next === 'follow') screen.toEnd();
    mode = next;
    setMode(next);
    feed.follow(next === 'follow');
  };
  const onMove = () => {
    if (mode === 'follow' && !screen.isAtEnd) {
      if (screen.movedByReader) become('held');
      else screen.toEnd();
    } else if (mode === 'held' && screen.isAtEnd && !searching) become('follow');
    else if (mode === 'reading' && screen.isAtEnd) void readOn();
  };
  const search = (now: boolean) => {
    searching = now;
    if (now && mode === 'follow') become('held');
    onMove();
  };
  const readOn = async () => {
    if (paging) return;
    paging = true;
    const more = await feed.page();
    paging = false;
    if (!more && mode === 'reading' && screen.isAtEnd) become('follow');
  };
  const screen = new LogScreen(box, `Log of ${ref}`, onMove, setFound);
  const feed = new LogFeed(ref, {
    fresh: async (batch) => {
      setEmpty(batch.lines.length === 0);
      await screen.fresh(batch, mode === 'reading' ? 'top' : mode === 'follow' ? 'end' : 'older');
    },
    more: async (batch) => {
      setEmpty(false);
      await screen.more(batch);
    },
    trouble: setTrouble,
  });
  return { feed, screen, become, search };
}
