// What yes and no lead to, by the kind of question.
import type { Approval } from '../../api/generated';

interface Meaning {
  kind: string;
  yes: string;
  no: string;
}

export const meanings: Record<Approval['kind'], Meaning> = {
  revival: {
    kind: 'Revival',
    yes: 'it is started again, with its tries counted anew.',
    no: 'it stays in quarantine until somebody starts it.',
  },
  hang: { kind: 'Hang', yes: 'it is killed and started again.', no: 'it is left alone.' },
  question: { kind: 'Question', yes: 'whoever asked reads it.', no: 'whoever asked reads it.' },
  account: {
    kind: 'Account',
    yes: 'the limit ends now, and its agents are started one after another.',
    no: 'its agents wait until the limit is over.',
  },
  handoff: { kind: 'Hand-off', yes: 'the task goes to the other agent.', no: 'the task stays where it is.' },
  budget: {
    kind: 'Budget',
    yes: 'the amount in the question is added to the cap.',
    no: 'the agent is stopped, or the task or mission fails.',
  },
};
