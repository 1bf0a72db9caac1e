// The next times of a rule while it is being written: as clocks of its zone show them, and the reader's.
import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { call, type Refusal } from '../../api/client';
import type { PlanPreview } from '../../api/generated';
import { namedText, zoneText } from '../../ui/clock';
import { zoneName } from '../../ui/time';
import type { Rule } from './rule';
import { NextLine } from './rule_fields';
import s from './panel.module.css';

const shownMost = 10;
const calmAfter = 350; // ms without a key

export function Preview({ inputs, rule, zone }: { inputs: Record<string, unknown>; rule: Rule; zone: string }) {
  const calm = useCalm(JSON.stringify(inputs));
  const next = useQuery<PlanPreview, Refusal>({
    queryKey: ['plan.preview', calm],
    queryFn: ({ signal }) => call('plan.preview', { ...JSON.parse(calm), count: shownMost }, signal),
    enabled: rule.text.trim() !== '',
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <section className={s.preview} aria-live="polite" aria-busy={next.isFetching}>
      <h3>
        Next times{' '}
        <span className="faint small">
          {zone === zoneName() ? `in ${zone}` : `left in ${zone}, right in yours, ${zoneName()}`}
        </span>
      </h3>
      {next.error ? (
        <p className={s.refused} role="alert">
          {next.error.message} <span className="faint">{next.error.remedy}</span>
        </p>
      ) : (
        <Times answer={next.data} />
      )}
      <NextLine rule={rule} zone={zone} />
    </section>
  );
}

function Times({ answer }: { answer: PlanPreview | undefined }) {
  if (!answer) return <p className="faint">…</p>;
  if (answer.times.length === 0)
    return (
      <p className={s.refused}>
        {answer.stop === 'gave_up'
          ? 'This rule is so rare that no time of it was found.'
          : 'This rule has no time to come.'}
      </p>
    );
  return (
    <>
      <ul className={s.times}>
        {answer.times.map((one) => (
          <li key={`${one.at}${one.local_time}`}>
            <span>
              {namedText(one.local_time)} <span className="faint small">{one.offset}</span>
            </span>
            {answer.timezone !== zoneName() && <span className="faint">{zoneText(one.at!)}</span>}
            {one.note && <span className={s.noteLine}>{one.note}</span>}
          </li>
        ))}
      </ul>
      {answer.stop !== 'enough' && (
        <p className="faint small">
          {answer.stop === 'over' ? 'After these it ends.' : 'The next one is too rare to be found.'}
        </p>
      )}
    </>
  );
}

function useCalm(text: string): string {
  const [calm, setCalm] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setCalm(text), calmAfter);
    return () => window.clearTimeout(timer);
  }, [text]);
  return calm;
}
