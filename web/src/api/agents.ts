// What agents say of themselves, as people ask for it.
import type { Agent } from './generated';

// The one word that matters most; the words of ui/state.tsx.
export function stateOf(agent: Agent): string {
  if (agent.process === 'quarantined' || agent.process === 'awaiting_approval') return agent.process;
  if (agent.frozen || agent.halted) return 'frozen';
  if (agent.paused) return 'paused';
  if (agent.process !== 'running' && agent.process !== 'external') return agent.finished ? 'finished' : agent.process;
  if (agent.activity === 'rate_limited') return 'rate_limited';
  if (agent.hang && agent.hang !== 'none' && agent.hang !== 'calm') return 'silent';
  if (agent.health === 'degraded' || agent.health === 'unhealthy') return agent.health;
  return agent.activity === 'offline' && agent.process === 'running' ? 'running' : agent.activity;
}

// Since when it is in that state; undefined where only its process's time is known.
export function sinceOf(agent: Agent): string | undefined {
  const state = stateOf(agent);
  if (state === 'frozen') return agent.frozen_since ?? undefined;
  if (state === 'paused') return agent.paused_since ?? undefined;
  if (state === agent.activity) return agent.activity_since ?? undefined;
  return state === agent.process || state === 'finished' ? (agent.since ?? undefined) : undefined;
}

const faults = new Set([
  'quarantined',
  'awaiting_approval',
  'backoff',
  'silent',
  'degraded',
  'unhealthy',
  'rate_limited',
]); // who is frozen was held by somebody, and is not ill
export const isFaulty = (agent: Agent) => faults.has(stateOf(agent));

// "scout" where that is enough, else "1a2b3c4d.scout": what paths and commands take.
export const agentPath = (ref: string) => `/agents/${encodeURIComponent(ref)}`;
export const missionPath = (cell: string) => `/missions/${encodeURIComponent(cell)}`;
