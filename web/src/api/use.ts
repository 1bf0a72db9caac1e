// Answers of operations as state of a component, and calls that change something.
import { useEffect, useRef } from 'react';
import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { rememberSignedIn } from './ahead';
import { call, callAll, Refusal, type Bound, type Operation } from './client';
import { useConnection } from './live';
import type { Inputs, Outputs } from './generated';
import { toast } from '../ui/toast';

interface Asking {
  every?: number; // seconds between two looks; what changes without an event needs it
  all?: string; // the list of which every page is fetched
  most?: Bound; // of all
  enabled?: boolean;
}

export function useOperation<O extends Operation>(
  operation: O,
  inputs: Inputs[O],
  asking: Asking = {},
): UseQueryResult<Outputs[O], Refusal> {
  return useQuery<Outputs[O], Refusal>({
    queryKey: [operation, inputs],
    queryFn: ({ signal }) =>
      asking.all
        ? callAll(operation, inputs, asking.all as keyof Outputs[O], signal, asking.most)
        : call(operation, inputs, signal),
    refetchInterval: asking.every ? asking.every * 1_000 : false,
    enabled: asking.enabled ?? true,
    placeholderData: keepPreviousData,
  });
}

export interface Acting<O extends Operation> {
  done?: string | ((answer: Outputs[O]) => string); // the sentence of success
  quiet?: boolean; // the caller shows what went wrong
  onRefused?: (refusal: Refusal, inputs: Inputs[O]) => void; // also when the caller is gone from the page
  // Shows the outcome before the server has said so; undone, with its sentence, where it refuses.
  optimistic?: { of: Operation; change: (old: unknown, inputs: Inputs[O]) => unknown };
}

// Carries an operation out; the answer or a refusal is told where the page tells such things.
export function useAction<O extends Operation>(operation: O, acting: Acting<O> = {}) {
  const queries = useQueryClient();
  const action = useMutation<Outputs[O], Refusal, Inputs[O], { before: [readonly unknown[], unknown][] }>({
    mutationFn: (inputs) => call(operation, inputs),
    onMutate: async (inputs) => {
      if (!acting.optimistic) return { before: [] };
      const filter = { queryKey: [acting.optimistic.of] };
      await queries.cancelQueries(filter);
      const before = queries.getQueriesData(filter);
      queries.setQueriesData(filter, (old: unknown) =>
        old === undefined ? old : acting.optimistic!.change(old, inputs),
      );
      return { before };
    },
    onError: (refusal, inputs, context) => {
      for (const [key, data] of context?.before ?? []) queries.setQueryData(key, data);
      acting.onRefused?.(refusal, inputs);
      if (!acting.quiet) toast({ kind: 'refused', text: refusal.message, remedy: refusal.remedy });
    },
    onSuccess: (answer) => {
      const text = typeof acting.done === 'function' ? acting.done(answer) : acting.done;
      if (text) toast({ kind: 'done', text });
    },
    onSettled: () => void queries.invalidateQueries(), // a dialog does not wait for every page to be asked anew
  });
  useForgetting(action);
  return action;
}

// That the daemon could not be reached is over as soon as it is back.
function useForgetting({ error, reset }: { error: Refusal | null; reset: () => void }) {
  const connection = useConnection();
  const unreached = useRef(false);
  unreached.current = error?.status === 0;
  useEffect(() => {
    if (connection === 'live' && unreached.current) reset();
  }, [connection, reset]);
}

export function useSession() {
  return useOperation('session.show', {});
}

// Begins anew, so that nothing of what was shown is left in the page.
export function useSignOut() {
  return useMutation<Outputs['session.end'], Refusal, void>({
    mutationFn: () => call('session.end', {}),
    onSuccess: () => {
      rememberSignedIn(false);
      window.location.assign('/');
    },
    onError: (refusal) => toast({ kind: 'refused', text: refusal.message, remedy: refusal.remedy }),
  });
}

export type Scope = 'admin' | 'operator' | 'viewer';

const ranks: Record<Scope, number> = { viewer: 1, operator: 2, admin: 3 };

// Whether who is signed in may carry it out; pages hide what would be refused.
export function useMay(scope: string): boolean {
  const session = useSession();
  const mine = session.data?.scope;
  const needed = scope === 'operator_' ? 'operator' : scope;
  return mine ? ranks[mine] >= (ranks[needed as Scope] ?? 0) : false;
}
