// What the home page shows is asked for together with who is there, not after it: a reload shows the fleet a
// round trip sooner. Only where this browser was signed in when it was last here.
import type { QueryClient } from '@tanstack/react-query';
import { call, callAll } from './client';

const key = 'lazaret-signed-in';
export const agentsAsked = { limit: 1_000 };

export function rememberSignedIn(signedIn: boolean) {
  if (signedIn) localStorage.setItem(key, '1');
  else localStorage.removeItem(key);
}

export function askAhead(queries: QueryClient) {
  if (!localStorage.getItem(key) || window.location.pathname !== '/') return;
  void queries.prefetchQuery({ queryKey: ['session.show', {}], queryFn: () => call('session.show', {}) });
  void queries.prefetchQuery({ queryKey: ['status', {}], queryFn: () => call('status', {}) });
  void queries.prefetchQuery({
    queryKey: ['agent.list', agentsAsked],
    queryFn: () => callAll('agent.list', agentsAsked, 'agents'),
  });
}
