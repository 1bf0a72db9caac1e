// The rules of a mission, as they are in force.
import type { Cell } from '../../api/generated';
import { bytesText, wordText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { spanText } from '../../ui/time';
import s from './rules.module.css';

const groups: readonly [string, readonly string[]][] = [
  [
    'When an agent dies',
    [
      'auto_revive',
      'revive_timeout',
      'max_retries',
      'backoff_first_seconds',
      'backoff_most_seconds',
      'stable_after_seconds',
      'substitute_agents',
      'strategy',
    ],
  ],
  ['Asking and handing over', ['approval_deadline_seconds', 'handoff_allowed', 'handoff_approval']],
  [
    'Checkpoints',
    [
      'checkpoint_required',
      'checkpoint_interval',
      'checkpoint_deadline_seconds',
      'checkpoints_kept',
      'checkpoint_bytes',
      'rehearsal_interval_seconds',
    ],
  ],
];

// Names of the files that do not say their unit.
const seconds = new Set(['revive_timeout', 'checkpoint_interval']);

export function Policies({ cell }: { cell: Cell }) {
  const policies = cell.policies ?? {};
  const named = new Set(groups.flatMap(([, names]) => names));
  const others = Object.keys(policies).filter((name) => !named.has(name));
  const mission: Record<string, unknown> = {
    isolation: cell.isolation,
    timeout_seconds: cell.timeout,
    max_agents: cell.max_agents,
  };
  return (
    <div className={s.groups}>
      <Group title="The mission" values={mission} names={Object.keys(mission)} />
      {groups.map(([title, names]) => (
        <Group key={title} title={title} values={policies} names={names} />
      ))}
      {others.length > 0 && <Group title="Others" values={policies} names={others} />}
      {cell.path && (
        <Card title="Where they are set">
          <p className={s.about}>
            In the mission's files; a field of config/policies.json wins over the one in cell.json. Edits are taken up
            at once, if they are valid.
          </p>
          <CopyLine text={`${cell.path}/cell.json`} />
        </Card>
      )}
    </div>
  );
}

function Group({ title, values, names }: { title: string; values: Record<string, unknown>; names: readonly string[] }) {
  const shown = names.filter((name) => values[name] !== undefined);
  if (shown.length === 0) return null;
  return (
    <Card title={title}>
      <dl className={s.rules}>
        {shown.map((name) => (
          <div key={name}>
            <dt title={name}>{wordText(name.replace(/_seconds$/, '').replace(/_bytes$/, '_size'))}</dt>
            <dd>{ruleText(name, values[name])}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function ruleText(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'none';
  if (typeof value === 'number') {
    if (name.endsWith('_seconds') || seconds.has(name))
      return value === 0 ? 'none' : value < 1 ? `${value} s` : spanText(value);
    return name.endsWith('_bytes') ? bytesText(value) : value.toLocaleString();
  }
  return typeof value === 'object' ? JSON.stringify(value) : wordText(String(value));
}
