// Why something is as it is: the sentence, the rule, what would change it, and the facts it follows from.
import { useState } from 'react';
import type { Why } from '../../api/generated';
import { useOperation } from '../../api/use';
import { Shown } from '../../ui/shown';
import { clockText, exactText } from '../../ui/time';
import s from './why.module.css';

interface Props {
  of: string;
  cell?: string; // where names are only unique in their mission
}

export function WhyText({ of, cell }: Props) {
  const why = useOperation('why', { of, ...(cell ? { cell } : {}) });
  return (
    <Shown of={why} rows={2}>
      {(data) => (
        <div className={s.why}>
          <p>{data.sentence}</p>
          {data.rule && <p className={s.rule}>Rule: {data.rule}</p>}
          {data.setting && (
            <p className={s.rule}>
              Setting: <code>{data.setting}</code> {data.setting_place && <span>in {data.setting_place}</span>}
            </p>
          )}
          {data.next && <p className={s.rule}>Next: {data.next}</p>}
          {data.evidence.length > 0 && <Evidence facts={data.evidence} />}
        </div>
      )}
    </Shown>
  );
}

function Evidence({ facts }: { facts: Why['evidence'] }) {
  return (
    <details>
      <summary>
        {facts.length} {facts.length === 1 ? 'fact' : 'facts'} it follows from
      </summary>
      <ul className={s.facts}>
        {facts.map((fact, i) => (
          <li key={i}>
            {fact.at && (
              <time dateTime={fact.at} title={exactText(fact.at)} className="faint numbers">
                {clockText(fact.at)}
              </time>
            )}
            <span>{fact.text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

// The same behind one press; it is asked for only then.
export function WhyFold({ of, cell, label = 'Why' }: Props & { label?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className={s.fold}
      onToggle={(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}
    >
      <summary>{label}</summary>
      {open && <WhyText of={of} cell={cell} />}
    </details>
  );
}
