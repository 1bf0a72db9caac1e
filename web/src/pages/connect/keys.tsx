// Keys by name and scope; a key itself is shown once, when it is made.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { routes, type Key } from '../../api/generated';
import { useAction, useMay, useOperation, useSession } from '../../api/use';
import { Act } from '../../ui/act';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { useFew } from '../../ui/few';
import { Field } from '../../ui/field';
import { Shown } from '../../ui/shown';
import { Badge } from '../../ui/state';
import { Time } from '../../ui/time';
import { ShownOnce } from './shown_once';
import s from './connect.module.css';

const shownAtFirst = 20;

export function KeysCard() {
  const may = useMay(routes['key.list'].scope);
  const [isMaking, setMaking] = useState(false);
  if (!may) return null;
  return (
    <Card
      title="Keys"
      actions={
        <Button size="small" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      <Keys />
      {isMaking && <NewKey onClose={() => setMaking(false)} />}
    </Card>
  );
}

function Keys() {
  const keys = useOperation('key.list', {});
  return (
    <Shown of={keys} rows={3}>
      {(data) => (data.keys.length === 0 ? <NoKey /> : <Rows keys={data.keys} />)}
    </Shown>
  );
}

function NoKey() {
  return (
    <div className={s.form}>
      <p>No key was made yet. A script that only looks needs no more than this:</p>
      <CopyLine text="lazaret token add ci --scope viewer" />
    </div>
  );
}

function Rows({ keys }: { keys: Key[] }) {
  const own = useSession().data?.key;
  const { shown, more } = useFew(keys, shownAtFirst, 'keys');
  return (
    <>
      <ul className={s.rows}>
        {shown.map((key) => (
          <Row key={key.id} of={key} isOwn={key.id === own} />
        ))}
      </ul>
      {more}
    </>
  );
}

function Row({ of, isOwn }: { of: Key; isOwn: boolean }) {
  return (
    <li>
      <span className={s.name}>
        {of.name} {isOwn && <Badge tone="info">this browser</Badge>}
      </span>
      <span>{of.scope}</span>
      <span className="faint small">
        made <Time at={of.created_at} />
        {of.expires_at && (
          <>
            , ends <Time at={of.expires_at} />
          </>
        )}
      </span>
      <Act
        operation="key.remove"
        inputs={{ id: of.id }}
        reason={false}
        label="Take back"
        look="danger"
        size="small"
        title={`Take the key ${of.name} back`}
        about={
          isOwn
            ? 'It is the key of this browser: the page asks to sign in again at once. This cannot be undone.'
            : 'Whoever uses it is refused from now on, and browsers that signed in with it are out. This cannot be undone.'
        }
        done={`The key ${of.name} is taken back`}
      />
    </li>
  );
}

const scopes: [string, string][] = [
  ['viewer', 'viewer: may look'],
  ['operator', 'operator: may act on the fleet'],
  ['admin', 'admin: may do everything'],
  ['node', 'node: reports as a host'],
  ['agent:', 'agent: acts as one agent'],
];

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState('viewer');
  const [agent, setAgent] = useState('');
  const add = useAction('key.add', { quiet: true });
  const scope = kind === 'agent:' ? `agent:${agent.trim()}` : kind;
  if (add.data)
    return (
      <ShownOnce
        title={`The key ${add.data.name}`}
        secret={add.data.key}
        about="It is shown this once. Whoever has it may do what its scope says."
        onClose={onClose}
      />
    );
  return (
    <Dialog open onClose={onClose} title="New key">
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ name: name.trim(), scope });
        }}
      >
        <Field label="Name" hint="Who or what will use it">
          <input value={name} onChange={(event) => setName(event.target.value)} required autoComplete="off" />
        </Field>
        <Field label="Scope">
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            {scopes.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </Field>
        {kind === 'agent:' && (
          <Field label="Which agent" hint="mission/agent; the mission by name or id">
            <input
              value={agent}
              onChange={(event) => setAgent(event.target.value)}
              required
              placeholder="survey/scout"
              autoComplete="off"
            />
          </Field>
        )}
        {add.error && (
          <p role="alert" className={s.failing}>
            {add.error.message} <span className="faint">{add.error.remedy}</span>
          </p>
        )}
        <CopyLine text={cliLine('key.add', { name: name.trim() || 'NAME', scope })} />
        <div className={s.end}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="strong" busy={add.isPending}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
