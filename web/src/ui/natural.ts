// The order people expect of names: "agent-9" before "agent-10", and of two that only differ in case always the same
// one first.
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
