export default function Mission(_: { cell: string }) {
  return null;
}
