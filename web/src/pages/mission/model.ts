// What follows from the tasks of a mission: who waits for whom, and which chain decides how long it takes.
import type { Task } from '../../api/generated';
import { byName } from '../../ui/natural';

export interface Tasks {
  list: readonly Task[];
  byId: ReadonlyMap<string, Task>;
  dependents: ReadonlyMap<string, readonly string[]>;
  critical: readonly string[]; // the longest chain of open tasks, first to last
}

export const isOpen = (task: Task) => task.status !== 'completed';

// What a person calls a task's state: pending ones wait for others, or only for a hand.
export type Stage = 'waiting' | 'ready' | 'in_progress' | 'reported' | 'completed' | 'failed';

export function stageOf(task: Task): Stage {
  if (task.status !== 'pending') return task.status;
  return (task.open_dependencies ?? 0) > 0 ? 'waiting' : 'ready';
}

// The words of ui/state.tsx.
export const markOf: Record<Stage, string> = {
  waiting: 'waiting',
  ready: 'pending',
  in_progress: 'in_progress',
  reported: 'reported',
  completed: 'completed',
  failed: 'failed',
};

export const stageText: Record<Stage, string> = {
  waiting: 'waits for others',
  ready: 'ready',
  in_progress: 'in progress',
  reported: 'being verified',
  completed: 'completed',
  failed: 'failed',
};

export function modelOf(unsorted: readonly Task[]): Tasks {
  const list = [...unsorted].sort((a, b) => byName(a.task_id, b.task_id));
  const byId = new Map(list.map((task) => [task.task_id, task]));
  const dependents = new Map<string, string[]>();
  for (const task of list) {
    for (const on of task.dependencies) {
      const waiting = dependents.get(on);
      if (waiting) waiting.push(task.task_id);
      else dependents.set(on, [task.task_id]);
    }
  }
  return { list, byId, dependents, critical: longestOpenChain(list, byId) };
}

// Tasks in an order in which each comes after those it depends on; without recursion, chains may be long.
function inOrder(list: readonly Task[], byId: ReadonlyMap<string, Task>): Task[] {
  const left = new Map(list.map((task) => [task.task_id, task.dependencies.filter((on) => byId.has(on)).length]));
  const dependents = new Map<string, Task[]>();
  for (const task of list)
    for (const on of task.dependencies) dependents.set(on, [...(dependents.get(on) ?? []), task]);
  const ready = list.filter((task) => left.get(task.task_id) === 0);
  for (let i = 0; i < ready.length; ++i) {
    for (const next of dependents.get(ready[i]!.task_id) ?? []) {
      const now = left.get(next.task_id)! - 1;
      left.set(next.task_id, now);
      if (now === 0) ready.push(next);
    }
  }
  return ready;
}

function longestOpenChain(list: readonly Task[], byId: ReadonlyMap<string, Task>): string[] {
  const length = new Map<string, number>();
  const before = new Map<string, string>();
  let last: string | undefined;
  for (const task of inOrder(list, byId).filter(isOpen)) {
    let longest = 0;
    for (const on of task.dependencies) {
      if ((length.get(on) ?? 0) > longest) {
        longest = length.get(on)!;
        before.set(task.task_id, on);
      }
    }
    length.set(task.task_id, longest + 1);
    if (last === undefined || longest + 1 > length.get(last)!) last = task.task_id;
  }
  const chain: string[] = [];
  for (let at = last; at !== undefined; at = before.get(at)) chain.unshift(at);
  return chain.length > 1 ? chain : [];
}

// Open tasks that have to be completed before this one can begin.
export function blockersOf(tasks: Tasks, id: string): Set<string> {
  const found = new Set<string>();
  const ahead = [...(tasks.byId.get(id)?.dependencies ?? [])];
  for (let on = ahead.pop(); on !== undefined; on = ahead.pop()) {
    const task = tasks.byId.get(on);
    if (!task || found.has(on) || !isOpen(task)) continue;
    found.add(on);
    ahead.push(...task.dependencies);
  }
  return found;
}

// Every task that waits for this one, however far away.
export function waitingFor(tasks: Tasks, id: string): Set<string> {
  const found = new Set<string>();
  const ahead = [...(tasks.dependents.get(id) ?? [])];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    ahead.push(...(tasks.dependents.get(next) ?? []));
  }
  return found;
}
