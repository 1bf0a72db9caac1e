// What it may use and what it used; how it is run and what holds it in.
import { Link } from 'wouter';
import { useOperation } from '../../api/use';
import type { Agent, Amounts } from '../../api/generated';
import { bytesText, percentText, wordText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Meter } from '../../ui/meter';
import { spanText } from '../../ui/time';
import { Fact, Facts } from './facts';
import { hasMission } from './verbs';
import s from './agent.module.css';

export function Limits({ agent }: { agent: Agent }) {
  return (
    <>
      <div className={s.pair}>
        <Held agent={agent} />
        <Budget agent={agent} />
      </div>
      <HowRun agent={agent} />
    </>
  );
}

interface Use {
  name: string;
  used: number | null | undefined;
  limit: number | null | undefined;
  text: (amount: number) => string;
}

function Used({ name, used, limit, text }: Use) {
  return (
    <Fact name={name}>
      {limit ? (
        <Meter
          label={`${name} of its limit`}
          part={(used ?? 0) / limit}
          text={`${used === null || used === undefined ? '–' : text(used)} of ${text(limit)}`}
        />
      ) : (
        <>
          {used === null || used === undefined ? '–' : text(used)} <span className="faint small">no limit</span>
        </>
      )}
    </Fact>
  );
}

function Held({ agent }: { agent: Agent }) {
  const cell = useOperation('cell.show', { cell: agent.cell_id }, { enabled: hasMission(agent) });
  const limits = agent.limits ?? {};
  return (
    <Card title="Isolation and limits">
      <Facts>
        <Fact name="Isolation">
          {cell.data?.isolation ? wordText(cell.data.isolation) : <span className="faint">none</span>}
        </Fact>
        <Used
          name="CPU"
          used={agent.cpu_percent}
          limit={limits.milli_cpus ? limits.milli_cpus / 10 : null}
          text={percentText}
        />
        <Used name="Memory" used={agent.memory_bytes} limit={limits.memory_bytes} text={bytesText} />
        <Used name="Processes" used={agent.processes} limit={limits.pids} text={(amount) => amount.toLocaleString()} />
        <Used name="Disk" used={null} limit={limits.disk_bytes} text={bytesText} />
        <Fact name="Read and written">{bytesText(agent.io_bytes)}</Fact>
      </Facts>
    </Card>
  );
}

const budgets: { key: keyof Amounts; name: string; text: (amount: number) => string }[] = [
  { key: 'wall_seconds', name: 'Time', text: spanText },
  {
    key: 'cpu_seconds',
    name: 'CPU time',
    text: (seconds) => (seconds < 10 ? `${seconds.toFixed(1)} s` : spanText(seconds)),
  },
  { key: 'spawns', name: 'Starts', text: (amount) => amount.toLocaleString() },
  { key: 'tokens', name: 'Tokens', text: (amount) => amount.toLocaleString() },
  { key: 'usd', name: 'Money', text: (amount) => `$${amount.toFixed(2)}` },
];

function Budget({ agent }: { agent: Agent }) {
  const { spent, reserved, caps, held } = agent.spend ?? { spent: {}, reserved: {}, caps: {}, held: null };
  return (
    <Card title="Spend and budget">
      {held && (
        <p className={s.heldBack}>
          A budget is used up: <Link href="/inbox">{held}</Link> asks whether it goes on.
        </p>
      )}
      <Facts>
        {budgets.map(({ key, name, text }) => (
          <Used
            key={key}
            name={name}
            used={spent[key] ?? 0}
            limit={caps[key]}
            text={(amount) =>
              `${text(amount)}${amount === (spent[key] ?? 0) && reserved[key] ? ` (and ${text(reserved[key])} set aside)` : ''}`
            }
          />
        ))}
      </Facts>
    </Card>
  );
}

function HowRun({ agent }: { agent: Agent }) {
  if (!agent.run) {
    return (
      <Card title="How it is run">
        <p>It runs elsewhere: Lazaret only hears its heartbeats.</p>
      </Card>
    );
  }
  const { command, ...rest } = agent.run;
  return (
    <Card title="How it is run">
      {Array.isArray(command) && <CopyLine text={command.map((word) => quoted(String(word))).join(' ')} />}
      <Facts>
        {Object.entries(rest).map(([name, value]) => (
          <Fact key={name} name={wordText(name)}>
            {valueText(value)}
          </Fact>
        ))}
        {agent.capabilities && agent.capabilities.length > 0 && (
          <Fact name="capabilities">{agent.capabilities.join(', ')}</Fact>
        )}
        {agent.account && <Fact name="account">{agent.account}</Fact>}
        {agent.gateway && <Fact name="gateway">{agent.gateway}</Fact>}
        <Fact name="heartbeat every">{agent.beat_interval_seconds} s</Fact>
      </Facts>
    </Card>
  );
}

const quoted = (word: string) => (/^[\w.,:@%+=/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function valueText(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return '–';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
