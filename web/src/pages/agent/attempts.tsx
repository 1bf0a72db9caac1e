// Each attempt of the agent, newest first: how long it lived and what it died of.
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Agent } from '../../api/generated';
import { wordText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Empty, Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { spanText, Time, useNow } from '../../ui/time';
import { attemptsOf, type Attempt } from './attempts_of';
import { causeOf } from './cause';
import { useHistory, useOlder } from './history';
import { LastLines } from './last_lines';
import { preciseText } from './precise';
import s from './agent.module.css';

const shownAtFirst = 50;

export function Attempts({ agent }: { agent: Agent }) {
  const history = useHistory(agent);
  return (
    <Shown of={history} rows={6}>
      {(data) => <Table events={data.events} agent={agent} />}
    </Shown>
  );
}

function Table({ events, agent }: { events: Parameters<typeof attemptsOf>[0]; agent: Agent }) {
  const { events: known, asking, more } = useOlder(agent, events);
  const attempts = useMemo(() => attemptsOf(known), [known]);
  const [most, setMost] = useState(shownAtFirst);
  if (attempts.length === 0 && !more) {
    return (
      <Empty title="It was never started here">
        <CopyLine text={`lazaret agent start ${agent.ref}`} />
      </Empty>
    );
  }
  return (
    <Card
      title={`Attempts (${more ? 'the last ' : ''}${attempts.length.toLocaleString()})`}
      actions={<Link href={`/events?agent=${encodeURIComponent(agent.ref)}`}>All its events</Link>}
      flush
    >
      <div className={`${s.scroll} sideways`} tabIndex={0} role="region" aria-label="Attempts">
        <table className={s.table}>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Started</th>
              <th scope="col">Ended</th>
              <th scope="col">Lived</th>
              <th scope="col">How it ended</th>
              <th scope="col">Next after</th>
            </tr>
          </thead>
          <tbody>
            {attempts.slice(0, most).map((attempt) => (
              <Row key={attempt.incarnation} attempt={attempt} />
            ))}
          </tbody>
        </table>
      </div>
      {attempts.length > most && (
        <p className={s.more}>
          <Button size="small" onClick={() => setMost(most * 4)}>
            Show more
          </Button>
        </p>
      )}
      {attempts.length <= most && more && (
        <p className={s.more}>
          <span className="faint small">Told by the newest {known.length.toLocaleString()} facts about it.</span>{' '}
          <Button size="small" busy={asking.isPending} onClick={() => asking.mutate()}>
            Ask for older ones
          </Button>{' '}
          {asking.error && <span role="alert">{asking.error.message}</span>}
        </p>
      )}
    </Card>
  );
}

function Row({ attempt }: { attempt: Attempt }) {
  return (
    <tr>
      <th scope="row" className="numbers">
        {attempt.incarnation}
      </th>
      <td>
        <Time at={attempt.start} /> <span className="faint small">{wordText(attempt.why)}</span>
      </td>
      <td>{attempt.end ? <Time at={attempt.end} /> : <State state="running" label="goes on" />}</td>
      <td className="numbers nowrap">
        <Lived attempt={attempt} />
      </td>
      <td className={s.cause}>
        <Cause attempt={attempt} />
      </td>
      <td className="numbers nowrap">
        {attempt.delay === undefined ? (
          <span className="faint">–</span>
        ) : attempt.delay < 0.001 ? (
          'at once'
        ) : (
          preciseText(attempt.delay)
        )}
      </td>
    </tr>
  );
}

function Lived({ attempt }: { attempt: Attempt }) {
  const now = useNow();
  const seconds = ((attempt.end ? Date.parse(attempt.end) : now) - Date.parse(attempt.start)) / 1_000;
  return <>{attempt.end ? preciseText(seconds) : spanText(seconds)}</>;
}

function Cause({ attempt }: { attempt: Attempt }) {
  if (!attempt.exit) return <span className="faint">–</span>;
  const lines = attempt.exit.last_lines;
  return (
    <>
      {causeOf(attempt.exit)} {attempt.counted && <span className="faint small">(used up a try)</span>}
      {lines.length > 0 && (
        <details>
          <summary className="small">Last {lines.length === 1 ? 'line' : `${lines.length} lines`}</summary>
          <LastLines lines={lines} />
        </details>
      )}
    </>
  );
}
