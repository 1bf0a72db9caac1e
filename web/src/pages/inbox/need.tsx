// One thing that waits for a person, answered with one tap.
import type { Need } from '../../api/generated';

export function NeedCard({ need }: { need: Need }) {
  return <p>{need.text}</p>;
}
