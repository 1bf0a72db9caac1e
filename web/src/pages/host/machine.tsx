// What the daemon itself takes, and what this machine lets it do.
import { useOperation } from '../../api/use';
import { bytesText, countText, percentText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Shown } from '../../ui/shown';
import { spanText } from '../../ui/time';
import s from './host.module.css';

export function DaemonCard() {
  const status = useOperation('status', {}, { every: 5 });
  return (
    <Card title="The daemon">
      <Shown of={status} rows={4}>
        {({ daemon }) => {
          const facts: [string, string | undefined][] = [
            ['Version', daemon.version],
            ['Up', daemon.uptime_seconds === undefined ? undefined : spanText(daemon.uptime_seconds)],
            ['CPU', daemon.cpu_percent === undefined ? undefined : percentText(daemon.cpu_percent)],
            ['Memory', daemon.memory_bytes === undefined ? undefined : bytesText(daemon.memory_bytes)],
            ['Facts recorded', daemon.recorded_facts?.toLocaleString()],
            ['Connections', daemon.connections?.toLocaleString()],
            ['Process', daemon.pid?.toString()],
            ['Started', daemon.epoch === undefined ? undefined : `${countText(daemon.epoch, 'time')} on this state`],
          ];
          return (
            <dl className={s.facts}>
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value ?? '–'}</dd>
                </div>
              ))}
            </dl>
          );
        }}
      </Shown>
    </Card>
  );
}

export function MachineCard() {
  const status = useOperation('status', {}, { every: 5 });
  return (
    <Card title="What this machine can give">
      <Shown of={status} rows={4}>
        {({ machine }) => (
          <>
            {machine && machine.length > 0 ? (
              <ul className={s.sentences}>
                {machine.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            ) : (
              <p className="faint">The daemon says nothing of it yet.</p>
            )}
            <CopyLine text="lazaret status" />
          </>
        )}
      </Shown>
    </Card>
  );
}
