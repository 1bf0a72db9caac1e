// Since when it is in the state that is shown; where nobody knows that, since when its process is, and then it says so.
import { sinceOf } from '../api/agents';
import type { Agent } from '../api/generated';
import { wordText } from './amounts';
import { Time } from './time';

export function Since({ agent, known }: { agent: Agent; known?: string }) {
  const since = known ?? sinceOf(agent);
  if (since) {
    return (
      <span>
        for <Time at={since} plain />
      </span>
    );
  }
  if (agent.process === 'external') {
    return agent.last_beat ? (
      <span>
        last beat <Time at={agent.last_beat} />
      </span>
    ) : null;
  }
  return (
    <span>
      {wordText(agent.process)} for <Time at={agent.since} plain />
    </span>
  );
}
