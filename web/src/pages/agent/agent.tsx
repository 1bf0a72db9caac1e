export default function Agent(_: { agent: string }) {
  return null;
}
