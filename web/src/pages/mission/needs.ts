// For what missions need somebody: questions that are open, agents that were given up on.
import { useMemo } from 'react';
import { agentPath } from '../../api/agents';
import type { Agent, Approval } from '../../api/generated';
import { useOperation } from '../../api/use';

export interface MissionNeed {
  text: string;
  href: string; // where it is answered
}

export type Needs = ReadonlyMap<string, readonly MissionNeed[]>; // by mission

// Of one mission, or of all.
export function useNeeds(cell?: string): Needs {
  const agents = useOperation('agent.list', { cell, limit: 1_000 }, { every: 5, all: 'agents' });
  const open = useOperation('approval.list', { open: true, limit: 1_000 }, { every: 5, all: 'approvals' });
  return useMemo(() => needsOf(agents.data?.agents ?? [], open.data?.approvals ?? []), [agents.data, open.data]);
}

function needsOf(agents: readonly Agent[], open: readonly Approval[]): Needs {
  const needs = new Map<string, MissionNeed[]>();
  const add = (cell: string | null | undefined, need: MissionNeed) => {
    if (cell) needs.set(cell, [...(needs.get(cell) ?? []), need]);
  };
  for (const one of open) if (one.open) add(one.cell, { text: one.question, href: '/inbox' });
  const asked = new Set(open.map((one) => one.id));
  for (const agent of agents) {
    if (agent.process !== 'quarantined' || asked.has(agent.approval ?? '')) continue;
    add(agent.cell_id, { text: `${agent.agent_id} is quarantined: ${agent.reason}`, href: agentPath(agent.ref) });
  }
  return needs;
}
