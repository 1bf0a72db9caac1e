// What each mission's directory takes of the disk, the largest first.
import { Link } from 'wouter';
import { missionPath } from '../../api/agents';
import { bytesText, countText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { useFew } from '../../ui/few';
import { Meter } from '../../ui/meter';
import { byName } from '../../ui/natural';
import type { Telemetry } from '../../api/generated';
import s from './host.module.css';

const shownAtFirst = 10;

export function CellDisk({ cells }: { cells: Telemetry['cells'] }) {
  const sorted = [...(cells ?? [])].sort(
    (a, b) => b.bytes - a.bytes || byName(a.mission_name || a.cell_id, b.mission_name || b.cell_id),
  );
  const { shown, more } = useFew(sorted, shownAtFirst, 'missions');
  const total = sorted.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <Card
      title="Disk of missions"
      actions={total > 0 && <span className="faint small">{bytesText(total)} in all</span>}
    >
      {cells === undefined ? (
        <p className="faint">This daemon does not tell it.</p>
      ) : sorted.length === 0 ? (
        <p className="faint">There is no mission yet.</p>
      ) : (
        <>
          <ul className={s.cells}>
            {shown.map((one) => (
              <li key={one.cell_id}>
                <Link href={missionPath(one.cell_id)} className={s.name}>
                  {one.mission_name || one.cell_id}
                </Link>
                <Meter
                  label="Of all missions"
                  part={(one.bytes / (total || 1)) * 0.79}
                  text={`${one.partial ? 'more than ' : ''}${bytesText(one.bytes)}, ${countText(one.files, 'file')}`}
                />
              </li>
            ))}
          </ul>
          {more}
        </>
      )}
    </Card>
  );
}
