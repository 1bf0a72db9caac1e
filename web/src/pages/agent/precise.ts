import { spanText } from '../../ui/time';

// Short spans matter here: "120 ms", "1.7 s".
export function preciseText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : spanText(seconds);
}
