// Agents that ask the calendar for their slots, wherever they run.
import { useState } from 'react';
import { cliLine } from '../../api/client';
import { routes, type CalendarAgent } from '../../api/generated';
import { useAction, useMay, useOperation } from '../../api/use';
import { Act } from '../../ui/act';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Time, zoneName } from '../../ui/time';
import s from './connect.module.css';

export function CallersCard() {
  const agents = useOperation('calendar.agents', { limit: 1_000 }, { every: 10, all: 'agents' });
  const may = useMay(routes['calendar.register'].scope);
  const [isMaking, setMaking] = useState(false);
  return (
    <Card
      title="Agents that ask for their slots"
      actions={
        may && (
          <Button size="small" onClick={() => setMaking(true)}>
            Register
          </Button>
        )
      }
    >
      <Shown of={agents} rows={2}>
        {(data) =>
          data.agents.length === 0 ? (
            <div className={s.form}>
              <p>
                None is registered. An agent of another host asks here for its slots; the fleet’s own agents are woken
                and need no registering.
              </p>
              <CopyLine text="lazaret calendar register writer node-1" />
            </div>
          ) : (
            <ul className={s.rows}>
              {data.agents.map((one) => (
                <Row key={one.agent} of={one} />
              ))}
            </ul>
          )
        }
      </Shown>
      {isMaking && <Register onClose={() => setMaking(false)} />}
    </Card>
  );
}

function Row({ of }: { of: CalendarAgent }) {
  return (
    <li className={s.short}>
      <span>
        <span className={s.name}>{of.agent}</span> <State state={of.status} />
        <span className={`${s.counts} faint small`}>
          on {of.claw_identifier}, {of.timezone} ·{' '}
          {of.last_heartbeat ? (
            <>
              heard of <Time at={of.last_heartbeat} />
            </>
          ) : (
            'never heard of'
          )}
          {of.recovery_at && (
            <>
              {' '}
              · recovers <Time at={of.recovery_at} />
            </>
          )}
          {of.reason && of.last_heartbeat && ` · ${of.reason}`}
        </span>
      </span>
      <Act
        operation="calendar.unregister"
        inputs={{ agent: of.agent }}
        reason={false}
        label="Forget"
        look="danger"
        size="small"
        title={`Forget ${of.agent}`}
        about="It gets no slots any more."
        done={`${of.agent} is forgotten`}
      />
    </li>
  );
}

function Register({ onClose }: { onClose: () => void }) {
  const [inputs, setInputs] = useState({ agent: '', claw_identifier: '', timezone: zoneName() });
  const register = useAction('calendar.register', { quiet: true, done: (made) => `${made.agent} is registered` });
  const field = (name: keyof typeof inputs, label: string, placeholder?: string) => (
    <Field label={label}>
      <input
        value={inputs[name]}
        onChange={(event) => setInputs({ ...inputs, [name]: event.target.value })}
        required
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
      />
    </Field>
  );
  return (
    <Dialog open onClose={onClose} title="Register an agent" about="One that is registered already is changed.">
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          register.mutate(inputs, { onSuccess: onClose });
        }}
      >
        {field('agent', 'Agent', 'writer')}
        {field('claw_identifier', 'Server it is on', 'node-1')}
        {field('timezone', 'Its time zone')}
        {register.error && (
          <p role="alert" className={s.failing}>
            {register.error.message} <span className="faint">{register.error.remedy}</span>
          </p>
        )}
        <CopyLine
          text={cliLine('calendar.register', {
            agent: inputs.agent || 'AGENT',
            claw_identifier: inputs.claw_identifier || 'CLAW',
            timezone: inputs.timezone,
          })}
        />
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
