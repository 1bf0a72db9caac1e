// Where the nodes are: in layers from left to right. It depends on who waits for whom, never on states, so that
// nothing moves while work goes on.
import dagre from '@dagrejs/dagre';
import type { Shape } from './folding';
import { nodeHeight, nodeWidth } from './size';

const quickBeyond = 120; // nodes; above it the best ranking takes longer than all the rest

export type Places = ReadonlyMap<string, { x: number; y: number }>; // top left

export function layOut({ nodes, edges }: Pick<Shape, 'nodes' | 'edges'>): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranksep: 64,
    nodesep: 14,
    edgesep: 6,
    ranker: nodes.length > quickBeyond ? 'tight-tree' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: nodeWidth, height: nodeHeight });
  for (const edge of edges) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const at = graph.node(id) as { x: number; y: number };
      return [id, { x: at.x - nodeWidth / 2, y: at.y - nodeHeight / 2 }];
    }),
  );
}
