// The presence board: what is said of one agent in Fabric, and saying it by hand.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { routes, type Presence } from '../../api/generated';
import { useAction, useMay, useOperation } from '../../api/use';
import { wordText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import s from './connect.module.css';

const statuses: Presence['status'][] = ['idle', 'on_call', 'busy', 'exhausted', 'offline', 'unknown'];

export function PresenceCard() {
  const [user, setUser] = useInUrl('user');
  const [text, setText] = useState(user);
  return (
    <Card title="Presence board">
      <form
        className={s.line}
        onSubmit={(event) => {
          event.preventDefault();
          setUser(text.trim());
        }}
      >
        <input
          className={s.input}
          aria-label="User id in Fabric"
          placeholder="user id in Fabric, such as u-7"
          value={text}
          onChange={(event) => setText(event.target.value)}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit">Look</Button>
      </form>
      {user ? (
        <One user={user} />
      ) : (
        <p className="faint small">The board answers for one user at a time, to guilds and to this page.</p>
      )}
    </Card>
  );
}

function One({ user }: { user: string }) {
  const presence = useOperation('presence.get', { user }, { every: 10 });
  const may = useMay(routes['presence.put'].scope);
  const put = useAction('presence.put', { done: (said) => `${said.fabric_user_id} is ${wordText(said.status)}` });
  return (
    <Shown of={presence} rows={2}>
      {(data) => (
        <div className={s.form}>
          <p>
            <span className={s.name}>{data.fabric_user_id}</span> <State state={data.status} />{' '}
            <span className="faint small">
              {data.updated_at ? <Time at={data.updated_at} /> : 'nothing was ever said'}
              {data.source && `, by ${data.source}`}
            </span>
          </p>
          {may && (
            <div className={s.line}>
              {statuses.map((status) => (
                <Button
                  key={status}
                  size="small"
                  disabled={status === data.status || put.isPending}
                  onClick={() => put.mutate({ user, status })}
                >
                  {wordText(status)}
                </Button>
              ))}
            </div>
          )}
          <CopyLine text={cliLine('presence.get', { user })} />
        </div>
      )}
    </Shown>
  );
}
