// What is due, for whom and when; what was missed and why; the plans that make it recur.
import { useMemo } from 'react';
import { useOperation } from '../../api/use';
import { Empty, Shown } from '../../ui/shown';
import { CopyLine } from '../../ui/copy';
import { zoneName } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { CalendarCard } from './calendar_card';
import { CalendarHead } from './calendar_head';
import { PlanForm } from './plan_form';
import { PlanPanel } from './plan_panel';
import { Plans } from './plans';
import { SlotForm } from './slot_form';
import { SlotPanel } from './slot_panel';
import { Zones } from './lane_name';
import type { FullPlan } from './types';

export default function Calendar() {
  const plans = useOperation('plan.list', { limit: 1_000 }, { every: 30, all: 'plans' });
  const callers = useOperation('calendar.agents', { limit: 1_000 }, { every: 30, all: 'agents' });
  const zones = useMemo(
    () => new Map((callers.data?.agents ?? []).map((one) => [one.agent, one.timezone ?? 'UTC'])),
    [callers.data],
  );
  return (
    <Zones value={zones}>
      <Shown of={plans} rows={8}>
        {(data) => <Page plans={data.plans as FullPlan[]} />}
      </Shown>
    </Zones>
  );
}

function Page({ plans }: { plans: FullPlan[] }) {
  const [slot, setSlot] = useInUrl('slot');
  const [plan, setPlan] = useInUrl('plan');
  const [made, setMade] = useInUrl('new');
  return (
    <>
      <CalendarHead plans={plans} onNewPlan={() => setMade('plan')} onNewSlot={() => setMade('slot')} />
      {plans.length === 0 && <NoPlans />}
      <CalendarCard
        plans={plans}
        onSlot={setSlot}
        onPlan={(id) => setPlan(String(id))}
        onMake={({ agent, at }) => setMade(`slot@${at}@${agent}`)}
      />
      {plans.length > 0 && <Plans plans={plans} onOpen={(id) => setPlan(String(id))} />}
      {slot && (
        <SlotPanel
          ident={slot}
          onClose={() => setSlot('')}
          onNow={setSlot}
          onPlan={(id) => {
            setSlot('');
            setPlan(String(id));
          }}
        />
      )}
      {plan && (
        <PlanPanel
          id={Number(plan)}
          onClose={() => setPlan('')}
          onSlot={(id) => {
            setPlan('');
            setSlot(id);
          }}
        />
      )}
      {made === 'plan' && (
        <PlanForm
          onClose={() => setMade('')}
          onMade={(id) => {
            setMade('');
            setPlan(String(id));
          }}
        />
      )}
      {made.startsWith('slot') && (
        <SlotForm of={placeOf(made)} onClose={() => setMade('')} onMade={() => setMade('')} />
      )}
    </>
  );
}

function placeOf(made: string): { at?: number; agent?: string } {
  const [, at, ...agent] = made.split('@');
  return at && Number.isFinite(Number(at)) ? { at: Number(at), agent: agent.join('@') } : {};
}

function NoPlans() {
  return (
    <Empty title="No work recurs yet">
      <p>
        A plan makes work recur: by a cron expression, a recurrence rule or a systemd OnCalendar expression, in any time
        zone.
      </p>
      <CopyLine text={`lazaret plan add AGENT --cron '0 9 * * MON-FRI' --timezone ${zoneName()} --title stand-up`} />
    </Empty>
  );
}
