// What became of an agent, from the journal: read once, and again when something more has happened to it.
import { useEffect, useMemo, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { call, type Refusal } from '../../api/client';
import { live } from '../../api/live';
import { useOperation } from '../../api/use';
import type { Agent, Event } from '../../api/generated';

export const factsMost = 1_000; // of one answer

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

const askedOf = (agent: Agent) => ({
  cell: agent.cell_id,
  agent: agent.agent_id,
  kind: kinds,
  newest: true,
  limit: factsMost,
});

export function useHistory(agent: Agent) {
  const history = useOperation('events.list', askedOf(agent));
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

// Facts older than the newest ones, an answer at a time, on demand.
export function useOlder(agent: Agent, newest: readonly Event[]) {
  const [older, setOlder] = useState<readonly Event[]>([]);
  const [atEnd, setAtEnd] = useState(false);
  const events = useMemo(() => joined(older, newest), [older, newest]);
  const asking = useMutation<void, Refusal, void>({
    mutationFn: async () => {
      // Facts of the same millisecond come twice, and are joined.
      const until = new Date(Date.parse(events[0]!.at!) + 1).toISOString();
      const answer = await call('events.list', { ...askedOf(agent), until });
      const all = joined(answer.events, events);
      setAtEnd(answer.events.length < factsMost || all.length === events.length);
      setOlder(all);
    },
  });
  return { events, asking, more: events.length >= factsMost && !atEnd };
}

// Each fact once, oldest first.
function joined(some: readonly Event[], others: readonly Event[]): readonly Event[] {
  if (some.length === 0) return others;
  const known = new Map([...some, ...others].map((event) => [event.number, event]));
  return [...known.values()].sort((a, b) => a.number - b.number);
}

// A field of an event's body, which may be anything.
export function fieldOf(event: Event, name: string): unknown {
  return typeof event.body === 'object' && event.body !== null
    ? (event.body as Record<string, unknown>)[name]
    : undefined;
}
