// Where the nodes are: in layers from left to right. It depends on who waits for whom, never on states, so that
// nothing moves while work goes on.
import dagre from '@dagrejs/dagre';
import type { Shape } from './folding';

export const nodeWidth = 212;
export const nodeHeight = 52;

const quickBeyond = 120; // nodes; above it the best ranking takes longer than all the rest
const keptMost = 4;

export type Places = ReadonlyMap<string, { x: number; y: number }>; // top left

const kept = new Map<string, Places>(); // so that coming back to the graph costs nothing

export function layOut(shape: Shape): Places {
  const key = JSON.stringify([shape.nodes.map((node) => node.id), shape.edges]);
  const places = kept.get(key) ?? computed(shape);
  kept.delete(key);
  kept.set(key, places); // the last used comes last
  if (kept.size > keptMost) kept.delete(kept.keys().next().value!);
  return places;
}

function computed(shape: Shape): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranksep: 64,
    nodesep: 14,
    edgesep: 6,
    ranker: shape.nodes.length > quickBeyond ? 'tight-tree' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of shape.nodes) graph.setNode(node.id, { width: nodeWidth, height: nodeHeight });
  for (const edge of shape.edges) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);
  return new Map(
    shape.nodes.map(({ id }) => {
      const at = graph.node(id) as { x: number; y: number };
      return [id, { x: at.x - nodeWidth / 2, y: at.y - nodeHeight / 2 }];
    }),
  );
}
