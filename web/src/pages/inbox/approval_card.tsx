// One open question: what is asked, what yes and no lead to, and what happens when nobody answers.
import { Link } from 'wouter';
import { agentPath, missionPath } from '../../api/agents';
import type { Approval } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Badge, Mark } from '../../ui/state';
import { Countdown, Time, secondsSince, useNow } from '../../ui/time';
import { WhyFold } from '../mission/why';
import { Answer } from './answer';
import { meanings } from './meaning';
import s from './inbox.module.css';

export function ApprovalCard({ approval }: { approval: Approval }) {
  const meaning = meanings[approval.kind];
  return (
    <article className={s.card} aria-label={`${approval.id}: ${approval.question}`}>
      <div className={s.what}>
        <p className={s.question}>
          <Mark state="needs_you" size={14} /> {approval.question}
        </p>
        {meaning.yes === meaning.no ? (
          <p className={s.meaning}>Yes or no: {meaning.yes}</p>
        ) : (
          <p className={s.meaning}>
            <b>Yes:</b> {meaning.yes} <b>No:</b> {meaning.no}
          </p>
        )}
        <p className={s.facts}>
          <Badge tone="warn">{meaning.kind}</Badge>
          <span className="mono">{approval.id}</span>
          <About approval={approval} />
          {approval.opened && (
            <span>
              asked <Time at={approval.opened} />
            </span>
          )}
        </p>
        <Deadline opened={approval.opened ?? null} deadline={approval.deadline} word={approval.default} />
        <WhyFold of={approval.id} label="Why it is asked" />
      </div>
      <Answer id={approval.id} />
    </article>
  );
}

export function About({ approval }: { approval: Pick<Approval, 'agent' | 'cell' | 'task'> }) {
  const { agent, cell, task } = approval;
  if (!cell) return agent ? <span>{agent}</span> : null;
  return (
    <>
      {agent && <Link href={agentPath(`${cell.slice(0, 8)}.${agent}`)}>{agent}</Link>}
      {task && <Link href={`${missionPath(cell)}?task=${encodeURIComponent(task)}`}>task {task}</Link>}
      <MissionLink cell={cell} />
    </>
  );
}

function MissionLink({ cell }: { cell: string }) {
  const known = useOperation('cell.list', { limit: 1_000 }, { all: 'cells' });
  const name = known.data?.cells.find((one) => one.cell_id === cell)?.mission_name;
  return <Link href={missionPath(cell)}>mission {name || cell.slice(0, 8)}</Link>;
}

// How much of the time to answer is left, as a line that shrinks.
export function Deadline({
  opened,
  deadline,
  word,
}: {
  opened: string | null;
  deadline: string | null;
  word: string | null;
}) {
  const now = useNow();
  if (!deadline) return null;
  const left = -secondsSince(deadline, now);
  const whole = opened ? (Date.parse(deadline) - Date.parse(opened)) / 1_000 : 3_600;
  const part = Math.max(0, Math.min(1, left / Math.max(1, whole)));
  return (
    <div className={s.deadline}>
      <span>
        Without an answer: <b>{word ?? 'no'}</b>, <Countdown until={deadline} />
      </span>
      <span className={s.track} aria-hidden="true">
        <span className={`${s.left} ${left < 300 ? s.soon : ''}`} style={{ width: `${part * 100}%` }} />
      </span>
    </div>
  );
}
