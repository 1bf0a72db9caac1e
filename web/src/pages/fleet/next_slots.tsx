// What comes next: slots that have not begun, soonest first.
import { useMemo } from 'react';
import { Link } from 'wouter';
import { agentPath } from '../../api/agents';
import { useOperation } from '../../api/use';
import { Card } from '../../ui/card';
import { Shown } from '../../ui/shown';
import { Countdown } from '../../ui/time';
import s from './fleet.module.css';

const shownMost = 6;
const day = 86_400_000;

export function NextSlots() {
  const hour = Math.floor(Date.now() / 3_600_000);
  const span = useMemo(
    () => ({ from: new Date().toISOString(), until: new Date(Date.now() + day).toISOString() }),
    [hour],
  );
  const slots = useOperation('slot.list', span, { every: 30 });
  return (
    <Card title="Next" actions={<Link href="/calendar">Calendar</Link>}>
      <Shown of={slots} rows={3}>
        {(data) => {
          const next = data.slots
            .filter((slot) => slot.status === 'not_started' && slot.at)
            .sort((a, b) => a.at!.localeCompare(b.at!))
            .slice(0, shownMost);
          if (next.length === 0) return <p className="faint">Nothing is planned for the next 24 hours.</p>;
          return (
            <ul className={s.slots}>
              {next.map((slot) => (
                <li key={slot.ident}>
                  <Countdown until={slot.at!} />
                  <span className={s.slotTitle}>{slot.title || `slot ${slot.ident}`}</span>
                  <Link href={agentPath(slot.agent)}>{slot.agent}</Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Shown>
    </Card>
  );
}
