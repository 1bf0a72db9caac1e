// The attempts of an agent, told by the journal: when each began and ended, of what, and how long the next waited.
import type { Event, Exit } from '../../api/generated';
import { fieldOf } from './history';

export interface Attempt {
  incarnation: number;
  why: string; // it was started
  start: string;
  end?: string;
  exit?: NonNullable<Exit>;
  counted: boolean; // its end used up a try
  delay?: number; // seconds until the next one
}

export function attemptsOf(events: readonly Event[]): Attempt[] {
  const attempts: Attempt[] = [];
  for (const event of events) {
    const last = attempts.at(-1);
    if (event.kind === 'agent_starting') {
      if (last?.end) last.delay = (Date.parse(event.at!) - Date.parse(last.end)) / 1_000;
      attempts.push({
        incarnation: Number(fieldOf(event, 'incarnation')),
        why: String(fieldOf(event, 'reason') ?? ''),
        start: event.at!,
        counted: false,
      });
    } else if (event.kind === 'agent_exited' && last && !last.end) {
      last.end = event.at!;
      last.exit = fieldOf(event, 'exit') as NonNullable<Exit>;
      last.counted = fieldOf(event, 'counted') === true;
    }
  }
  return attempts.reverse();
}
