// Servers of HarborForge that report here, with what they said last.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { routes } from '../../api/generated';
import { useAction, useMay, useOperation } from '../../api/use';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { exactText, secondsSince, Time, useNow } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { ShownOnce } from './shown_once';
import s from './connect.module.css';

const silentAfter = 120; // seconds
const historyShown = 50;

export function ServersCard() {
  const servers = useOperation('server.list', {}, { every: 10 });
  const may = useMay(routes['server.register'].scope);
  const [shown, setShown] = useInUrl('server');
  const [isMaking, setMaking] = useState(false);
  return (
    <Card
      title="Servers that report here (HarborForge)"
      actions={
        may && (
          <Button size="small" onClick={() => setMaking(true)}>
            Register
          </Button>
        )
      }
    >
      <Shown of={servers} rows={2}>
        {(data) =>
          data.servers.length === 0 ? (
            <div className={s.form}>
              <p>
                No server is registered. Each one gets a key of its own, with which its plugin or monitor reports here.
              </p>
              <CopyLine text="lazaret server register node-1" />
            </div>
          ) : (
            <ul className={s.rows}>
              {data.servers.map((one) => (
                <li key={one.identifier} className={s.short}>
                  <button type="button" className={s.open} onClick={() => setShown(one.identifier ?? '')}>
                    {one.identifier}
                  </button>
                  <Seen at={one.last_seen_at} />
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {isMaking && <Register onClose={() => setMaking(false)} />}
      {shown && <Server identifier={shown} onClose={() => setShown('')} />}
    </Card>
  );
}

function Seen({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <State state="never" label="never heard of" />;
  return (
    <span className={s.seen}>
      <State state={secondsSince(at, now) > silentAfter ? 'silent' : 'ok'} /> <Time at={at} />
    </span>
  );
}

function Server({ identifier, onClose }: { identifier: string; onClose: () => void }) {
  const server = useOperation('server.show', { server: identifier, limit: historyShown }, { every: 10 });
  return (
    <Dialog open wide onClose={onClose} title={identifier}>
      <Shown of={server} rows={4}>
        {(data) => (
          <>
            <Seen at={data.last_seen_at} />
            {data.report ? <Report report={data.report} /> : <p className="faint">It has not reported anything yet.</p>}
            {data.history.length > 1 && (
              <section>
                <h3>Before that</h3>
                <ul className={s.history}>
                  {data.history.map((one, i) => (
                    <li key={i}>{historyText(one)}</li>
                  ))}
                </ul>
              </section>
            )}
            <CopyLine text={cliLine('server.show', { server: identifier })} />
          </>
        )}
      </Shown>
    </Dialog>
  );
}

function Report({ report }: { report: Record<string, unknown> }) {
  return (
    <dl className={s.variables}>
      {Object.entries(report).map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>{valueText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const valueText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function historyText(one: Record<string, unknown>): string {
  const { at, ...rest } = one;
  const inner =
    typeof rest.report === 'object' && rest.report !== null ? (rest.report as Record<string, unknown>) : rest;
  const said = Object.entries(inner)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`);
  return `${typeof at === 'string' ? exactText(at) : ''}  ${said.join(' · ')}`;
}

function Register({ onClose }: { onClose: () => void }) {
  const [identifier, setIdentifier] = useState('');
  const register = useAction('server.register', { quiet: true });
  if (register.data)
    return (
      <ShownOnce
        title={`The key of ${identifier}`}
        secret={register.data.key}
        about="It is shown this once. Put it into the server’s plugin or monitor."
        onClose={onClose}
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Register a server"
      about="One that is registered already gets a new key beside its old one."
    >
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          register.mutate({ identifier: identifier.trim() });
        }}
      >
        <Field label="Identifier" error={register.error?.message}>
          <input
            value={identifier}
            onChange={(event) => setIdentifier(event.target.value)}
            required
            placeholder="node-1"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <CopyLine text={cliLine('server.register', { identifier: identifier.trim() || 'IDENTIFIER' })} />
        <div className={s.end}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="strong" busy={register.isPending}>
            Register
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
