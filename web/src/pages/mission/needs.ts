// For what missions need somebody: what they say themselves, questions that are open beside that, and agents that were
// given up on while others go on.
import { useMemo } from 'react';
import { agentPath, missionPath } from '../../api/agents';
import type { Agent, Approval, Cell } from '../../api/generated';
import { useOperation } from '../../api/use';

export interface MissionNeed {
  text: string;
  href: string; // where it is answered, or told in full
  command?: string; // that settles it
}

export type Needs = ReadonlyMap<string, readonly MissionNeed[]>; // by mission

// `one`: where it is about one mission only.
export function useNeeds(cells: readonly Cell[], one?: string): Needs {
  const agents = useOperation('agent.list', { cell: one, limit: 1_000 }, { all: 'agents' });
  const open = useOperation('approval.list', { open: true, limit: 1_000 }, { all: 'approvals' });
  return useMemo(
    () => needsOf(cells, agents.data?.agents ?? [], open.data?.approvals ?? []),
    [cells, agents.data, open.data],
  );
}

function needsOf(cells: readonly Cell[], agents: readonly Agent[], open: readonly Approval[]): Needs {
  const needs = new Map<string, MissionNeed[]>();
  const add = (cell: string, need: MissionNeed) => needs.set(cell, [...(needs.get(cell) ?? []), need]);
  const said = new Map(cells.flatMap((cell) => (cell.needs ? [[cell.cell_id, cell.needs]] : [])));
  for (const [cell, text] of said) add(cell, ownWord(cell, text, open));
  for (const one of open) {
    if (!one.open || !one.cell || isNamed(one.id, said.get(one.cell))) continue;
    add(one.cell, { text: one.question, href: '/inbox' });
  }
  const asked = new Set(open.map((one) => one.id));
  for (const agent of agents) {
    if (agent.process !== 'quarantined' || asked.has(agent.approval ?? '') || said.has(agent.cell_id)) continue;
    add(agent.cell_id, { text: `${agent.agent_id} is quarantined: ${agent.reason}`, href: agentPath(agent.ref) });
  }
  return needs;
}

// "nothing goes on until …; lazaret …": what it is, and the command that settles it.
function ownWord(cell: string, text: string, open: readonly Approval[]): MissionNeed {
  const command = /; (lazaret .*)$/.exec(text)?.[1];
  const isAsked = open.some((one) => isNamed(one.id, text));
  return {
    text: command === undefined ? text : text.slice(0, -command.length - 2),
    href: isAsked ? '/inbox' : missionPath(cell),
    command: isAsked ? undefined : command,
  };
}

const isNamed = (id: string, text: string | undefined) => text?.split(/[^\w-]/).includes(id) ?? false;
