// The messages it was sent, newest first, and what became of each.
import { useState } from 'react';
import { routes, type Agent, type Wake } from '../../api/generated';
import { cliLine } from '../../api/client';
import { useMay, useOperation } from '../../api/use';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import { isOurs } from './verbs';
import { AskWake } from './wake';
import s from './agent.module.css';

const pageSize = 50;

export function Wakes({ agent }: { agent: Agent }) {
  const [most, setMost] = useState(pageSize);
  const [asking, setAsking] = useState(false);
  const may = useMay(routes['agent.wake'].scope) && isOurs(agent);
  const wakes = useOperation('wake.list', { agent: agent.ref, limit: most });
  return (
    <Card flush title="Wakes" actions={may && <Button onClick={() => setAsking(true)}>Wake with a message</Button>}>
      <div className={s.inset}>
        <Shown of={wakes} rows={4}>
          {(data) => (
            <>
              {data.wakes.length === 0 ? <None agent={agent} /> : <Table wakes={data.wakes} />}
              {data.next && (
                <Button size="small" onClick={() => setMost(most * 3)}>
                  Show older
                </Button>
              )}
            </>
          )}
        </Shown>
      </div>
      {asking && <AskWake agent={agent} onClose={() => setAsking(false)} />}
    </Card>
  );
}

function None({ agent }: { agent: Agent }) {
  return (
    <>
      <p className="faint">It was sent no message yet. People, plans and other agents send them:</p>
      <CopyLine text={cliLine('agent.wake', { agent: agent.ref, message: 'look at the build' })} />
    </>
  );
}

function Table({ wakes }: { wakes: Wake[] }) {
  return (
    <div className={`${s.scroll} sideways`} tabIndex={0} role="region" aria-label="Wakes">
      <table className={s.table}>
        <thead>
          <tr>
            <th scope="col">Wake</th>
            <th scope="col">Message</th>
            <th scope="col">From</th>
            <th scope="col">Sent</th>
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {wakes.map((wake) => (
            <tr key={wake.id}>
              <th scope="row">{wake.id}</th>
              <td className={s.message}>{wake.message}</td>
              <td>{wake.source}</td>
              <td>
                <Time at={wake.accepted} />
              </td>
              <td>
                <State state={wake.fate} />{' '}
                <span className="faint small">{wake.changed && <Time at={wake.changed} />}</span>
                {wake.detail && <p className="faint small">{wake.detail}</p>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
