// A plan, made or changed, with its next times before it is.
import { useMemo, useState } from 'react';
import { cliLine } from '../../api/client';
import type { Inputs, Plan } from '../../api/generated';
import { useAction } from '../../api/use';
import { Field } from '../../ui/field';
import type { Setter } from './draft_fields';
import { planDraft, planInputs, timeInputs, type PlanDraft } from './plan_draft';
import { DateFields, PolicyFields } from './policy_fields';
import { Preview } from './preview';
import { RuleFields } from './rule_fields';
import type { FullPlan } from './types';
import type { WorkDraft } from './work_fields';
import { WorkForm } from './work_form';
import s from './panel.module.css';

interface Props {
  plan?: FullPlan; // the one to change
  onClose: () => void;
  onBack?: () => void; // to what it was opened from
  onMade: (id: number) => void;
}

export function PlanForm({ plan, onClose, onBack = onClose, onMade }: Props) {
  const [draft, setDraft] = useState<PlanDraft>(() => planDraft(plan));
  const add = useAction('plan.add', { quiet: true, done: (made) => `Plan ${made.id} made` });
  const edit = useAction('plan.edit', { quiet: true, done: 'Changed' });
  const set: Setter<PlanDraft> = (key, value) => setDraft((now) => ({ ...now, [key]: value }));
  const inputs = useMemo(() => inputsOf(draft, plan), [draft, plan]);
  const onSuccess = (made: Plan) => onMade(made.id);
  const send = (said: Record<string, unknown>) =>
    plan
      ? edit.mutate(said as Inputs['plan.edit'], { onSuccess })
      : add.mutate(said as Inputs['plan.add'], { onSuccess });
  const commandOf = (said: Record<string, unknown>) =>
    plan ? cliLine('plan.edit', said) : cliLine('plan.add', { ...said, agent: draft.agent.trim() || 'AGENT' });
  return (
    <WorkForm
      title={plan ? `Change ${plan.title || `plan ${plan.id}`}` : 'New plan'}
      send={plan ? 'Save' : 'Make the plan'}
      draft={draft}
      set={set as Setter<WorkDraft>}
      written={'fault' in inputs ? inputs : { command: commandOf(inputs.said), send: () => send(inputs.said) }}
      refusal={plan ? edit.error : add.error}
      busy={add.isPending || edit.isPending}
      onClose={onClose}
      onBack={onBack}
      more={
        <details className={s.more}>
          <summary>When times are missed, overlap or fall on a change of clocks</summary>
          <PolicyFields draft={draft} set={set} />
        </details>
      }
    >
      <RuleFields
        choices={draft.choices}
        rule={draft.rule}
        onChange={(choices, rule) => setDraft((now) => ({ ...now, choices, rule }))}
      />
      <ZoneField value={draft.timezone} onChange={(zone) => set('timezone', zone)} />
      {draft.rule.kind === 'rrule' && <DateFields draft={draft} set={set} />}
      <Preview inputs={timeInputs(draft)} rule={draft.rule} zone={draft.timezone || 'UTC'} />
    </WorkForm>
  );
}

function inputsOf(draft: PlanDraft, plan: FullPlan | undefined): { said: Record<string, unknown> } | { fault: string } {
  try {
    return { said: { ...(plan ? { plan: plan.id } : {}), ...planInputs(draft, plan) } };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  return (
    <Field label="Time zone of the rule">
      <input
        list="calendar-zones"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        required
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id="calendar-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </Field>
  );
}
