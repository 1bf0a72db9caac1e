// How times are written: one clock, the reader's own, twelve hours or twenty-four, on every page.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const isTwelve = hour.resolvedOptions().hour12 === true;
const tick = new Intl.DateTimeFormat(undefined, isTwelve ? { hour: 'numeric' } : { timeStyle: 'short' });

export const exactText = (at: string) => exact.format(new Date(at));
export const clockText = (at: string) => clock.format(new Date(at)); // 09:00:30
export const hourText = (at: number) => hour.format(at); // 09:00
export const tickText = (at: number) => tick.format(at); // 09:00, or 9 AM: of a full hour, where there is little room
export const zoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

const inZone = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined, hasYear: boolean, hasSeconds: boolean): Intl.DateTimeFormat {
  const key = `${zone} ${hasYear} ${hasSeconds}`;
  const known = inZone.get(key);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: isTwelve ? 'numeric' : '2-digit',
    minute: '2-digit',
    ...(hasSeconds ? { second: '2-digit' } : {}),
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
// it is not this one, and the seconds where there are some.
export function zoneText(at: string | number, zone?: string): string {
  const date = new Date(at);
  const hasYear = date.getFullYear() !== new Date().getFullYear();
  return formatOf(zone, hasYear, date.getSeconds() !== 0).format(date);
}

// The same of a time as a rule names it, "2027-03-28T02:30:00": clocks may never show it.
export const namedText = (local: string) => zoneText(`${local.slice(0, 19)}Z`, 'UTC');

const named = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', timeZone: 'UTC' });

// "09:00" as it is written in a rule.
export const namedHourText = (time: string) => named.format(new Date(`2026-01-01T${time}:00Z`));
