// What recurs: by which rule, when next, and whether it stands still and why.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Card } from '../../ui/card';
import { countText } from '../../ui/amounts';
import { zoneText } from '../../ui/clock';
import { useRowKeys } from '../../ui/rows';
import { State } from '../../ui/state';
import { Countdown, zoneName } from '../../ui/time';
import { outcomeOfTime, outcomeText, summaryOf } from './outcome';
import { OutcomeMark } from './outcome_mark';
import { ruleFrom, ruleWords } from './rule';
import type { FullPlan } from './types';
import { usePastSlots, type PastSlots } from './use_past_slots';
import s from './plans.module.css';

const timesShown = 12;
const rowHeight = 60;

const soonest = (a: FullPlan, b: FullPlan) =>
  Number(b.paused) - Number(a.paused) || (a.next[0] ?? '~').localeCompare(b.next[0] ?? '~');

export function Plans({ plans, onOpen }: { plans: FullPlan[]; onOpen: (id: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const slots = usePastSlots(plans, timesShown);
  const sorted = useMemo(() => [...plans].sort(soonest), [plans]);
  const rows = useWindowVirtualizer({
    count: sorted.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
    getItemKey: (i) => sorted[i]!.id,
  });
  return (
    <Card flush title={`Plans (${plans.length.toLocaleString()})`}>
      <div ref={box} id="plans" className={s.box} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const plan = sorted[item.index]!;
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              className={s.placed}
              style={{ transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
            >
              <Row plan={plan} slots={slots} onOpen={() => onOpen(plan.id)} />
            </div>
          );
        })}
      </div>
    </Card>
  );
}

function Row({ plan, slots, onOpen }: { plan: FullPlan; slots: PastSlots; onOpen: () => void }) {
  const next = plan.next[0];
  return (
    <button type="button" data-row className={s.row} onClick={onOpen}>
      <span className={s.name}>
        <span className={s.title} title={plan.title}>
          {plan.title || `plan ${plan.id}`}
        </span>
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
      <Outcomes plan={plan} slots={slots} />
    </button>
  );
}

// What became of the last times, oldest first.
function Outcomes({ plan, slots }: { plan: FullPlan; slots: PastSlots }) {
  const past = plan.past
    .slice(0, timesShown)
    .reverse()
    .map((one) => ({ ...outcomeOfTime(one, slots.get(one.slot ?? 0)), key: one.virtual_id, at: one.time! }));
  const said = past.map((one) => [zoneText(one.at), outcomeText(one), one.reason].filter(Boolean).join(' · '));
  return (
    <span className={s.outcomes}>
      <span title={said.join('\n')}>
        {past.map((one) => (
          <OutcomeMark key={one.key} of={one} size={10} />
        ))}
      </span>
      <span className="faint small">
        {past.length === 0 ? 'not yet due' : summaryOf(past)}
        {(plan.failures ?? 0) > 0 && (
          <span className={s.failures}> · {countText(plan.failures!, 'failure')} in a row</span>
        )}
      </span>
    </span>
  );
}
