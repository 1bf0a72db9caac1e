// What stands behind a chip that is no single slot: a time at which nothing ran, or many alike.
import { zoneText } from '../../ui/clock';
import { Dialog } from '../../ui/dialog';
import { Button } from '../../ui/button';
import { useFew } from '../../ui/few';
import type { Entry } from './entries';
import { meanings } from './outcome';
import { OutcomeState } from './outcome_mark';
import s from './panel.module.css';

const membersShown = 200;

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
      <OutcomeState of={entry} />
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
  isCut,
  onClose,
  onOpen,
}: {
  entry: Entry;
  isCut: boolean; // there are more slots in the span than were answered
  onClose: () => void;
  onOpen: (entry: Entry) => void;
}) {
  const members = entry.members ?? [];
  const { shown, more } = useFew(members, membersShown, 'times');
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={entry.title}
      about={`${members.length.toLocaleString()} times for ${entry.agent}, from ${zoneText(members[0]!.at)} to ${zoneText(members.at(-1)!.at)}`}
    >
      <ul className={s.group}>
        {shown.map((one) => (
          <li key={one.key}>
            <button type="button" onClick={() => onOpen(one)}>
              <span className="numbers">{zoneText(one.at)}</span>
              <OutcomeState of={one} />
              <span className="faint small">{one.reason}</span>
            </button>
          </li>
        ))}
      </ul>
      {more}
      {isCut && <p className="faint small">There may be more of them: later slots are not shown.</p>}
    </Dialog>
  );
}
