// One plan: its rule and policies, its next times, and what became of the last ones and why.
import { useState } from 'react';
import { routes } from '../../api/generated';
import { useMay, useOperation } from '../../api/use';
import { Act } from '../../ui/act';
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { namedText, zoneText } from '../../ui/clock';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Shown } from '../../ui/shown';
import { State } from '../../ui/state';
import { spanText, zoneName } from '../../ui/time';
import { AgentName } from './lane_name';
import { outcomeOfTime } from './outcome';
import { OutcomeState } from './outcome_mark';
import { PlanForm } from './plan_form';
import { foldWords, gapWords, missedWords, overlapWords } from './policy_fields';
import { ruleFrom, ruleWords } from './rule';
import type { FullPlan } from './types';
import { usePastSlots } from './use_past_slots';
import s from './panel.module.css';

interface Props {
  id: number;
  onClose: () => void;
  onSlot: (ident: string) => void;
}

export function PlanPanel({ id, onClose, onSlot }: Props) {
  const plan = useOperation('plan.show', { plan: id });
  const [editing, setEditing] = useState(false);
  const data = plan.data as FullPlan | undefined;
  if (editing && data)
    return <PlanForm plan={data} onClose={onClose} onBack={() => setEditing(false)} onMade={() => setEditing(false)} />;
  return (
    <Dialog open wide onClose={onClose} title={data?.title || `Plan ${id}`}>
      <Shown of={plan} rows={6}>
        {() => data && <Body plan={data} onEdit={() => setEditing(true)} onGone={onClose} onSlot={onSlot} />}
      </Shown>
    </Dialog>
  );
}

function Body({
  plan,
  onEdit,
  onGone,
  onSlot,
}: {
  plan: FullPlan;
  onEdit: () => void;
  onGone: () => void;
  onSlot: (ident: string) => void;
}) {
  const mayEdit = useMay(routes['plan.edit'].scope);
  const name = plan.title || `plan ${plan.id}`;
  return (
    <>
      <p className={s.buttons}>
        <State state={plan.paused ? 'paused' : 'active'} />
        {plan.paused_reason && <span>{plan.paused_reason}</span>}
        {(plan.failures ?? 0) > 0 && <span className={s.refused}>{countText(plan.failures!, 'failure')} in a row</span>}
      </p>
      <Facts plan={plan} />
      {plan.prompt && <p className={s.message}>{plan.prompt}</p>}
      <div className={s.buttons}>
        {mayEdit && (
          <Button look="strong" onClick={onEdit}>
            Change
          </Button>
        )}
        {plan.paused ? (
          <Act
            operation="plan.resume"
            inputs={{ plan: plan.id }}
            label="Resume"
            title={`Resume ${name}`}
            about="It goes on from now; what was due meanwhile stays skipped."
            done={`${name} goes on`}
          />
        ) : (
          <Act
            operation="plan.pause"
            inputs={{ plan: plan.id }}
            label="Pause"
            title={`Pause ${name}`}
            about="Its times are skipped until it is resumed."
            done={`${name} is paused`}
          />
        )}
        <Act
          operation="plan.remove"
          inputs={{ plan: plan.id }}
          reason={false}
          label="Remove"
          look="danger"
          title={`Remove ${name}`}
          about="Its open slots are skipped. What ran stays in the journal."
          done={`${name} is removed`}
          then={onGone}
        />
      </div>
      <Next plan={plan} />
      <Past plan={plan} onSlot={onSlot} />
      <CopyLine text={`lazaret plan show ${plan.id}`} />
    </>
  );
}

function Facts({ plan }: { plan: FullPlan }) {
  const rule = ruleFrom(plan.rule);
  const within = plan.within_seconds ? `, if at most ${spanText(plan.within_seconds)} late` : '';
  const facts: [string, React.ReactNode][] = [
    ['Agent', <AgentName agent={plan.agent} />],
    [
      'When',
      <>
        {ruleWords(rule) !== rule.text && `${ruleWords(rule)}, `}
        <code>
          {rule.kind} {rule.text}
        </code>{' '}
        in {plan.timezone}
      </>,
    ],
    ['Missed', `${missedWords[plan.missed ?? ''] ?? plan.missed}${within}`],
    ['Overlap', overlapWords[plan.overlap ?? ''] ?? plan.overlap],
    [
      'Clocks',
      `a time they skip ${gapWords[plan.gap ?? ''] ?? plan.gap}; one they show twice ${foldWords[plan.fold ?? ''] ?? plan.fold}`,
    ],
  ];
  if (plan.start) facts.splice(2, 0, ['Begins', <code>{plan.start}</code>]);
  if (plan.dates?.length) facts.push(['Further dates', plan.dates.join(', ')]);
  if (plan.exceptions?.length) facts.push(['Left out', plan.exceptions.join(', ')]);
  if (plan.jitter_seconds) facts.push(['Spread', `at most ${spanText(plan.jitter_seconds)} later`]);
  if (plan.pause_after_failures)
    facts.push(['Pauses', `after ${countText(plan.pause_after_failures, 'failure')} in a row`]);
  return (
    <dl className={s.facts}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Next({ plan }: { plan: FullPlan }) {
  if (plan.next.length === 0) return plan.paused ? null : <p className="faint">It never comes again.</p>;
  const isElsewhere = plan.timezone !== zoneName();
  return (
    <section>
      <h3>Next times</h3>
      <ul className={s.times}>
        {plan.next.map((at) => (
          <li key={at}>
            <span>
              {namedText(at)} <span className="faint small">{at.slice(19)}</span>
            </span>
            {isElsewhere && <span className="faint">{zoneText(at)} in yours</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Past({ plan, onSlot }: { plan: FullPlan; onSlot: (ident: string) => void }) {
  const slots = usePastSlots([plan], plan.past.length, plan.agent);
  if (plan.past.length === 0) return null;
  const outcomes = plan.past.map((one) => ({ one, outcome: outcomeOfTime(one, slots.get(one.slot ?? 0)) }));
  return (
    <section>
      <h3>What became of the last times</h3>
      <ul className={`${s.times} ${s.past}`}>
        {outcomes.map(({ one, outcome }) => (
          <li key={one.virtual_id}>
            <span>{zoneText(one.time!)}</span>
            <OutcomeState of={outcome} />
            <span className="faint small">{outcome.reason}</span>
            {one.slot ? (
              <button type="button" className={s.inline} onClick={() => onSlot(String(one.slot))}>
                slot {one.slot}
              </button>
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
