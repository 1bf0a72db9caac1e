// What was spent, against its cap where there is one.
import type { Amounts, Spend } from '../../api/generated';
import { countText } from '../../ui/amounts';
import { Meter } from '../../ui/meter';
import { spanText } from '../../ui/time';

type Kind = keyof Amounts;

const words: Record<Kind, (amount: number) => string> = {
  usd: (amount) => `$${amount.toFixed(2)}`,
  tokens: (amount) => `${Math.round(amount).toLocaleString()} tokens`,
  spawns: (amount) => countText(amount, 'start'),
  cpu_seconds: (amount) => `${spanText(amount)} of CPU`,
  wall_seconds: (amount) => `${spanText(amount)} of work`,
};
const kinds = Object.keys(words) as Kind[];

export function SpendShort({ spend }: { spend: Spend | undefined }) {
  const capped = kinds.find((kind) => spend?.caps[kind]);
  if (spend && capped) return <One kind={capped} spend={spend} />;
  const used = (['usd', 'tokens'] as const).find((kind) => spend?.spent[kind]);
  return spend && used ? <>{words[used](spend.spent[used]!)}</> : <span className="faint">–</span>;
}

export function SpendAll({ spend }: { spend: Spend }) {
  const shown = kinds.filter((kind) => spend.caps[kind] || spend.spent[kind]);
  if (shown.length === 0) return <span className="faint">nothing</span>;
  return (
    <>
      {shown.map((kind) => (
        <One key={kind} kind={kind} spend={spend} />
      ))}
    </>
  );
}

function One({ kind, spend }: { kind: Kind; spend: Spend }) {
  const spent = spend.spent[kind] ?? 0;
  const cap = spend.caps[kind];
  if (!cap) return <span className="nowrap">{words[kind](spent)}</span>;
  return (
    <Meter
      label={`Budget: ${kind.replace('_', ' ')}`}
      part={spent / cap}
      text={`${words[kind](spent)} of ${words[kind](cap).replace(/ (tokens|starts?)$/, '')}`}
    />
  );
}
