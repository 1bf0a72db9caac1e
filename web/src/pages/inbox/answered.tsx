// What was answered: by whom, when, why; a deadline that answered says so. Only the rows in sight are in the page.
import { useMemo, useRef } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { Approval } from '../../api/generated';
import { useOperation } from '../../api/use';
import { ofText } from '../../ui/amounts';
import { Card } from '../../ui/card';
import { Pick, Search } from '../../ui/pick';
import { useRowKeys } from '../../ui/rows';
import { Mark } from '../../ui/state';
import { Time } from '../../ui/time';
import { useInUrl } from '../../ui/url';
import { About } from './approval_card';
import { answeredIn } from './too_late';
import { meanings } from './meaning';
import s from './inbox.module.css';

const rowHeight = 64;
const idNumber = (approval: Approval) => Number(approval.id.slice(2));

export function Answered({ approvals }: { approvals: Approval[] }) {
  const [text, setText] = useInUrl('q');
  const [kind, setKind] = useInUrl('kind');
  const times = useAnswerTimes();
  const shown = useMemo(() => {
    const when = (one: Approval) => times.get(one.id) ?? one.deadline ?? '';
    const wanted = text.toLowerCase();
    const fits = (one: Approval) =>
      (!kind || one.kind === kind) &&
      (!wanted ||
        `${one.id} ${one.question} ${one.agent ?? ''} ${one.by ?? ''} ${one.reason ?? ''}`
          .toLowerCase()
          .includes(wanted));
    return approvals.filter(fits).sort((a, b) => when(b).localeCompare(when(a)) || idNumber(b) - idNumber(a)); // the last first
  }, [approvals, text, kind, times]);
  return (
    <Card
      flush
      title={`Answered (${ofText(shown.length, approvals.length)})`}
      actions={
        <>
          <Pick label="Kind" value={kind} onChange={setKind}>
            <option value="">Every kind</option>
            {Object.entries(meanings).map(([name, meaning]) => (
              <option key={name} value={name}>
                {meaning.kind}
              </option>
            ))}
          </Pick>
          <Search label="Search what was answered" value={text} onChange={setText} />
        </>
      }
    >
      {shown.length === 0 ? <p className={s.none}>Nothing fits.</p> : <Rows approvals={shown} times={times} />}
    </Card>
  );
}

// When each was answered: the journal knows; a list of approvals does not say.
function useAnswerTimes(): ReadonlyMap<string, string> {
  const events = useOperation('events.list', { kind: 'approval_answered', limit: 1_000, newest: true }, { every: 15 });
  return useMemo(() => {
    return new Map((events.data?.events ?? []).map((event) => [answeredIn(event) ?? '', event.at!]));
  }, [events.data]);
}

function Rows({ approvals, times }: { approvals: Approval[]; times: ReadonlyMap<string, string> }) {
  const box = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: approvals.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  useRowKeys(box);
  return (
    <ul ref={box} className={s.rows} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((item) => (
        <li
          key={item.key}
          ref={rows.measureElement}
          data-index={item.index}
          className={s.row}
          style={{ transform: `translateY(${item.start - rows.options.scrollMargin}px)` }}
        >
          <Row approval={approvals[item.index]!} at={times.get(approvals[item.index]!.id)} />
        </li>
      ))}
    </ul>
  );
}

function Row({ approval, at }: { approval: Approval; at: string | undefined }) {
  const byDeadline = approval.by === 'deadline';
  return (
    <>
      <span className={s.given} tabIndex={-1} data-row>
        <Mark state={approval.answer === 'yes' ? 'done' : approval.answer === 'no' ? 'stopped' : 'superseded'} />{' '}
        {approval.answer ?? 'closed'}
      </span>
      <span className={s.past}>
        <span>{approval.question}</span>
        <span className={s.facts}>
          <span className="mono">{approval.id}</span>
          <span>{meanings[approval.kind].kind}</span>
          <About approval={approval} />
        </span>
      </span>
      <span className={s.who}>
        {byDeadline ? 'nobody: the default at the deadline' : `by ${approval.by ?? 'nobody'}`}
        {approval.reason && !byDeadline && <span className={s.reason}>{approval.reason}</span>}
        <span className="faint">
          {at && (
            <>
              answered <Time at={at} />,{' '}
            </>
          )}
          asked <Time at={approval.opened} />
        </span>
      </span>
    </>
  );
}
