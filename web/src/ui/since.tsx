// Since when: of the state that is shown where it is known, else of the process, and then it says so.
import { stateOf } from '../api/agents';
import type { Agent } from '../api/generated';
import { wordText } from './amounts';
import { Time } from './time';

export function Since({ agent, known }: { agent: Agent; known?: string }) {
  const state = stateOf(agent);
  const isOfProcess = state === agent.process || state === 'finished';
  if (known || isOfProcess) {
    return (
      <span>
        for <Time at={known ?? agent.since} plain />
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
