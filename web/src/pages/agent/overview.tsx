// Why it is as it is, how it has been, what it uses.
import type { Agent } from '../../api/generated';
import { bytesText, countText, percentText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { Beats, Meter } from '../../ui/meter';
import { Time } from '../../ui/time';
import { causeOf } from './cause';
import { Fact, Facts } from './facts';
import { LastLines } from './last_lines';
import { Timeline } from './timeline_bar';
import { WhyCard } from './why';
import s from './agent.module.css';

export function Overview({ agent }: { agent: Agent }) {
  return (
    <>
      <WhyCard agent={agent} />
      <Timeline agent={agent} />
      <div className={s.pair}>
        <Now agent={agent} />
        <LastEnd agent={agent} />
      </div>
    </>
  );
}

function Now({ agent }: { agent: Agent }) {
  const { limits } = agent;
  return (
    <Card title="Now">
      <Facts>
        <Fact name="CPU">
          {limits?.milli_cpus ? (
            <Meter
              label="CPU of its limit"
              part={(agent.cpu_percent ?? 0) / (limits.milli_cpus / 10)}
              text={`${percentText(agent.cpu_percent)} of ${percentText(limits.milli_cpus / 10)}`}
            />
          ) : (
            percentText(agent.cpu_percent)
          )}
        </Fact>
        <Fact name="Memory">
          {limits?.memory_bytes ? (
            <Meter
              label="Memory of its limit"
              part={(agent.memory_bytes ?? 0) / limits.memory_bytes}
              text={`${bytesText(agent.memory_bytes)} of ${bytesText(limits.memory_bytes)}`}
            />
          ) : (
            bytesText(agent.memory_bytes)
          )}
        </Fact>
        <Fact name="Heartbeats">
          <Beats beats={agent.recent} label={agent.agent_id} />
          {agent.last_beat && (
            <span className="faint small">
              {' '}
              last <Time at={agent.last_beat} />
            </span>
          )}
        </Fact>
        <Fact name="Health">
          {agent.health} {agent.health_reason && <span className="faint small">{agent.health_reason}</span>}
        </Fact>
        <Fact name="Incarnation">
          {agent.incarnation.toLocaleString()}{' '}
          {agent.deaths ? <span className="faint small">{countText(agent.deaths, 'death')} so far</span> : null}
        </Fact>
        <Fact name="Started">
          <Time at={agent.process === 'running' ? agent.spawned_at : null} />
        </Fact>
      </Facts>
    </Card>
  );
}

function LastEnd({ agent }: { agent: Agent }) {
  const exit = agent.last_exit;
  return (
    <Card title="Last end">
      {!exit ? (
        <p className="faint">It has not ended yet.</p>
      ) : (
        <>
          <p>{causeOf(exit)}</p>
          {exit.last_lines.length > 0 && <LastLines lines={exit.last_lines} />}
        </>
      )}
    </Card>
  );
}
