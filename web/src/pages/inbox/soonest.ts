// The order in which questions want an answer.
import type { Approval } from '../../api/generated';
import { byName } from '../../ui/natural';

export const soonest = (a: Approval, b: Approval) =>
  (a.deadline ?? '9').localeCompare(b.deadline ?? '9') || byName(a.id, b.id);

// What no yes or no settles.
export const isChore = ({ id }: { id: string }) => !/^r-\d+$/.test(id);
