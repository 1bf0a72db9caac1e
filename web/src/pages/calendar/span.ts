// Days and weeks of the reader, and times as this page writes them.
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

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const shortDay = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

export const hourText = (at: number) => hourAndMinute.format(at);
export const shortDayText = (date: Date) => shortDay.format(date);
export const longDayText = (date: Date) => longDay.format(date);
export const spanTitle = (from: Date, days: number) =>
  days === 1 ? longDay.format(from) : dayAndMonth.formatRange(from, addDays(from, days - 1));

const inZone = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined, hasYear: boolean): Intl.DateTimeFormat {
  const key = `${zone} ${hasYear}`;
  const known = inZone.get(key);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(hasYear ? { year: 'numeric' } : {}),
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat(undefined, options); // no such zone is known here
  }
  inZone.set(key, format);
  return format;
}

// "Mon, 23 Nov, 09:00" as clocks in a zone show it, the reader's unless another is named; with the year where
// it is not this one.
export function zoneText(at: string | number, zone?: string): string {
  const date = new Date(at);
  return formatOf(zone, date.getFullYear() !== new Date().getFullYear()).format(date);
}

// The same of a time as a rule names it, "2027-03-28T02:30:00": clocks may never show it.
export const namedText = (local: string) => zoneText(`${local.slice(0, 19)}Z`, 'UTC');
