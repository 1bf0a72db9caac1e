// When it recurs: a few choices for the usual, and the rule itself beside them.
import { ToggleGroup } from 'radix-ui';
import { CopyLine } from '../../ui/copy';
import { Field } from '../../ui/field';
import { Choice } from './draft_fields';
import { ruleOf, weekdays, type Choices, type Often, type Rule, type RuleKind } from './rule';

import s from './panel.module.css';

const oftenWords: Record<Often, string> = {
  daily: 'Every day',
  weekdays: 'On weekdays',
  weekly: 'Every week',
  monthly: 'Every month',
  hours: 'Every few hours',
  minutes: 'Every few minutes',
  own: 'By a rule of my own',
};

const kindWords: Record<RuleKind, string> = {
  cron: 'cron expression',
  rrule: 'recurrence rule (RFC 5545)',
  oncalendar: 'systemd OnCalendar',
};

const hints: Record<RuleKind, string> = {
  cron: 'minute hour day month weekday, or six fields with seconds in front; L, 15W, FRI#L and @daily too',
  rrule: 'such as FREQ=MONTHLY;BYDAY=-1FR',
  oncalendar: 'such as Mon..Fri 09:00, *-*-01, quarterly',
};

interface Props {
  choices: Choices;
  rule: Rule;
  onChange: (choices: Choices, rule: Rule) => void;
}

export function RuleFields({ choices, rule, onChange }: Props) {
  const choose = (part: Partial<Choices>) => {
    const next = { ...choices, ...part };
    onChange(next, ruleOf(next) ?? rule);
  };
  const write = (part: Partial<Rule>) => onChange({ ...choices, often: 'own' }, { ...rule, ...part });
  const hasTime = ['daily', 'weekdays', 'weekly', 'monthly'].includes(choices.often);
  return (
    <>
      <div className={s.two}>
        <Choice
          label="How often"
          value={choices.often}
          words={oftenWords}
          onChange={(often) => choose({ often: often as Often })}
        />
        {hasTime && (
          <Field label="At">
            <input
              type="time"
              value={choices.time}
              onChange={(event) => choose({ time: event.target.value })}
              required
            />
          </Field>
        )}
        {choices.often === 'monthly' && (
          <Choice
            label="Day of the month"
            value={choices.dayOfMonth}
            options={[...Array.from({ length: 31 }, (_, i) => String(i + 1)), 'L']}
            words={{ L: 'the last' }}
            onChange={(dayOfMonth) => choose({ dayOfMonth })}
          />
        )}
        {(choices.often === 'hours' || choices.often === 'minutes') && (
          <Field label={choices.often === 'hours' ? 'Hours between' : 'Minutes between'}>
            <input
              type="number"
              min={1}
              max={999}
              value={choices.every}
              onChange={(event) => choose({ every: event.target.value })}
              required
            />
          </Field>
        )}
      </div>
      {choices.often === 'weekly' && (
        <ToggleGroup.Root
          type="multiple"
          aria-label="Weekdays"
          className={s.days}
          value={choices.days}
          onValueChange={(days) => choose({ days: weekdays.filter((day) => days.includes(day)) })}
        >
          {weekdays.map((day) => (
            <ToggleGroup.Item key={day} value={day}>
              {day.charAt(0) + day.slice(1).toLowerCase()}
            </ToggleGroup.Item>
          ))}
        </ToggleGroup.Root>
      )}
      <div className={s.two}>
        <Choice
          label="Written as"
          value={rule.kind}
          words={kindWords}
          onChange={(kind) => write({ kind: kind as RuleKind })}
        />
        <Field label="Rule" hint={hints[rule.kind]}>
          <input
            value={rule.text}
            onChange={(event) => write({ text: event.target.value })}
            required
            spellCheck={false}
            autoComplete="off"
            className="mono"
          />
        </Field>
      </div>
    </>
  );
}

export function NextLine({ rule, zone }: { rule: Rule; zone: string }) {
  const words = rule.kind === 'cron' ? `'${rule.text}'` : `--${rule.kind} '${rule.text}'`;
  return <CopyLine text={`lazaret slot next ${words} --tz ${zone} --count 10`} />;
}
