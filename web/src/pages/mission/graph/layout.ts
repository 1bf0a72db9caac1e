// Where the nodes are: in layers from left to right. It depends on who waits for whom, never on states, so that
// nothing moves while work goes on.
import dagre from '@dagrejs/dagre';
import type { Shape } from './folding';

export const nodeWidth = 212;
export const nodeHeight = 52;

const quickBeyond = 400; // nodes; above it a plainer ranking is quick enough

export type Places = ReadonlyMap<string, { x: number; y: number }>; // top left

export function layOut(shape: Shape): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranksep: 64,
    nodesep: 14,
    edgesep: 6,
    ranker: shape.nodes.length > quickBeyond ? 'longest-path' : 'network-simplex',
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
