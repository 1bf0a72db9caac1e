// A plan, made or changed, with its next times before it is.
import { useMemo, useState, type FormEvent } from 'react';
import { cliLine } from '../../api/client';
import type { Inputs, Plan } from '../../api/generated';
import { useAction } from '../../api/use';
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { planDraft, planInputs, timeInputs, type PlanDraft } from './plan_draft';
import { DateFields, PolicyFields } from './policy_fields';
import { Preview } from './preview';
import { RuleFields } from './rule_fields';
import type { FullPlan } from './types';
import { KindOfTime, WhoAndWhat, type Setter, type WorkDraft } from './work_fields';
import s from './panel.module.css';

interface Props {
  plan?: FullPlan; // the one to change
  onClose: () => void;
  onBack?: () => void; // to what it was opened from
  onMade: (id: number) => void;
}

export function PlanForm({ plan, onClose, onBack = onClose, onMade }: Props) {
  const [draft, setDraft] = useState<PlanDraft>(() => planDraft(plan));
  const [fault, setFault] = useState('');
  const add = useAction('plan.add', { quiet: true, done: (made) => `Plan ${made.id} made` });
  const edit = useAction('plan.edit', { quiet: true, done: 'Changed' });
  const set: Setter<PlanDraft> = (key, value) => setDraft((now) => ({ ...now, [key]: value }));
  const inputs = useMemo(() => inputsOf(draft, plan), [draft, plan]);
  const refusal = plan ? edit.error : add.error;
  const onSuccess = (made: Plan) => onMade(made.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFault(inputs.fault ?? '');
    if (!inputs.said) return;
    if (plan) edit.mutate(inputs.said as Inputs['plan.edit'], { onSuccess });
    else add.mutate(inputs.said as Inputs['plan.add'], { onSuccess });
  };
  return (
    <Dialog open wide onClose={onClose} title={plan ? `Change ${plan.title || `plan ${plan.id}`}` : 'New plan'}>
      <form className={s.form} onSubmit={submit}>
        <WhoAndWhat draft={draft} set={set as Setter<WorkDraft>} />
        <RuleFields
          choices={draft.choices}
          rule={draft.rule}
          onChange={(choices, rule) => setDraft((now) => ({ ...now, choices, rule }))}
        />
        <ZoneField value={draft.timezone} onChange={(zone) => set('timezone', zone)} />
        {draft.rule.kind === 'rrule' && <DateFields draft={draft} set={set} />}
        <Preview inputs={timeInputs(draft)} rule={draft.rule} zone={draft.timezone || 'UTC'} />
        <details className={s.more}>
          <summary>When times are missed, overlap or fall on a change of clocks</summary>
          <PolicyFields draft={draft} set={set} />
        </details>
        <details className={s.more}>
          <summary>Duration, priority, kind</summary>
          <KindOfTime draft={draft} set={set as Setter<WorkDraft>} />
        </details>
        {(fault || refusal) && (
          <p className={s.refused} role="alert">
            {fault || refusal?.message} <span className="faint">{!fault && refusal?.remedy}</span>
          </p>
        )}
        {inputs.said && (
          <CopyLine
            text={cliLine(
              plan ? 'plan.edit' : 'plan.add',
              plan ? inputs.said : { ...inputs.said, agent: draft.agent.trim() || 'AGENT' },
            )}
          />
        )}
        <div className={`${s.buttons} ${s.end}`}>
          <Button onClick={onBack}>Cancel</Button>
          <Button type="submit" look="strong" busy={add.isPending || edit.isPending}>
            {plan ? 'Save' : 'Make the plan'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function inputsOf(draft: PlanDraft, plan: FullPlan | undefined): { said?: Record<string, unknown>; fault?: string } {
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
