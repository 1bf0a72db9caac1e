// Where an arrow key leads: along the edges, or to the nearest node above and below.
import type { Shape } from './folding';
import type { Places } from './layout';

export function stepFrom(shape: Shape, places: Places, node: string, key: string): string | undefined {
  const at = places.get(node);
  if (!at) return undefined;
  const near = (ids: readonly string[]) =>
    [...ids].sort((a, b) => Math.abs(places.get(a)!.y - at.y) - Math.abs(places.get(b)!.y - at.y))[0];
  if (key === 'ArrowRight') return near(shape.edges.filter((edge) => edge.from === node).map((edge) => edge.to));
  if (key === 'ArrowLeft') return near(shape.edges.filter((edge) => edge.to === node).map((edge) => edge.from));
  const isThere = key === 'ArrowDown' ? (y: number) => y > at.y : (y: number) => y < at.y;
  return near(
    shape.nodes
      .map((one) => one.id)
      .filter((id) => Math.abs(places.get(id)!.x - at.x) < 1 && isThere(places.get(id)!.y)),
  );
}
