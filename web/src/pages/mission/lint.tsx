// What is wrong in the files of a mission: where, what was found, what helps.
import type { Cell, LintPage } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Empty, Shown } from '../../ui/shown';
import { Badge, Mark } from '../../ui/state';
import { shortCell } from './command';
import s from './rules.module.css';

type Fault = LintPage['faults'][number];

export function Lint({ cell }: { cell: Cell }) {
  const lint = useOperation('cell.lint', { cell: cell.cell_id }, { every: 10 });
  const line = `lazaret cell lint ${shortCell(cell.cell_id)}`;
  return (
    <Shown of={lint}>
      {(data) =>
        data.faults.length === 0 ? (
          <Empty title="Nothing is wrong in its files">
            <p>Every file is valid and in force as it stands. The same in a terminal:</p>
            <CopyLine text={line} />
          </Empty>
        ) : (
          <Card title={headline(data.faults)} actions={<CopyLine text={line} />}>
            <p className={s.about}>While an error is left, the last good definition stays in force.</p>
            <ul>
              {data.faults.map((fault, i) => (
                <OneFault key={i} fault={fault} />
              ))}
            </ul>
          </Card>
        )
      }
    </Shown>
  );
}

function headline(faults: readonly Fault[]): string {
  const errors = faults.filter((one) => one.severity !== 'warning').length;
  const warnings = faults.length - errors;
  const parts = [
    errors > 0 && `${errors} ${errors === 1 ? 'error' : 'errors'}`,
    warnings > 0 && `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function OneFault({ fault }: { fault: Fault }) {
  const isWarning = fault.severity === 'warning';
  return (
    <li className={s.fault}>
      <p>
        <Mark state={isWarning ? 'degraded' : 'failed'} /> <code className={s.place}>{fault.place}</code>{' '}
        <Badge tone={isWarning ? 'warn' : 'bad'}>{isWarning ? 'warning' : 'error'}</Badge>
      </p>
      <p>{fault.message}</p>
      {fault.remedy && <p className="faint small">{fault.remedy}</p>}
    </li>
  );
}
