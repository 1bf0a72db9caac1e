// Yes or no with one tap. The card says so at once; where the server refuses, it takes that back and says why.
import { quoted } from '../../api/client';
import type { Approval } from '../../api/generated';
import { useAction, useMay } from '../../api/use';
import { ActForm } from '../../ui/act_form';
import { Button } from '../../ui/button';
import { Mark } from '../../ui/state';
import { tellTooLate } from './too_late';
import s from './inbox.module.css';

type Word = NonNullable<Approval['answer']>;

export const answerLine = (id: string, word: string, reason = '') =>
  `lazaret inbox ${word === 'yes' ? 'approve' : 'deny'} ${quoted(id)}${reason ? ` --reason ${quoted(reason)}` : ''}`;

// The next question moves up to where the answered one was: a second tap was not meant for it.
const tapsApart = 1_000; // ms
let lastTap = 0;

export function Answer({ id }: { id: string }) {
  const answer = useAction('approval.answer', {
    quiet: true,
    onRefused: (refusal, inputs) => void tellTooLate(refusal, id, inputs.answer),
  });
  if (!useMay('operator')) return <p className="faint small">Answering needs an operator.</p>;
  if (answer.isPending || answer.isSuccess) {
    return (
      <p className={s.said} role="status">
        <Mark state="done" /> You said {answer.variables.answer}
      </p>
    );
  }
  const say = (word: Word) => {
    if (Date.now() - lastTap < tapsApart) return;
    lastTap = Date.now();
    answer.mutate({ id, answer: word });
  };
  return (
    <div className={s.answer}>
      <div className={s.words}>
        <Button look="strong" onClick={() => say('yes')}>
          Yes
        </Button>
        <Button onClick={() => say('no')}>No</Button>
      </div>
      <ActForm
        operation="approval.answer"
        label="With a reason"
        title={`Answer ${id}`}
        send="Answer"
        look="quiet"
        size="small"
        fields={[
          {
            name: 'answer',
            label: 'Answer',
            kind: 'choice',
            first: 'yes',
            choices: [
              { value: 'yes', label: 'Yes' },
              { value: 'no', label: 'No' },
            ],
          },
          { name: 'reason', label: 'Reason', hint: 'Recorded, for who asks later.', required: true },
        ]}
        inputs={(values) => ({ id, answer: values.answer as Word, reason: values.reason })}
        command={(values) => answerLine(id, values.answer!, values.reason)}
        onRefused={(refusal, inputs) => refusal.status === 409 && void tellTooLate(refusal, id, inputs.answer)}
        done={`${id} is answered`}
      />
    </div>
  );
}
