// Which files differ between two checkpoints.
import { useOperation } from '../../api/use';
import type { Agent } from '../../api/generated';
import { bytesText } from '../../ui/amounts';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Shown } from '../../ui/shown';
import { Badge } from '../../ui/state';
import s from './agent.module.css';

const tones = { added: 'good', removed: 'bad', changed: 'info' } as const;

export function Difference({
  agent,
  from,
  to,
  onClose,
}: {
  agent: Agent;
  from: string;
  to: string;
  onClose: () => void;
}) {
  const difference = useOperation('checkpoint.diff', { agent: agent.ref, from, to });
  return (
    <Dialog open wide onClose={onClose} title="What changed between two checkpoints" about={`${from} → ${to}`}>
      <Shown of={difference} rows={4}>
        {(data) =>
          data.files.length === 0 ? (
            <p className="faint">No file differs.</p>
          ) : (
            <ul className={s.files}>
              {data.files.map((file) => (
                <li key={file.path}>
                  <Badge tone={tones[file.change]}>{file.change}</Badge>
                  <code>{file.path}</code>
                  <span className="faint small nowrap">
                    {file.change !== 'added' && bytesText(file.bytes_before)}
                    {file.change === 'changed' && ' → '}
                    {file.change !== 'removed' && bytesText(file.bytes_after)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      <CopyLine text={`lazaret checkpoint diff ${agent.ref} ${from} ${to}`} />
    </Dialog>
  );
}
