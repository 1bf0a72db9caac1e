// How many things wait for a person: the daemon names no more than the first twenty.
import type { Status } from './generated';

export const waitingFor = (status: Status | undefined) =>
  Math.max(status?.needs_you.length ?? 0, status?.counts.waiting_for_you ?? 0);
