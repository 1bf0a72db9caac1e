// One agent: how it is, why, and all that can be done about it.
import { lazy, Suspense } from 'react';
import { Tabs } from 'radix-ui';
import { useOperation } from '../../api/use';
import type { Agent as AgentData } from '../../api/generated';
import { Shown, Waiting } from '../../ui/shown';
import { useChosenInSight } from '../../ui/sideways';
import { useInUrl } from '../../ui/url';
import { Attempts } from './attempts';
import { Checkpoints } from './checkpoints';
import { Head } from './head';
import { Limits } from './limits';
import { Overview } from './overview';
import { Wakes } from './wakes';
import s from './agent.module.css';

const Log = lazy(() => import('./log'));

const ofOurs = new Set<string>(['log', 'attempts', 'wakes']); // who runs elsewhere has none here

const tabs = [
  ['overview', 'Overview'],
  ['log', 'Log'],
  ['attempts', 'Attempts'],
  ['wakes', 'Wakes'],
  ['checkpoints', 'Checkpoints'],
  ['limits', 'Limits and spend'],
] as const;

export default function Agent({ agent }: { agent: string }) {
  const shown = useOperation('agent.show', { agent }, { every: 3 });
  return (
    <Shown of={shown} rows={6}>
      {(data) => (
        <>
          <Head agent={data} />
          <Parts agent={data} />
        </>
      )}
    </Shown>
  );
}

function Parts({ agent }: { agent: AgentData }) {
  const [tab, setTab] = useInUrl('tab', 'overview');
  const fitting = tabs.filter(([name]) => agent.process !== 'external' || !ofOurs.has(name));
  const chosen = fitting.some(([name]) => name === tab) ? tab : 'overview';
  const row = useChosenInSight<HTMLDivElement>(chosen);
  return (
    <Tabs.Root value={chosen} onValueChange={setTab} className={s.tabs}>
      <Tabs.List ref={row} className={`${s.tabList} sideways`} aria-label="About this agent">
        {fitting.map(([name, label]) => (
          <Tabs.Trigger key={name} value={name} className={s.tab}>
            {label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={chosen} className={s.panel}>
        <Suspense fallback={<Waiting rows={8} />}>
          <Part tab={chosen} agent={agent} />
        </Suspense>
      </Tabs.Content>
    </Tabs.Root>
  );
}

function Part({ tab, agent }: { tab: string; agent: AgentData }) {
  switch (tab) {
    case 'log':
      return <Log agent={agent} />;
    case 'attempts':
      return <Attempts agent={agent} />;
    case 'wakes':
      return <Wakes agent={agent} />;
    case 'checkpoints':
      return <Checkpoints agent={agent} />;
    case 'limits':
      return <Limits agent={agent} />;
    default:
      return <Overview agent={agent} />;
  }
}
