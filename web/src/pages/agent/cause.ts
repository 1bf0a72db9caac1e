// What an agent died of, in a sentence.
import type { Exit } from '../../api/generated';

const signals: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

export function causeOf(exit: NonNullable<Exit>): string {
  const words = {
    exited: exit.code === 0 ? 'It ended by itself, without a fault' : `It ended by itself with code ${exit.code}`,
    signalled: `${signals[exit.signal] ?? `Signal ${exit.signal}`} ended it`,
    out_of_memory: 'It used more memory than it may and was killed',
    never_started: 'It could not be started',
    lost: 'It was gone when the daemon came back',
  };
  return exit.detail ? `${words[exit.kind]}: ${exit.detail}` : words[exit.kind];
}
