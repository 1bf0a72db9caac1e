import './csp';
import './style/tokens.css';
import './style/base.css';
import { createRoot } from 'react-dom/client';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { askAhead } from './api/ahead';
import { Refusal } from './api/client';
import { App } from './app';
import { mendStyles } from './styles';
import { startTheme } from './ui/theme';

const queries: QueryClient = new QueryClient({
  // The session ended elsewhere, in another tab for example: this page asks who it is.
  queryCache: new QueryCache({
    onError: (error) => {
      const ended = error instanceof Refusal && error.status === 401;
      if (ended) void queries.invalidateQueries({ queryKey: ['session.show'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What a person must mend is not asked again; what the daemon will mend is.
      retry: (count, error) => count < 3 && (!(error instanceof Refusal) || error.status === 0 || error.status >= 500),
      refetchOnReconnect: true,
    },
  },
});

startTheme();
askAhead(queries);
mendStyles();
createRoot(document.getElementById('app')!).render(
  <QueryClientProvider client={queries}>
    <App />
  </QueryClientProvider>,
);
