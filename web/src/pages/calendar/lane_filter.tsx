// Whose lanes are shown.
import { Search } from '../../ui/pick';
import type { Lanes } from './lanes';
import s from './calendar.module.css';

export function LaneFilter({ of }: { of: Lanes }) {
  if (of.known.length < 2) return null;
  return (
    <>
      <label className={s.switch} title={of.text ? 'Whom you search for is shown with or without slots' : undefined}>
        <input
          type="checkbox"
          checked={of.onlyBusy}
          disabled={of.text !== ''}
          onChange={(event) => of.setOnlyBusy(event.target.checked)}
        />{' '}
        Only agents with slots
      </label>
      <Search label="Search agents" hint="All agents" value={of.text} onChange={of.setText} suggestions={of.known} />
    </>
  );
}
