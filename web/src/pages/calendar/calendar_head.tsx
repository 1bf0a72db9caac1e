// One line that says whether somebody must look.
import { routes } from '../../api/generated';
import { useMay } from '../../api/use';
import { countText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { PageHead } from '../../ui/card';
import { spanText, useNow, zoneName } from '../../ui/time';
import { Subscribe } from './subscribe';
import type { FullPlan } from './types';
import s from './calendar.module.css';

const lookedBack = 24 * 3_600_000;

interface Props {
  plans: FullPlan[];
  onNewPlan: () => void;
  onNewSlot: () => void;
}

export function CalendarHead({ plans, onNewPlan, onNewSlot }: Props) {
  const now = useNow();
  const mayPlan = useMay(routes['plan.add'].scope);
  const missed = plans
    .flatMap((plan) => plan.past ?? [])
    .filter((one) => one.fate === 'missed' && now - Date.parse(one.time ?? '') < lookedBack).length;
  const stopped = plans.filter((plan) => plan.paused && (plan.failures ?? 0) > 0).length;
  const failing = plans.filter((plan) => !plan.paused && (plan.failures ?? 0) > 0).length;
  const troubles = [
    stopped > 0 && `${countText(stopped, 'plan')} stopped after failures`,
    failing > 0 && `${countText(failing, 'plan')} failed the last time`,
    missed > 0 && `${countText(missed, 'time')} missed since yesterday`,
  ].filter(Boolean);
  return (
    <PageHead
      title={
        troubles.length > 0
          ? sentence(troubles.join(', '))
          : plans.length > 0
            ? 'Nothing was missed since yesterday'
            : 'Calendar'
      }
      about={
        <>
          {plans.length > 0 && <a href="#plans">{planCount(plans)}</a>}
          {plans.length > 0 && '. '}
          <Next plans={plans} now={now} />{' '}
          <span className="faint small">· Times are in your zone, {zoneName()}, unless another is named.</span>
        </>
      }
      actions={
        <>
          <Subscribe />
          {mayPlan && <Button onClick={onNewSlot}>New slot</Button>}
          {mayPlan && (
            <Button look="strong" onClick={onNewPlan}>
              New plan
            </Button>
          )}
        </>
      }
    />
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// How long it takes until then keeps its width: a plan that fires each second must not move the page below.
function Next({ plans, now }: { plans: FullPlan[]; now: number }) {
  if (plans.length === 0) return 'No plans.';
  const coming = plans
    .flatMap((plan) => (plan.next[0] ? [{ plan, at: Date.parse(plan.next[0]) }] : []))
    .sort((a, b) => a.at - b.at)[0];
  if (!coming) return 'No plan has a time to come.';
  const left = (coming.at - now) / 1_000;
  return (
    <>
      Next: {coming.plan.title || `plan ${coming.plan.id}`} for {coming.plan.agent}{' '}
      <span className={s.left}>{left > 0 ? `in ${spanText(left)}` : 'now'}.</span>
    </>
  );
}

function planCount(plans: FullPlan[]): string {
  const paused = plans.filter((plan) => plan.paused).length;
  return `${countText(plans.length, 'plan')}${paused ? `, ${paused} of them paused` : ''}`;
}
