// A plan while it is being written, and what of it is sent.
import { zoneName } from '../../ui/time';
import { choicesOf, ruleFrom, ruleOf, usualChoices, type Choices, type Rule } from './rule';
import type { FullPlan } from './types';
import { changed, workDraft, workInputs, type WorkDraft } from './work_fields';

export interface PlanDraft extends WorkDraft {
  choices: Choices;
  rule: Rule;
  start: string;
  dates: string; // one a line
  exceptions: string;
  timezone: string;
  gap: string;
  fold: string;
  missed: string;
  within_seconds: string;
  overlap: string;
  jitter_seconds: string;
  pause_after_failures: string;
}

const usualRule = ruleOf(usualChoices)!;

export function planDraft(plan?: FullPlan): PlanDraft {
  const rule = plan ? ruleFrom(plan.rule) : usualRule;
  return {
    ...workDraft(plan),
    rule,
    choices: plan ? choicesOf(rule) : usualChoices,
    start: plan?.start ?? '',
    dates: (plan?.dates ?? []).join('\n'),
    exceptions: (plan?.exceptions ?? []).join('\n'),
    timezone: plan?.timezone ?? zoneName(),
    gap: plan?.gap ?? 'offset_before',
    fold: plan?.fold ?? 'first',
    missed: plan?.missed ?? 'once',
    within_seconds: String(plan?.within_seconds ?? 3600),
    overlap: plan?.overlap ?? 'queue_newest',
    jitter_seconds: String(plan?.jitter_seconds ?? 0),
    pause_after_failures: String(plan?.pause_after_failures ?? 0),
  };
}

const linesOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

// What says when: also what a preview needs.
export function timeInputs(draft: PlanDraft) {
  const isRrule = draft.rule.kind === 'rrule';
  return {
    [draft.rule.kind]: draft.rule.text.trim(),
    ...(isRrule && draft.start.trim() ? { start: draft.start.trim() } : {}),
    ...(isRrule && linesOf(draft.dates).length > 0 ? { dates: linesOf(draft.dates) } : {}),
    ...(isRrule && linesOf(draft.exceptions).length > 0 ? { exceptions: linesOf(draft.exceptions) } : {}),
    timezone: draft.timezone.trim() || 'UTC',
    gap: draft.gap,
    fold: draft.fold,
  };
}

function policyInputs(draft: PlanDraft) {
  return {
    gap: draft.gap,
    fold: draft.fold,
    missed: draft.missed,
    within_seconds: Number(draft.within_seconds),
    overlap: draft.overlap,
    jitter_seconds: Number(draft.jitter_seconds),
    pause_after_failures: Number(draft.pause_after_failures),
  };
}

// What differs from the plan as it was, or from what a new one has anyway. Throws what is wrong with it.
export function planInputs(draft: PlanDraft, plan: FullPlan | undefined) {
  const before = planDraft(plan);
  const { gap: _gap, fold: _fold, ...time } = timeInputs(draft);
  const { gap: _gapBefore, fold: _foldBefore, ...timeBefore } = timeInputs(before);
  const said = plan ? changed(time, timeBefore) : time;
  const emptied = plan
    ? {
        ...(before.dates && !draft.dates.trim() ? { dates: [] } : {}),
        ...(before.exceptions && !draft.exceptions.trim() ? { exceptions: [] } : {}),
      }
    : {};
  return {
    ...(plan ? {} : { agent: draft.agent.trim() }),
    ...changed(workInputs(draft), workInputs(before)),
    ...said,
    ...emptied,
    ...changed(policyInputs(draft), policyInputs(before)),
  };
}
