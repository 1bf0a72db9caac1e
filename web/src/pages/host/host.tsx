// The machine the fleet lives on: how much of it is used, by whom, and what it can give.
import { lazy, Suspense } from 'react';
import type { Telemetry } from '../../api/generated';
import { useOperation } from '../../api/use';
import { percentText } from '../../ui/amounts';
import { PageHead } from '../../ui/card';
import { Shown, Waiting } from '../../ui/shown';
import { spanText } from '../../ui/time';
import { AgentUse } from './agent_use';
import { CellDisk } from './cell_disk';
import { DaemonCard, MachineCard } from './machine';
import { SettingsCard } from './settings';
import s from './host.module.css';

const Charts = lazy(() => import('./charts'));

const pollEvery = 3; // seconds
const fullFrom = 90; // percent
const waitedFrom = 50; // percent of the time

export default function Host() {
  const telemetry = useOperation('telemetry', {}, { every: pollEvery });
  const data = telemetry.data;
  return (
    <Shown of={telemetry} rows={8}>
      {() =>
        data && (
          <>
            <Sentence telemetry={data} />
            <Suspense fallback={<Waiting rows={6} />}>
              <Charts telemetry={data} />
            </Suspense>
            <AgentUse telemetry={data} />
            <div className={s.columns}>
              <CellDisk cells={data.cells} />
              <div className={s.rest}>
                <DaemonCard />
                <MachineCard />
              </div>
            </div>
            <SettingsCard />
          </>
        )
      }
    </Shown>
  );
}

function Sentence({ telemetry }: { telemetry: Telemetry }) {
  const { host } = telemetry;
  if (!host)
    return (
      <PageHead title="This machine does not tell its figures" about="What the daemon could not read is in its log." />
    );
  const uses: [string, number | null | undefined][] = [
    ['CPU', host.cpu_percent],
    ['memory', host.memory_percent],
    ['swap', host.swap_percent],
    ['disk', host.disk_percent],
  ];
  const figures = uses
    .filter(([, percent]) => percent !== null && percent !== undefined)
    .map(([name, percent]) => `${name} ${percentText(percent)}`);
  if (host.load) figures.push(`load ${host.load.map((one) => one.toFixed(2)).join(', ')}`);
  if (host.uptime_seconds) figures.push(`up ${spanText(host.uptime_seconds)}`);
  const troubles = troublesOf(host);
  return (
    <PageHead
      title={
        <span className={troubles.length > 0 ? s.full : ''}>
          {troubles.length > 0 ? sentence(troubles.join(', ')) : 'This machine has room'}
        </span>
      }
      about={figures.join(' · ')}
    />
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// What is nearly used up, and what programs wait for. A busy CPU alone is no trouble.
function troublesOf(host: NonNullable<Telemetry['host']>): string[] {
  const { pressure } = host;
  const full = (
    [
      ['memory', host.memory_percent],
      ['the disk', host.disk_percent],
    ] as const
  ).filter(([, percent]) => (percent ?? 0) >= fullFrom);
  const waited = (
    [
      ['the CPU', pressure?.cpu?.some],
      ['memory', pressure?.memory?.some],
      ['the disk', pressure?.io?.some],
    ] as const
  ).filter(([, percent]) => (percent ?? 0) >= waitedFrom);
  return [
    ...full.map(([name, percent]) => `${name} is ${percentText(percent)} full`),
    ...waited.map(([name, percent]) => `programs wait for ${name}, ${percentText(percent)} of the time`),
  ];
}
