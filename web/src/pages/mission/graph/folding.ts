// Many tasks as few nodes: what is finished, what is alike and what follows one after the other are folded.
// Only groups are folded that no path leaves and enters again, so the graph stays without circles.
import type { Task } from '../../../api/generated';

export type Kind = 'task' | 'finished' | 'alike' | 'chain';

export interface Folded {
  id: string;
  kind: Kind;
  members: readonly string[];
}

export interface Shape {
  nodes: readonly Folded[];
  edges: readonly { from: string; to: string }[];
  nodeOf: ReadonlyMap<string, string>; // of each task
}

const fewest = { finished: 3, alike: 4, chain: 3 };

interface Links {
  before: Map<string, Set<string>>;
  after: Map<string, Set<string>>;
}

export function fold(
  tasks: readonly Task[],
  finished: ReadonlySet<string>,
  opened: ReadonlySet<string>,
  folds: boolean,
): Shape {
  const nodeOf = new Map(tasks.map((task) => [task.task_id, task.task_id]));
  const groups = new Map<string, Folded>();
  const add = (kind: Kind, members: readonly string[]) => {
    const id = `${kind}:${members[0]}`;
    if (members.length < fewest[kind as keyof typeof fewest] || opened.has(id)) return;
    groups.set(id, { id, kind, members });
    for (const member of members) nodeOf.set(member, id);
  };
  const isSingle = (id: string) => nodeOf.get(id) === id;
  if (folds) {
    for (const members of finishedParts(tasks, finished)) add('finished', members);
    for (const members of alike(
      tasks.filter((task) => isSingle(task.task_id)),
      linksOf(tasks, nodeOf),
    ))
      add('alike', members);
    for (const members of chains(tasks.map((task) => task.task_id).filter(isSingle), linksOf(tasks, nodeOf), isSingle))
      add('chain', members);
  }
  const singles = tasks
    .filter((task) => isSingle(task.task_id))
    .map((task): Folded => ({ id: task.task_id, kind: 'task', members: [task.task_id] }));
  const { after } = linksOf(tasks, nodeOf);
  const edges = [...after].flatMap(([from, all]) => [...all].map((to) => ({ from, to })));
  return { nodes: [...groups.values(), ...singles], edges, nodeOf };
}

function linksOf(tasks: readonly Task[], nodeOf: ReadonlyMap<string, string>): Links {
  const links: Links = { before: new Map(), after: new Map() };
  const put = (of: Map<string, Set<string>>, from: string, to: string) => {
    const all = of.get(from);
    if (all) all.add(to);
    else of.set(from, new Set([to]));
  };
  for (const task of tasks) {
    const to = nodeOf.get(task.task_id)!;
    for (const on of task.dependencies) {
      const from = nodeOf.get(on);
      if (from === undefined || from === to) continue;
      put(links.after, from, to);
      put(links.before, to, from);
    }
  }
  return links;
}

// Finished tasks with nothing unfinished before them, in parts that hang together.
function finishedParts(tasks: readonly Task[], finished: ReadonlySet<string>): string[][] {
  const byId = new Map(tasks.map((task) => [task.task_id, task]));
  const whole = new Set(finished.size < tasks.length ? finished : []); // all in one would say nothing
  for (let changed = true; changed;) {
    changed = false;
    for (const id of whole) {
      if (byId.get(id)?.dependencies.every((on) => whole.has(on) || !byId.has(on))) continue;
      whole.delete(id);
      changed = true;
    }
  }
  const head = new Map([...whole].map((id) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    while (head.get(at) !== at) at = head.get(at)!;
    head.set(id, at);
    return at;
  };
  for (const id of whole) for (const on of byId.get(id)!.dependencies) if (whole.has(on)) head.set(root(id), root(on));
  const parts = new Map<string, string[]>();
  for (const task of tasks)
    if (whole.has(task.task_id))
      parts.set(root(task.task_id), [...(parts.get(root(task.task_id)) ?? []), task.task_id]);
  return [...parts.values()];
}

// Tasks that wait for the same and are waited for by the same.
function alike(tasks: readonly Task[], links: Links): string[][] {
  const parts = new Map<string, string[]>();
  for (const { task_id: id } of tasks) {
    const before = [...(links.before.get(id) ?? [])].sort();
    const after = [...(links.after.get(id) ?? [])].sort();
    if (before.length + after.length === 0) continue;
    const key = JSON.stringify([before, after]);
    parts.set(key, [...(parts.get(key) ?? []), id]);
  }
  return [...parts.values()];
}

// Tasks of which each waits only for the one before, and only the next waits for it.
function chains(ids: readonly string[], links: Links, isSingle: (id: string) => boolean): string[][] {
  const only = (of: Map<string, Set<string>>, id: string) => {
    const all = of.get(id);
    const [one] = all ?? [];
    return all?.size === 1 && one !== undefined && isSingle(one) ? one : undefined;
  };
  const nextOf = (id: string) => {
    const next = only(links.after, id);
    return next !== undefined && links.before.get(next)?.size === 1 ? next : undefined;
  };
  const startsHere = (id: string) => {
    const before = only(links.before, id);
    return before === undefined || nextOf(before) !== id;
  };
  return ids.filter(startsHere).map((first) => {
    const chain = [first];
    for (let next = nextOf(first); next !== undefined; next = nextOf(next)) chain.push(next);
    return chain;
  });
}
