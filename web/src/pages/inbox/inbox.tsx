// What waits for a person, soonest deadline first, and what was answered before.
import { useMemo } from 'react';
import type { Approval } from '../../api/generated';
import { useOperation } from '../../api/use';
import { ActForm } from '../../ui/act_form';
import { countText } from '../../ui/amounts';
import { PageHead } from '../../ui/card';
import { CopyLine } from '../../ui/copy';
import { Empty, Shown } from '../../ui/shown';
import { Answered } from './answered';
import { ApprovalCard } from './approval_card';
import { isChore, soonest } from './soonest';
import { NeedCard } from './need';
import s from './inbox.module.css';

export default function Inbox() {
  const all = useOperation('approval.list', { limit: 1_000 }, { all: 'approvals' });
  const status = useOperation('status', {}, { every: 5 });
  const chores = (status.data?.needs_you ?? []).filter(isChore);
  return (
    <Shown of={all} rows={6}>
      {(data) => <Page approvals={data.approvals} chores={chores} />}
    </Shown>
  );
}

function Page({ approvals, chores }: { approvals: Approval[]; chores: Parameters<typeof NeedCard>[0]['need'][] }) {
  const { open, past } = useMemo(
    () => ({
      open: approvals.filter((one) => one.open).sort(soonest),
      past: approvals.filter((one) => !one.open),
    }),
    [approvals],
  );
  const waiting = open.length + chores.length;
  return (
    <>
      <PageHead
        title={
          waiting === 0
            ? 'Nothing waits for you'
            : `${countText(waiting, 'thing')} ${waiting === 1 ? 'waits' : 'wait'} for you`
        }
        about="Whatever is not answered by its deadline gets the answer it names."
        actions={<Ask />}
      />
      {waiting === 0 && past.length === 0 && <Nothing />}
      {waiting > 0 && (
        <section className={s.cards} aria-label="Open">
          {open.map((one) => (
            <ApprovalCard key={one.id} approval={one} />
          ))}
          {chores.map((need) => (
            <NeedCard key={need.text} need={need} />
          ))}
        </section>
      )}
      {past.length > 0 && <Answered approvals={past} />}
    </>
  );
}

function Ask() {
  return (
    <ActForm
      operation="approval.ask"
      label="Ask a question"
      send="Ask"
      about="Everyone who may answer sees it here and is told where the settings say so."
      fields={[
        { name: 'question', label: 'Question', hint: 'One that yes or no answers.', required: true },
        {
          name: 'default',
          label: 'Answer when nobody gives one',
          kind: 'choice',
          first: 'no',
          wide: false,
          choices: [
            { value: 'no', label: 'No' },
            { value: 'yes', label: 'Yes' },
          ],
        },
        { name: 'deadline', label: 'Seconds to answer', kind: 'number', first: '3600', wide: false, required: true },
      ]}
      inputs={(values) => ({
        question: values.question!,
        default: values.default as 'yes' | 'no',
        deadline_seconds: Number(values.deadline),
      })}
      done={(answer) => `${answer.approval} is asked`}
    />
  );
}

function Nothing() {
  return (
    <Empty title="No agent has asked anything yet">
      <p>
        An agent asks before it does what a person should decide. The question comes here, with a deadline and the
        answer it gets without you:
      </p>
      <CopyLine text="lazaret inbox ask 'May the report be sent?' --default no --deadline-seconds 3600" />
    </Empty>
  );
}
