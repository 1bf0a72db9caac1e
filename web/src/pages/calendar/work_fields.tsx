// What slots and plans have in common: what is to be done, and what kind of time it is.
import type { ReactNode } from 'react';
import { Field } from '../../ui/field';
import { useOperation } from '../../api/use';
import { byName } from '../../ui/natural';
import { bound, Choice, NumberField, type Setter } from './draft_fields';
import type { Work } from './types';
import s from './panel.module.css';

export interface WorkDraft {
  agent: string;
  title: string;
  prompt: string;
  slot_type: string;
  estimated_duration: string;
  priority: string;
  event_type: string;
  event_data: string;
}

type From = Work & { agent?: string; title?: string };

export function workDraft(from: From = {}): WorkDraft {
  return {
    agent: from.agent ?? '',
    title: from.title ?? '',
    prompt: from.prompt ?? '',
    slot_type: from.slot_type ?? 'work',
    estimated_duration: String(from.estimated_duration ?? 30),
    priority: String(from.priority ?? 0),
    event_type: from.event_type ?? 'none',
    event_data: from.event_data ? JSON.stringify(from.event_data) : '',
  };
}

// Only what differs from before, so that what is not said stays.
export function changed<T extends object>(now: T, before: T): Partial<T> {
  const entries = Object.entries(now).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof T]),
  );
  return Object.fromEntries(entries) as Partial<T>;
}

// Throws where the event's data is no JSON object.
export function workInputs(draft: WorkDraft) {
  return {
    agent: draft.agent.trim(),
    title: draft.title,
    prompt: draft.prompt,
    slot_type: draft.slot_type,
    estimated_duration: Number(draft.estimated_duration),
    priority: Number(draft.priority),
    event_type: draft.event_type,
    event_data: draft.event_data.trim() ? objectOf(draft.event_data) : undefined,
  };
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('The event’s data must be a JSON object, such as {"code": "nightly"}.');
  return value as Record<string, unknown>;
}

export function WhoAndWhat({
  draft,
  set,
  children,
}: {
  draft: WorkDraft;
  set: Setter<WorkDraft>;
  children?: ReactNode;
}) {
  const agents = useOperation('agent.list', { limit: 1_000 }, { all: 'agents' });
  const callers = useOperation('calendar.agents', { limit: 1_000 }, { all: 'agents' });
  const names = [
    ...new Set([
      ...(agents.data?.agents ?? []).map((one) => one.ref),
      ...(callers.data?.agents ?? []).map((one) => one.agent),
    ]),
  ].sort(byName);
  return (
    <>
      <div className={s.two}>
        <Field label="Agent">
          <input
            list="calendar-agents"
            value={draft.agent}
            onChange={(event) => set('agent', event.target.value)}
            required
            autoComplete="off"
          />
          <datalist id="calendar-agents">
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </Field>
        <Field label="Title">
          <input value={draft.title} onChange={(event) => set('title', event.target.value)} autoComplete="off" />
        </Field>
      </div>
      {children}
      <Field label="Message to the agent" hint="Without one, the agent is told that its slot begins.">
        <textarea rows={3} value={draft.prompt} onChange={(event) => set('prompt', event.target.value)} />
      </Field>
    </>
  );
}

export function KindOfTime({ draft, set }: { draft: WorkDraft; set: Setter<WorkDraft> }) {
  const of = bound(draft, set);
  return (
    <div className={s.form}>
      <div className={s.two}>
        <Choice {...of('slot_type')} label="Kind of time" options={['work', 'on_call', 'entertainment', 'system']} />
        <NumberField {...of('estimated_duration')} label="Minutes it takes" min={1} />
        <NumberField {...of('priority')} label="Priority, higher first" />
        <Choice {...of('event_type')} label="Event" options={['none', 'job', 'entertainment', 'system_event']} />
      </div>
      <Field label="The event’s data (JSON), handed on to the agent">
        <input
          value={draft.event_data}
          onChange={(event) => set('event_data', event.target.value)}
          spellCheck={false}
          className="mono"
        />
      </Field>
    </div>
  );
}
