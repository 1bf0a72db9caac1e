// What stands behind a chip that is no single slot: a time at which nothing ran, or many alike.
import { Dialog } from '../../ui/dialog';
import { Button } from '../../ui/button';
import { State } from '../../ui/state';
import type { Entry } from './entries';
import { zoneText } from './span';
import s from './panel.module.css';

const meanings: Record<string, string> = {
  missed: 'Nothing ran: it was noticed, or could have been taken up, only too late.',
  skipped: 'Nothing ran: a policy or a person said so.',
  superseded: 'A newer time of the plan ran in its place.',
};

export function PastPanel({
  entry,
  onClose,
  onPlan,
}: {
  entry: Entry;
  onClose: () => void;
  onPlan: (id: number) => void;
}) {
  return (
    <Dialog open onClose={onClose} title={entry.title} about={`${zoneText(entry.at)} for ${entry.agent}`}>
      <State state={entry.state} />
      <p>{entry.reason || meanings[entry.state]}</p>
      {entry.reason && <p className="faint small">{meanings[entry.state]}</p>}
      {entry.plan !== null && (
        <div className={s.buttons}>
          <Button onClick={() => onPlan(entry.plan!)}>The plan</Button>
        </div>
      )}
    </Dialog>
  );
}

export function GroupPanel({
  entry,
  onClose,
  onOpen,
}: {
  entry: Entry;
  onClose: () => void;
  onOpen: (entry: Entry) => void;
}) {
  const members = entry.members ?? [];
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={entry.title}
      about={`${members.length} times for ${entry.agent}, from ${zoneText(members[0]!.at)} to ${zoneText(members.at(-1)!.at)}`}
    >
      <ul className={s.group}>
        {members.map((one) => (
          <li key={one.key}>
            <button type="button" onClick={() => onOpen(one)}>
              <span className="numbers">{zoneText(one.at)}</span>
              <State state={one.state} />
              <span className="faint small">{one.reason}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
