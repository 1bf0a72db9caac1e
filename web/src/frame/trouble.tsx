// What concerns every page: the daemon is gone, nothing can be recorded, or the whole fleet is frozen. It lies over
// the page, so that nothing moves under somebody's hand when it comes and goes.
import type { ReactNode } from 'react';
import { useConnection } from '../api/live';
import { useOperation } from '../api/use';
import { Mark } from '../ui/state';
import s from './trouble.module.css';

export function Trouble() {
  const status = useOperation('status', {}, { every: 10 });
  const connection = useConnection();
  if (connection === 'reconnecting')
    return <Note>The daemon cannot be reached; what is shown is what it last said. Reconnecting…</Note>;
  if (status.data?.trouble)
    return (
      <p className={`${s.note} ${s.bad}`} role="alert" data-note>
        <Mark state="failing" />
        <span>
          Nothing can be recorded: {status.data.trouble}. {status.data.trouble_remedy}{' '}
          <code>{status.data.trouble_place}</code>
        </span>
      </p>
    );
  if (status.data?.frozen) return <Note mark="frozen">The whole fleet is frozen.</Note>;
  return null;
}

function Note({ mark = 'degraded', children }: { mark?: string; children: ReactNode }) {
  return (
    <p className={s.note} role="status" data-note>
      <Mark state={mark} />
      <span>{children}</span>
    </p>
  );
}
