// What every dialog of an action does: it carries it out, shows what refused it, and closes when it is done.
import type { Operation } from '../api/client';
import type { Inputs, Outputs } from '../api/generated';
import { useAction, type Acting } from '../api/use';

export interface Carried<O extends Operation> {
  operation: O;
  done?: Acting<O>['done'];
  onRefused?: Acting<O>['onRefused'];
  then?: (answer: Outputs[O]) => void;
}

export function useActing<O extends Operation>(
  { operation, done, onRefused, then }: Carried<O>,
  inputs: Inputs[O],
  onClose: () => void,
) {
  const action = useAction(operation, { done, onRefused, quiet: true });
  const act = () =>
    action.mutate(inputs, {
      onSuccess: (answer) => {
        onClose();
        then?.(answer);
      },
    });
  return { refusal: action.error, busy: action.isPending, act, onClose };
}
