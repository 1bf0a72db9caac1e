// What can be done with an agent in its state.
import type { Operation } from '../../api/client';
import type { Agent } from '../../api/generated';

export type Verb = Extract<
  Operation,
  | 'agent.start'
  | 'agent.stop'
  | 'agent.kill'
  | 'agent.pause'
  | 'agent.resume'
  | 'agent.freeze'
  | 'agent.thaw'
  | 'agent.activity'
  | 'checkpoint.ask'
>;

export interface Choice {
  operation: Verb;
  label: string;
  about: string;
  done: string;
  look?: 'strong' | 'danger';
}

const choices: Record<Verb, Omit<Choice, 'operation'>> = {
  'agent.start': {
    label: 'Start',
    look: 'strong',
    about: 'It is started now and kept alive from then on. After a quarantine its tries begin at zero again.',
    done: 'It is started',
  },
  'agent.resume': {
    label: 'Resume',
    look: 'strong',
    about: 'It gets new work and its waiting messages again.',
    done: 'It gets work again',
  },
  'agent.thaw': {
    label: 'Thaw',
    look: 'strong',
    about: 'Its processes go on where they were stopped.',
    done: 'It goes on',
  },
  'agent.activity': {
    label: 'No longer rate-limited',
    about: 'It is given work again before the time that it told.',
    done: 'It counts as free again',
  },
  'agent.pause': { label: 'Pause', about: 'It gets no new work. What it does goes on.', done: 'It gets no new work' },
  'agent.freeze': {
    label: 'Freeze',
    about: 'Its processes are stopped where they are, without losing anything, until it is thawed.',
    done: 'It is frozen',
  },
  'checkpoint.ask': {
    label: 'Ask for a checkpoint',
    about: 'It is asked to save where it stands.',
    done: 'It is asked to save a checkpoint',
  },
  'agent.stop': {
    label: 'Stop',
    look: 'danger',
    about: 'It is asked to end, and not started again by itself.',
    done: 'It is being stopped',
  },
  'agent.kill': {
    label: 'Kill',
    look: 'danger',
    about:
      'Everything that it started gets SIGKILL at once, and it is not started again by itself. What it has not saved is lost.',
    done: 'It is killed',
  },
};

const live = new Set<Agent['process']>(['starting', 'running', 'stopping']);

export const isLive = (agent: Agent) => live.has(agent.process);
export const hasMission = (agent: Agent) => agent.cell_id !== 'external'; // the cell of those that only beat
export const isOurs = (agent: Agent) => agent.process !== 'external' && agent.run != null;

function fits(verb: Verb, agent: Agent): boolean {
  const alive = isLive(agent);
  switch (verb) {
    case 'agent.start':
      return isOurs(agent) && !alive;
    case 'agent.stop':
      return isOurs(agent) && agent.process !== 'stopping' && (alive || agent.process === 'backoff');
    case 'agent.kill':
      return isOurs(agent) && alive;
    case 'agent.activity':
      return agent.activity === 'rate_limited';
    case 'agent.pause':
      return !agent.paused;
    case 'agent.resume':
      return agent.paused;
    case 'agent.freeze':
      return alive && !agent.frozen;
    case 'agent.thaw':
      return alive && agent.frozen;
    case 'checkpoint.ask':
      return agent.process === 'running' && !agent.frozen;
  }
}

// The likeliest first.
export function choicesFor(agent: Agent): Choice[] {
  const verbs = Object.keys(choices) as Verb[];
  return verbs.filter((verb) => fits(verb, agent)).map((operation) => ({ operation, ...choices[operation] }));
}
