// The pages, who may see them, and what surrounds them.
import { lazy, Suspense, useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { rememberSignedIn } from './api/ahead';
import { live } from './api/live';
import { useSession } from './api/use';
import { Frame } from './frame/frame';
import { Lost } from './frame/lost';
import { SignIn } from './frame/sign_in';
import { Fleet } from './pages/fleet/fleet';
import { Refused, Waiting, Empty } from './ui/shown';
import { Toasts } from './ui/toast';
import { Boundary } from './frame/boundary';

const Agent = lazy(() => import('./pages/agent/agent'));
const Mission = lazy(() => import('./pages/mission/mission'));
const Missions = lazy(() => import('./pages/mission/missions'));
const Inbox = lazy(() => import('./pages/inbox/inbox'));
const Calendar = lazy(() => import('./pages/calendar/calendar'));
const Events = lazy(() => import('./pages/events/events'));
const Host = lazy(() => import('./pages/host/host'));
const Connect = lazy(() => import('./pages/connect/connect'));

export function App() {
  const session = useSession();
  const signedIn = session.data && session.data.scope !== null;
  useEffect(() => {
    if (signedIn !== undefined) rememberSignedIn(signedIn);
  }, [signedIn]);
  if (!session.data) {
    if (session.error && session.error.status !== 0)
      return <Refused refusal={session.error} again={() => void session.refetch()} />;
    return session.error ? <Unreached /> : <Waiting />;
  }
  return (
    <>
      {session.data.scope ? <Pages /> : <SignIn />}
      <Toasts />
    </>
  );
}

function Unreached() {
  return (
    <Empty title="The daemon cannot be reached">
      <p>
        This page goes on by itself as soon as it is there. In a terminal: <code>lazaret up --detach</code>
      </p>
    </Empty>
  );
}

function Pages() {
  const queries = useQueryClient();
  useEffect(() => live.start(queries), [queries]);
  return (
    <Frame>
      <Boundary>
        <Suspense fallback={<Waiting rows={8} />}>
          <Switch>
            <Route path="/" component={Fleet} />
            <Route path="/agents/:agent">{({ agent }) => <Agent key={agent} agent={agent} />}</Route>
            <Route path="/missions" component={Missions} />
            <Route path="/missions/:cell">{({ cell }) => <Mission key={cell} cell={cell} />}</Route>
            <Route path="/inbox" component={Inbox} />
            <Route path="/calendar" component={Calendar} />
            <Route path="/events" component={Events} />
            <Route path="/host" component={Host} />
            <Route path="/connect" component={Connect} />
            <Route component={Lost} />
          </Switch>
        </Suspense>
      </Boundary>
    </Frame>
  );
}
