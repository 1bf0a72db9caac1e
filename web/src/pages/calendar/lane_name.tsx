import { createContext, useContext } from 'react';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import { zoneName } from '../../ui/time';
import s from './calendar.module.css';

// The zones of agents that ask for their slots themselves; others have none of their own.
export const Zones = createContext<ReadonlyMap<string, string>>(new Map());

export function AgentName({ agent }: { agent: string }) {
  const isCaller = useContext(Zones).has(agent); // no agent of the fleet, so it has no page
  return isCaller ? (
    <span title="An agent that asks the calendar for its slots">{agent}</span>
  ) : (
    <Link href={agentPath(agent)}>{agent}</Link>
  );
}

export function LaneName({ agent }: { agent: string }) {
  const zone = useContext(Zones).get(agent);
  return (
    <h3 className={s.laneName}>
      <AgentName agent={agent} />
      {zone && zone !== zoneName() && <span className={s.zone}>{zone}</span>}
    </h3>
  );
}
