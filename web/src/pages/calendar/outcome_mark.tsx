// What became of a time, as a mark where there is little room, and with its words.
import { Mark, State } from '../../ui/state';
import { outcomeText, type Outcome } from './outcome';

// What ended well but late is worth a look; what ended ill is so anyway.
const markOf = ({ state, late }: Outcome) => (late && (state === 'finished' || state === 'fired') ? 'late' : state);

export function OutcomeMark({ of, size }: { of: Outcome; size?: number }) {
  return <Mark state={markOf(of)} size={size} />;
}

export function OutcomeState({ of }: { of: Outcome }) {
  return <State state={markOf(of)} label={outcomeText(of)} />;
}
