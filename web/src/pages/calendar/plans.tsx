// What recurs: by which rule, when next, and whether it stands still and why.
import { useRef } from 'react';
import { Card } from '../../ui/card';
import { countText } from '../../ui/amounts';
import { useRowKeys } from '../../ui/rows';
import { Mark, State } from '../../ui/state';
import { Countdown, zoneName } from '../../ui/time';
import { ruleFrom, ruleWords } from './rule';
import { zoneText } from './span';
import type { FullPlan } from './types';
import s from './plans.module.css';

const fatesShown = 12;

export function Plans({ plans, onOpen }: { plans: FullPlan[]; onOpen: (id: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const sorted = [...plans].sort(
    (a, b) => Number(b.paused) - Number(a.paused) || (a.next[0] ?? '~').localeCompare(b.next[0] ?? '~'),
  );
  return (
    <Card flush title={`Plans (${plans.length.toLocaleString()})`}>
      <div ref={box} id="plans" className={s.box}>
        {sorted.map((plan) => (
          <Row key={plan.id} plan={plan} onOpen={() => onOpen(plan.id)} />
        ))}
      </div>
    </Card>
  );
}

function Row({ plan, onOpen }: { plan: FullPlan; onOpen: () => void }) {
  const next = plan.next[0];
  return (
    <button type="button" data-row className={s.row} onClick={onOpen}>
      <span className={s.name}>
        <span className={s.title}>{plan.title || `plan ${plan.id}`}</span>
        <span className="faint small">{plan.agent}</span>
      </span>
      <span className={s.rule}>
        {ruleWords(ruleFrom(plan.rule))}
        <span className="faint small">{plan.timezone}</span>
      </span>
      <span className={s.next}>
        {plan.paused ? (
          <>
            <State state="paused" />
            <span className="faint small">{plan.paused_reason}</span>
          </>
        ) : next ? (
          <>
            <Countdown until={next} />
            <span className="faint small">
              {zoneText(next, plan.timezone)}
              {plan.timezone !== zoneName() && ' there'}
            </span>
          </>
        ) : (
          <span className="faint">never again</span>
        )}
      </span>
      <Fates plan={plan} />
    </button>
  );
}

// What became of the last times, oldest first.
function Fates({ plan }: { plan: FullPlan }) {
  const past = (plan.past ?? []).slice(0, fatesShown).reverse();
  const missed = past.filter((one) => one.fate === 'missed').length;
  return (
    <span className={s.fates}>
      <span title={past.map((one) => `${zoneText(one.time!)} ${one.fate}`).join('\n')}>
        {past.map((one) => (
          <Mark key={one.virtual_id} state={one.fate ?? 'unknown'} size={10} />
        ))}
      </span>
      <span className="faint small">
        {past.length === 0
          ? 'not yet due'
          : missed > 0
            ? `${missed} of the last ${past.length} missed`
            : `none of the last ${past.length} missed`}
        {(plan.failures ?? 0) > 0 && (
          <span className={s.failures}> · {countText(plan.failures!, 'failure')} in a row</span>
        )}
      </span>
    </span>
  );
}
