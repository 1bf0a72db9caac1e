// Amounts as people read them.
export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    ++unit;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function percentText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return '–';
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

// "210", or "12 of 210" where only those are shown.
export function ofText(shown: number, all: number): string {
  return shown === all ? all.toLocaleString() : `${shown.toLocaleString()} of ${all.toLocaleString()}`;
}

export const wordText = (word: string) => word.replaceAll('_', ' ');
