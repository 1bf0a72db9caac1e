// One thing that waits for a person: a question to answer with one tap, or something to do.
import { agentPath } from '../../api/agents';
import type { Need } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Link } from 'wouter';
import { Act } from '../../ui/act';
import { CopyLine } from '../../ui/copy';
import { Mark } from '../../ui/state';
import { Answer } from './answer';
import { ApprovalCard, Deadline } from './approval_card';
import { isChore } from './soonest';
import s from './inbox.module.css';

export function NeedCard({ need }: { need: Need }) {
  return isChore(need) ? <Chore need={need} /> : <Question need={need} />;
}

function Question({ need }: { need: Need }) {
  const open = useOperation('approval.list', { open: true, limit: 1_000 }, { all: 'approvals' });
  const approval = open.data?.approvals.find((one) => one.id === need.id);
  if (approval) return <ApprovalCard approval={approval} />;
  return (
    <article className={s.card} aria-label={`${need.id}: ${need.text}`}>
      <div className={s.what}>
        <p className={s.question}>
          <Mark state="needs_you" size={14} /> {need.text}
        </p>
        <Deadline opened={null} deadline={need.deadline} word={need.default} />
      </div>
      <Answer id={need.id} />
    </article>
  );
}

// What no yes or no settles, such as an agent in quarantine: the command that does it.
function Chore({ need }: { need: Need }) {
  const agent = /^lazaret agent start (\S+)$/.exec(need.command)?.[1];
  return (
    <article className={s.card} aria-label={need.text}>
      <div className={s.what}>
        <p className={s.question}>
          <Mark state={agent ? 'quarantined' : 'needs_you'} size={14} /> {need.text}
        </p>
        {agent && (
          <p className={s.facts}>
            <Link href={agentPath(agent)}>{agent}: why, log and checkpoints</Link>
          </p>
        )}
        {need.command && <CopyLine text={need.command} />}
      </div>
      {agent && (
        <div className={s.answer}>
          <Act
            operation="agent.start"
            inputs={{ agent }}
            label="Start it"
            title={`Start ${agent}`}
            look="strong"
            about="It leaves quarantine and its tries are counted anew."
            done={`${agent} is starting`}
          />
        </div>
      )}
    </article>
  );
}
