// What became of an agent, from the journal: read once, and again when something more has happened to it.
import { useEffect } from 'react';
import { live } from '../../api/live';
import { useOperation } from '../../api/use';
import type { Agent, Event } from '../../api/generated';

const factsMost = 1_000;

const kinds = [
  'agent_defined',
  'agent_starting',
  'agent_spawned',
  'agent_ready',
  'agent_adopted',
  'agent_stopping',
  'agent_killed',
  'agent_exited',
  'agent_backed_off',
  'agent_quarantined',
  'agent_awaits_approval',
  'agent_released',
  'agent_paused',
  'agent_frozen',
  'agent_health_changed',
  'agent_rate_limited',
  'hang_suspected',
  'hang_cleared',
  'hang_declared',
].join(',');

export function useHistory(agent: Agent) {
  const history = useOperation('events.list', {
    cell: agent.cell_id,
    agent: agent.agent_id,
    kind: kinds,
    newest: true,
    limit: factsMost,
  });
  const { refetch } = history;
  useEffect(() => {
    const concerns = (event: Event) =>
      event.agent === agent.agent_id && event.cell === agent.cell_id && kinds.includes(event.kind);
    return live.watch((events) => {
      if (events.some(concerns)) void refetch({ cancelRefetch: false });
    });
  }, [agent.agent_id, agent.cell_id, refetch]);
  return history;
}

// A field of an event's body, which may be anything.
export function fieldOf(event: Event, name: string): unknown {
  return typeof event.body === 'object' && event.body !== null
    ? (event.body as Record<string, unknown>)[name]
    : undefined;
}
