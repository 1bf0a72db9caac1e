// The chain of what it saved, newest first: what was proven to be restorable, what is broken.
import { useState } from 'react';
import { useOperation } from '../../api/use';
import type { Agent, Checkpoint, Checkpoints as Chain } from '../../api/generated';
import { bytesText, countText } from '../../ui/amounts';
import { Act } from '../../ui/act';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { Time } from '../../ui/time';
import { Difference } from './checkpoint_diff';
import { choicesFor } from './verbs';
import s from './agent.module.css';

export function Checkpoints({ agent }: { agent: Agent }) {
  const chain = useOperation('checkpoint.list', { agent: agent.ref }, { every: 30 });
  const ask = choicesFor(agent).find((choice) => choice.operation === 'checkpoint.ask');
  return (
    <Card
      flush
      title="Checkpoints"
      actions={
        <>
          <Act
            operation="checkpoint.save"
            inputs={{ agent: agent.ref }}
            label="Save what is staged"
            reason={false}
            about="What lies in its checkpoint directory now becomes a checkpoint. The agent is not asked."
            done={(saved) => `${saved.checkpoint} is saved`}
          />
          {ask && <Act {...ask} inputs={{ agent: agent.ref }} title={`${ask.label}: ${agent.ref}`} />}
        </>
      }
    >
      <div className={s.inset}>
        <Shown of={chain} rows={4}>
          {(data) => (
            <>
              <Notes chain={data} own={agent.agent_id} />
              {data.checkpoints.length === 0 ? (
                <None agent={agent} />
              ) : (
                <Table agent={agent} checkpoints={data.checkpoints} />
              )}
            </>
          )}
        </Shown>
      </div>
    </Card>
  );
}

function Notes({ chain, own }: { chain: Chain; own: string }) {
  const from = chain.went_on_from;
  return (
    <>
      {from?.checkpoint && (
        <p>
          It went on from <code>{from.checkpoint}</code>
          {from.agent && from.agent !== own && <> of {from.agent}</>}.
        </p>
      )}
      {chain.asked && (
        <p>
          <State state="waiting" label="Asked to save one" />{' '}
          <span className="faint small">
            {chain.asked.since && <Time at={chain.asked.since} />} {chain.asked.reason}
          </span>
        </p>
      )}
    </>
  );
}

function None({ agent }: { agent: Agent }) {
  return (
    <>
      <p className="faint">It has saved nothing yet. What it stages in its checkpoint directory is saved with:</p>
      <CopyLine text={`lazaret checkpoint save ${agent.ref}`} />
    </>
  );
}

function Table({ agent, checkpoints }: { agent: Agent; checkpoints: Checkpoint[] }) {
  const [compared, setCompared] = useState<{ from: string; to: string }>();
  return (
    <>
      <div className={`${s.scroll} sideways`} tabIndex={0} role="region" aria-label="Checkpoints">
        <table className={s.table}>
          <thead>
            <tr>
              <th scope="col">Checkpoint</th>
              <th scope="col">Saved</th>
              <th scope="col">Holds</th>
              <th scope="col">Proof</th>
              <th scope="col">
                <span className="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {checkpoints.map((checkpoint, i) => (
              <Row
                key={checkpoint.checkpoint}
                agent={agent}
                checkpoint={checkpoint}
                before={checkpoints[i + 1]}
                compare={setCompared}
              />
            ))}
          </tbody>
        </table>
      </div>
      {compared && <Difference agent={agent} {...compared} onClose={() => setCompared(undefined)} />}
    </>
  );
}

interface RowProps {
  agent: Agent;
  checkpoint: Checkpoint;
  before?: Checkpoint;
  compare: (of: { from: string; to: string }) => void;
}

function Row({ agent, checkpoint, before, compare }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <code>{checkpoint.checkpoint}</code>
        {checkpoint.task && <p className="faint small">in task {checkpoint.task}</p>}
      </th>
      <td>
        <Time at={checkpoint.saved_at} />
        {checkpoint.incarnation !== undefined && <p className="faint small">attempt {checkpoint.incarnation}</p>}
      </td>
      <td className="nowrap">
        {countText(checkpoint.files, 'file')}, {bytesText(checkpoint.bytes)}
      </td>
      <td>
        <Proof checkpoint={checkpoint} />
      </td>
      <td>
        <span className={s.rowActions}>
          {before && (
            <Button
              size="small"
              look="quiet"
              onClick={() => compare({ from: before.checkpoint, to: checkpoint.checkpoint })}
            >
              Compare
            </Button>
          )}
          <Rehearse agent={agent} checkpoint={checkpoint} />
          {!checkpoint.broken && <Restore agent={agent} checkpoint={checkpoint} />}
        </span>
      </td>
    </tr>
  );
}

function Proof({ checkpoint }: { checkpoint: Checkpoint }) {
  if (checkpoint.broken) {
    return (
      <>
        <State state="failed" label="broken" />
        <p className="faint small">{checkpoint.broken}</p>
      </>
    );
  }
  if (!checkpoint.proven_at) return <State state="not_started" label="not proven yet" />;
  return (
    <>
      <State state="ok" label="proven" />{' '}
      <span className="faint small">
        <Time at={checkpoint.proven_at} />
      </span>
    </>
  );
}

function Rehearse({ agent, checkpoint }: { agent: Agent; checkpoint: Checkpoint }) {
  return (
    <Act
      operation="checkpoint.rehearse"
      inputs={{ agent: agent.ref, checkpoint: checkpoint.checkpoint }}
      command={`lazaret checkpoint rehearse ${agent.ref} ${checkpoint.checkpoint}`}
      label="Rehearse"
      size="small"
      look="quiet"
      reason={false}
      about="It is restored into a scratch directory, to see that it can be. The agent is not touched."
      done={(answer) => (answer.restorable ? 'It can be restored' : `It cannot be restored: ${answer.reason}`)}
    />
  );
}

function Restore({ agent, checkpoint }: { agent: Agent; checkpoint: Checkpoint }) {
  return (
    <Act
      operation="checkpoint.restore"
      inputs={{ agent: agent.ref, checkpoint: checkpoint.checkpoint }}
      label="Restore"
      size="small"
      look="quiet"
      reason={false}
      title={`Restore ${checkpoint.checkpoint}`}
      about="The agent's next start goes on from here. What it did since then is done again."
      done="The next start goes on from it"
    />
  );
}
