// What surrounds every page: where one can go, whether one is needed, whether the page is live.
import { useEffect, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useConnection } from '../api/live';
import { waitingFor } from '../api/needs';
import { useOperation, useSession, useSignOut } from '../api/use';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Mark } from '../ui/state';
import { chooseTheme, chosenTheme, type Theme } from '../ui/theme';
import { icons } from './icons';
import { places, useKeys } from './keys';
import { Trouble } from './trouble';
import s from './frame.module.css';

export function Frame({ children }: { children: ReactNode }) {
  const [sheet, setSheet] = useState(false);
  useKeys(() => setSheet(true));
  const status = useOperation('status', {}, { every: 10 });
  const waiting = waitingFor(status.data);
  const [location] = useLocation();
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${pageName(location)} · Lazaret`;
  }, [waiting, location]);
  return (
    <div className={s.frame}>
      <a className={s.skip} href="#page">
        To the content
      </a>
      <nav className={s.nav} aria-label="Pages">
        <Link href="/" className={s.brand} aria-label="Lazaret, to the fleet">
          <img src="/favicon.svg" alt="" width={26} height={26} />
          <span>Lazaret</span>
        </Link>
        <Places waiting={waiting} />
        <div className={s.foot}>
          <Liveness />
          <Who />
          <Themes />
          <Button size="small" look="quiet" onClick={() => setSheet(true)}>
            Keys <kbd>?</kbd>
          </Button>
        </div>
      </nav>
      <main id="page" className={s.main} tabIndex={-1}>
        {children}
      </main>
      <Trouble />
      <KeySheet open={sheet} onClose={() => setSheet(false)} />
    </div>
  );
}

// What a tab, the history and a bookmark call the page.
function pageName(location: string): string {
  const [, first, agent] = location.split('/');
  if (first === 'agents' && agent) return agent;
  return (
    places.find(({ path }) => path === `/${first ?? ''}`)?.label ?? (first === 'agents' ? 'Fleet' : 'No such page')
  );
}

function Places({ waiting }: { waiting: number }) {
  const [location] = useLocation();
  const isHere = (path: string) =>
    path === '/' ? location === '/' || location.startsWith('/agents') : location.startsWith(path);
  return (
    <ul className={s.places}>
      {places.map(({ path, label }) => (
        <li key={path}>
          <Link
            href={path}
            className={`${s.place} ${isHere(path) ? s.here : ''}`}
            aria-current={isHere(path) ? 'page' : undefined}
          >
            <svg
              width={18}
              height={18}
              viewBox="0 0 24 24"
              fill="none"
              stroke="currentColor"
              strokeWidth={1.8}
              strokeLinecap="round"
              strokeLinejoin="round"
              aria-hidden="true"
            >
              <path d={icons[path]} />
            </svg>
            <span>{label}</span>
            {path === '/inbox' && waiting > 0 && (
              <span className={s.count}>
                {waiting}
                <span className="unseen"> waiting for you</span>
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Liveness() {
  const connection = useConnection();
  const words = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', asleep: 'Asleep' };
  const state = connection === 'live' ? 'ok' : connection === 'reconnecting' ? 'degraded' : 'waiting';
  return (
    <p className={s.live} role="status">
      <Mark state={state} /> {words[connection]}
    </p>
  );
}

function Who() {
  const session = useSession();
  const end = useSignOut();
  if (!session.data?.name) return null;
  return (
    <p className={s.who}>
      <span title={session.data.name}>
        {session.data.name} <span className="faint">({session.data.scope})</span>
      </span>
      <button type="button" className={s.out} onClick={() => end.mutate()}>
        Sign out
      </button>
    </p>
  );
}

function Themes() {
  const [theme, setTheme] = useState<Theme>(chosenTheme());
  return (
    <label className={s.theme}>
      <span className="unseen">Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          setTheme(event.target.value as Theme);
          chooseTheme(event.target.value as Theme);
        }}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

const elsewhere = [
  ['/', 'Search on this page'],
  ['?', 'This sheet'],
  ['Esc', 'Close what is open'],
  ['j / k', 'Next and previous row of a list'],
  ['Enter', 'Open the row'],
] as const;

function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <dl className={s.sheet}>
        {places.map(({ key, label }) => (
          <div key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        {elsewhere.map(([key, label]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
