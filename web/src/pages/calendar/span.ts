// Days and weeks of the reader, as this page writes them.
export const minute = 60_000;
export const nextQuarter = () => Math.ceil((Date.now() + 5 * minute) / (15 * minute)) * 15 * minute;
const weekBegins = 1; // Monday

export function dayOf(text: string): Date {
  const [y, m, d] = text.split('-').map(Number);
  const date = new Date(y!, m! - 1, d!);
  return Number.isNaN(date.getTime()) ? startOfDay(new Date()) : date;
}

export const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
export const addDays = (date: Date, days: number) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
export const startOfWeek = (date: Date) => addDays(date, -((date.getDay() - weekBegins + 7) % 7));

const two = (n: number) => String(n).padStart(2, '0');
export const dayText = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

// What <input type="datetime-local"> takes and gives.
export const inputText = (at: number) => {
  const date = new Date(at);
  return `${dayText(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

// Each day of the span with the moment at which it begins; days of 23 and 25 hours are as long as they are.
export function daysOf(from: Date, count: number): Date[] {
  return Array.from({ length: count }, (_, i) => addDays(from, i));
}

export function hoursOf(from: number, until: number): number[] {
  const hours = [];
  for (let at = from; at < until; at += 60 * minute) hours.push(at);
  return hours;
}

const shortDay = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

export const shortDayText = (date: Date) => shortDay.format(date);
export const longDayText = (date: Date) => longDay.format(date);
export const spanTitle = (from: Date, days: number) =>
  days === 1 ? longDay.format(from) : dayAndMonth.formatRange(from, addDays(from, days - 1));
