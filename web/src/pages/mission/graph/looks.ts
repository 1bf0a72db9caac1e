// Which nodes and edges stand out: the chosen task with what holds it up, what was searched for, or the longest open chain.
import { blockersOf, isOpen, waitingFor, type Tasks } from '../model';
import type { Shape } from './folding';

export type Look = 'plain' | 'chosen' | 'blocker' | 'waiting' | 'critical' | 'found' | 'dim';

export interface Wanted {
  chosen: string;
  text: string; // searched for
  critical: boolean;
}

export interface Looks {
  ofNode: ReadonlyMap<string, Look>;
  ofEdge: (from: string, to: string) => Look;
  found: readonly string[]; // nodes that fit the search
}

export function looksOf(tasks: Tasks, shape: Shape, wanted: Wanted): Looks {
  const ofNode = new Map<string, Look>();
  const mark = (task: string, look: Look) => {
    const node = shape.nodeOf.get(task);
    if (node !== undefined && ofNode.get(node) !== 'chosen') ofNode.set(node, look);
  };
  const found = wanted.text ? foundIn(tasks, shape, wanted.text) : [];
  const task = tasks.byId.get(wanted.chosen);
  if (wanted.text) for (const node of found) ofNode.set(node, 'found');
  else if (task) {
    for (const id of waitingFor(tasks, wanted.chosen)) mark(id, 'waiting');
    if (isOpen(task)) for (const id of blockersOf(tasks, wanted.chosen)) mark(id, 'blocker');
  } else if (wanted.critical) for (const id of tasks.critical) mark(id, 'critical');
  mark(wanted.chosen, 'chosen');
  const dims = Boolean(wanted.text) || task !== undefined;
  if (dims) for (const { id } of shape.nodes) if (!ofNode.has(id)) ofNode.set(id, 'dim');
  return { ofNode, found, ofEdge: edgeLooks(tasks, shape, ofNode, dims) };
}

export function fits(tasks: Tasks, id: string, text: string): boolean {
  const task = tasks.byId.get(id);
  return (
    task !== undefined &&
    `${id} ${task.title} ${task.owner ?? ''} ${task.assigned_to ?? ''} ${task.status}`
      .toLowerCase()
      .includes(text.toLowerCase())
  );
}

function foundIn(tasks: Tasks, shape: Shape, text: string): string[] {
  return shape.nodes.filter((node) => node.members.some((id) => fits(tasks, id, text))).map((node) => node.id);
}

function edgeLooks(tasks: Tasks, shape: Shape, ofNode: ReadonlyMap<string, Look>, dims: boolean) {
  const steps = new Set(
    tasks.critical.slice(1).map((id, i) => `${shape.nodeOf.get(tasks.critical[i]!)}>${shape.nodeOf.get(id)}`),
  );
  return (from: string, to: string): Look => {
    const [a, b] = [ofNode.get(from), ofNode.get(to)];
    if (a === 'critical' && b === 'critical') return steps.has(`${from}>${to}`) ? 'critical' : 'plain';
    if (a === 'blocker' && (b === 'blocker' || b === 'chosen')) return 'blocker';
    if ((a === 'chosen' || a === 'waiting') && b === 'waiting') return 'waiting';
    return dims ? 'dim' : 'plain';
  };
}
