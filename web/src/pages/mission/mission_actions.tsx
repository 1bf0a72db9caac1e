// What changes the state of a whole mission.
import { useLocation } from 'wouter';
import { quoted } from '../../api/client';
import type { Cell } from '../../api/generated';
import { ActForm } from '../../ui/act_form';
import { shortCell } from './command';

type Status = Cell['status'];

interface Verb {
  label: string;
  word: string; // of the command
  status: Status;
  about: string;
  look?: 'strong' | 'danger';
}

const start: Verb = { label: 'Start', word: 'start', status: 'active', about: 'Its agents are let work.' };
const resume: Verb = {
  label: 'Resume',
  word: 'resume',
  status: 'active',
  about: 'New work is handed out again.',
  look: 'strong',
};
const pause: Verb = {
  label: 'Pause',
  word: 'pause',
  status: 'paused',
  about: 'No new work; what is under way goes on.',
};
const complete: Verb = {
  label: 'Complete',
  word: 'close',
  status: 'completed',
  about: 'It is declared completed; its agents are ended.',
};
const fail: Verb = {
  label: 'Fail',
  word: 'fail',
  status: 'failed',
  about: 'It is declared failed; its agents are ended.',
  look: 'danger',
};

function verbsOf(cell: Cell): Verb[] {
  if (cell.status === 'completed' || cell.status === 'failed') return [start];
  if (cell.status === 'paused') return [cell.started === false ? start : resume, complete, fail];
  return cell.started === false ? [start, complete, fail] : [pause, complete, fail];
}

const reasonField = { name: 'reason', label: 'Reason (recorded, optional)' };
const withReason = (line: string, reason: string | undefined) => (reason ? `${line} --reason ${quoted(reason)}` : line);

export function StatusActions({ cell }: { cell: Cell }) {
  return verbsOf(cell).map((verb) => (
    <ActForm
      key={verb.word}
      operation="cell.status"
      label={verb.label}
      title={`${verb.label} ${cell.mission_name}`}
      about={verb.about}
      look={verb.look}
      fields={[reasonField]}
      inputs={({ reason }) => ({ cell: cell.cell_id, status: verb.status, ...(reason ? { reason } : {}) })}
      command={({ reason }) => withReason(`lazaret mission ${verb.word} ${shortCell(cell.cell_id)}`, reason)}
      done={`${cell.mission_name}: ${verb.label.toLowerCase()}`}
    />
  ));
}

export function Destroy({ cell }: { cell: Cell }) {
  const [, go] = useLocation();
  return (
    <ActForm
      operation="cell.remove"
      label="Destroy"
      title={`Destroy ${cell.mission_name}`}
      about={`Its agents are ended and its directory is deleted, with its artifacts and checkpoints. This cannot be undone.`}
      look="danger"
      fields={[{ name: 'typed', label: `Type the mission's name: ${cell.mission_name}`, required: true }, reasonField]}
      ready={({ typed }) => typed === cell.mission_name}
      inputs={({ reason }) => ({ cell: cell.cell_id, ...(reason ? { reason } : {}) })}
      command={({ reason }) => withReason(`lazaret mission destroy ${shortCell(cell.cell_id)} --yes`, reason)}
      done={`${cell.mission_name} is destroyed`}
      then={() => go('/missions')}
    />
  );
}
