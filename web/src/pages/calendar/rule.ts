// The usual rules, made of a few choices. What they do not cover is written as text.
import { namedHourText } from '../../ui/clock';

export type RuleKind = 'rrule' | 'cron' | 'oncalendar';

export interface Rule {
  kind: RuleKind;
  text: string;
}

export type Often = 'daily' | 'weekdays' | 'weekly' | 'monthly' | 'hours' | 'minutes' | 'own';

export interface Choices {
  often: Often;
  time: string; // 09:00
  days: string[]; // MON
  dayOfMonth: string; // 1 to 31, or L
  every: string; // hours or minutes
}

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

export const usualChoices: Choices = { often: 'weekdays', time: '09:00', days: ['MON'], dayOfMonth: '1', every: '4' };

export function ruleOf(choices: Choices): Rule | undefined {
  const [hour, minute] = choices.time.split(':').map(Number);
  const at = `${minute || 0} ${hour || 0}`;
  const every = Math.max(1, Math.floor(Number(choices.every)) || 1);
  switch (choices.often) {
    case 'daily':
      return { kind: 'cron', text: `${at} * * *` };
    case 'weekdays':
      return { kind: 'cron', text: `${at} * * MON-FRI` };
    case 'weekly':
      return { kind: 'cron', text: `${at} * * ${choices.days.join(',') || 'MON'}` };
    case 'monthly':
      return { kind: 'cron', text: `${at} ${choices.dayOfMonth} * *` };
    case 'hours':
      return { kind: 'rrule', text: `FREQ=HOURLY;INTERVAL=${every}` };
    case 'minutes':
      return { kind: 'rrule', text: `FREQ=MINUTELY;INTERVAL=${every}` };
    case 'own':
      return undefined;
  }
}

const clock = (hour: string, minute: string) => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;

// The choices that make a rule, so that a plan opens as it was made; "own" where none do.
export function choicesOf(rule: Rule): Choices {
  const interval = /^FREQ=(HOURLY|MINUTELY);INTERVAL=(\d+)$/.exec(rule.text);
  if (rule.kind === 'rrule' && interval)
    return { ...usualChoices, often: interval[1] === 'HOURLY' ? 'hours' : 'minutes', every: interval[2]! };
  const cron = /^(\d{1,2}) (\d{1,2}) (\d{1,2}|L|\*) \* (\*|MON-FRI|1-5|(?:[A-Z]{3},?)+)$/.exec(rule.text);
  if (rule.kind !== 'cron' || !cron) return { ...usualChoices, often: 'own' };
  const time = clock(cron[2]!, cron[1]!);
  const [, , , day, week] = cron;
  if (day === '*' && week === '*') return { ...usualChoices, often: 'daily', time };
  if (day === '*' && (week === 'MON-FRI' || week === '1-5')) return { ...usualChoices, often: 'weekdays', time };
  if (day === '*') return { ...usualChoices, often: 'weekly', time, days: week!.split(',') };
  return week === '*'
    ? { ...usualChoices, often: 'monthly', time, dayOfMonth: day! }
    : { ...usualChoices, often: 'own' };
}

const oftenWords: Record<string, string> = { hours: 'hours', minutes: 'minutes' };

// A rule as people say it; its own text where there are no words for it.
export function ruleWords(rule: Rule): string {
  const choices = choicesOf(rule);
  const time = namedHourText(choices.time);
  switch (choices.often) {
    case 'daily':
      return `every day at ${time}`;
    case 'weekdays':
      return `weekdays at ${time}`;
    case 'weekly':
      return `${choices.days.map((day) => day.charAt(0) + day.slice(1).toLowerCase()).join(', ')} at ${time}`;
    case 'monthly':
      return `${choices.dayOfMonth === 'L' ? 'the last day' : `day ${choices.dayOfMonth}`} of each month at ${time}`;
    case 'hours':
    case 'minutes':
      return `every ${choices.every} ${oftenWords[choices.often]}`;
    case 'own':
      return rule.text;
  }
}

export function ruleFrom(rule: Record<string, unknown>): Rule {
  const kind = (['rrule', 'cron', 'oncalendar'] as const).find((one) => typeof rule[one] === 'string') ?? 'cron';
  return { kind, text: String(rule[kind] ?? '') };
}
