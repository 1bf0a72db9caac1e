// Nodes and edges as React Flow takes them.
import { Position, type Edge } from '@xyflow/react';
import { stageOf, type Tasks } from '../model';
import type { Folded, Shape } from './folding';
import type { Places } from './layout';
import type { Looks } from './looks';
import { foldedText, type Drawn, type DrawnNode } from './node';
import { nodeHeight, nodeWidth } from './size';
import s from './graph.module.css';

const handle = { y: nodeHeight / 2, width: 1, height: 1 };
const handles = [
  { ...handle, type: 'target' as const, position: Position.Left, x: 0 },
  { ...handle, type: 'source' as const, position: Position.Right, x: nodeWidth },
];

export function nodesOf(tasks: Tasks, shape: Shape, places: Places, looks: Looks, chosen: string): DrawnNode[] {
  return shape.nodes.map((folded) => ({
    id: folded.id,
    type: 'drawn',
    position: places.get(folded.id)!,
    width: nodeWidth,
    height: nodeHeight,
    handles,
    data: {
      ...wordsOf(tasks, folded),
      kind: folded.kind,
      look: looks.ofNode.get(folded.id) ?? 'plain',
      isChosen: folded.members.includes(chosen),
    },
  }));
}

function wordsOf(tasks: Tasks, { kind, members }: Folded): Pick<Drawn, 'title' | 'about' | 'stage' | 'counts'> {
  const first = tasks.byId.get(members[0]!);
  if (!first) return { title: members[0]!, about: 'no longer there', stage: '', counts: {} }; // until it is laid out anew
  if (kind === 'task') {
    const stage = stageOf(first);
    const who = first.owner ?? first.assigned_to ?? '';
    const waits = stage === 'waiting' ? `waits for ${first.open_dependencies}` : '';
    return { title: first.title || first.task_id, about: [waits, who].filter(Boolean).join(' · '), stage, counts: {} };
  }
  const counts: Record<string, number> = {};
  for (const id of members) {
    const status = tasks.byId.get(id)?.status;
    if (status) counts[status] = (counts[status] ?? 0) + 1;
  }
  return { title: `${first.title || first.task_id} …`, about: foldedText(kind, members.length), stage: '', counts };
}

// What stands out comes last, so that it is drawn above the rest, but below the nodes.
export function edgesOf(shape: Shape, looks: Looks): Edge[] {
  const isQuiet = (look: string) => look === 'plain' || look === 'dim';
  const drawn = shape.edges.map(({ from, to }) => ({ from, to, look: looks.ofEdge(from, to) }));
  return drawn
    .sort((a, b) => Number(isQuiet(b.look)) - Number(isQuiet(a.look)))
    .map(({ from, to, look }) => ({
      id: `${from}>${to}`,
      source: from,
      target: to,
      className: `${s.edge} ${s[`edge_${look}`] ?? ''}`,
    }));
}
