// One slot: how it stands, why, what the agent is told, and what can be done about it.
import { useState } from 'react';
import { useMay, useOperation } from '../../api/use';
import { routes, type Inputs } from '../../api/generated';
import { Act } from '../../ui/act';
import { wordText } from '../../ui/amounts';
import { Button } from '../../ui/button';
import { namedText, zoneText } from '../../ui/clock';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Shown } from '../../ui/shown';
import { Badge } from '../../ui/state';
import { Countdown, Time, zoneName } from '../../ui/time';
import { isMovable } from './entries';
import { AgentName } from './lane_name';
import { outcomeOfSlot } from './outcome';
import { OutcomeState } from './outcome_mark';
import { SlotForm } from './slot_form';
import { inputText } from './span';
import type { FullSlot } from './types';
import s from './panel.module.css';

type Status = Inputs['slot.status']['status'];

// Which status may follow which, as the calendar has it, and what one does to get there.
const steps: Record<string, [Status, string][]> = {
  not_started: [
    ['ongoing', 'Begin'],
    ['deferred', 'Defer'],
    ['skipped', 'Skip'],
    ['aborted', 'Abort'],
  ],
  deferred: [
    ['ongoing', 'Begin'],
    ['skipped', 'Skip'],
    ['aborted', 'Abort'],
  ],
  ongoing: [
    ['finished', 'Finish'],
    ['paused', 'Pause'],
    ['aborted', 'Abort'],
  ],
  paused: [
    ['ongoing', 'Go on'],
    ['finished', 'Finish'],
    ['aborted', 'Abort'],
  ],
};

interface Props {
  ident: string;
  onClose: () => void;
  onNow: (ident: string) => void; // a virtual slot that is changed becomes a real one, with another name
  onPlan: (id: number) => void;
}

export function SlotPanel({ ident, onClose, onNow, onPlan }: Props) {
  const slot = useOperation('slot.show', { slot: ident });
  const [editing, setEditing] = useState(false);
  const data = slot.data as FullSlot | undefined;
  if (editing && data)
    return (
      <SlotForm
        slot={data}
        onClose={onClose}
        onBack={() => setEditing(false)}
        onMade={(made) => {
          setEditing(false);
          onNow(made.ident);
        }}
      />
    );
  return (
    <Dialog open wide onClose={onClose} title={data?.title || `Slot ${ident}`}>
      <Shown of={slot} rows={5}>
        {() => data && <Body slot={data} onEdit={() => setEditing(true)} onNow={onNow} onPlan={onPlan} />}
      </Shown>
    </Dialog>
  );
}

function Body({
  slot,
  onEdit,
  onNow,
  onPlan,
}: {
  slot: FullSlot;
  onEdit: () => void;
  onNow: (ident: string) => void;
  onPlan: (id: number) => void;
}) {
  const mayEdit = useMay(routes['slot.edit'].scope);
  const outcome = outcomeOfSlot(slot);
  return (
    <>
      <p className={s.buttons}>
        <OutcomeState of={outcome} />
        {slot.id === null && <Badge>of a plan, not made yet</Badge>}
      </p>
      {outcome.reason && <p>{outcome.reason}</p>}
      <Facts slot={slot} onPlan={onPlan} />
      {slot.prompt ? (
        <p className={s.message}>{slot.prompt}</p>
      ) : (
        <p className="faint small">No message: the agent is told that its slot begins.</p>
      )}
      {slot.event_data && <pre className={s.message}>{JSON.stringify(slot.event_data, null, 2)}</pre>}
      {slot.wake && <WakeOf wake={slot.wake} />}
      <div className={s.buttons}>
        {isMovable(slot) && mayEdit && (
          <Button look="strong" onClick={onEdit}>
            Change
          </Button>
        )}
        {(steps[slot.status] ?? []).map(([status, label]) => (
          <Act
            key={status}
            operation="slot.status"
            inputs={{ slot: slot.ident, status }}
            label={label}
            title={`${label}: ${slot.title || `slot ${slot.ident}`}`}
            about={`It will be ${wordText(status)}.`}
            look={status === 'aborted' ? 'danger' : 'plain'}
            done={(answer) => `Slot ${answer.ident} is ${wordText(answer.status)}`}
            then={(answer) => onNow(answer.ident)}
          />
        ))}
      </div>
      <CopyLine text={`lazaret slot show ${slot.ident}`} />
    </>
  );
}

function Facts({ slot, onPlan }: { slot: FullSlot; onPlan: (id: number) => void }) {
  const at = slot.at!;
  const open = slot.status === 'not_started' || slot.status === 'deferred';
  const local = slot.local_time?.slice(0, 16);
  const isElsewhere = local !== undefined && local !== inputText(Date.parse(at));
  return (
    <dl className={s.facts}>
      <dt>Due</dt>
      <dd>
        {zoneText(at)} <span className="faint">in {zoneName()}</span>,{' '}
        {open ? <Countdown until={at} /> : <Time at={at} />}
        {isElsewhere && <span className="faint"> · clocks of its zone show {namedText(slot.local_time!)}</span>}
      </dd>
      <dt>Agent</dt>
      <dd>
        <AgentName agent={slot.agent} />
      </dd>
      {slot.plan !== null && slot.plan !== undefined && (
        <>
          <dt>Plan</dt>
          <dd>
            <button type="button" className={s.inline} onClick={() => onPlan(slot.plan!)}>
              plan {slot.plan}
            </button>
          </dd>
        </>
      )}
      <dt>Takes</dt>
      <dd>
        {slot.actual_duration
          ? `${slot.actual_duration} min, planned ${slot.estimated_duration} min`
          : `${slot.estimated_duration} min`}{' '}
        · {wordText(slot.slot_type ?? 'work')} · priority {slot.priority}
      </dd>
      {slot.started_at && (
        <>
          <dt>Began</dt>
          <dd>
            {zoneText(slot.started_at)}
            {slot.ended_at && <>, ended {zoneText(slot.ended_at)}</>}
          </dd>
        </>
      )}
    </dl>
  );
}

function WakeOf({ wake }: { wake: string }) {
  const why = useOperation('why', { of: wake });
  return (
    <p>
      <span className="faint">Wake {wake}: </span>
      {why.data?.sentence ?? (why.error ? why.error.message : '…')}
    </p>
  );
}
