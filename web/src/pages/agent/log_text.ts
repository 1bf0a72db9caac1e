// Lines of agents as a terminal may show them: their colours, but nothing that moves the cursor, clears what
// stands there, names windows or makes links. What an agent prints can then hide nothing.
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?/g;
const colours = /^\x1b\[[0-9;:]*m$/;
const controls = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g;

export function shownLine(line: string): string {
  const end = line.endsWith('\r') ? line.slice(0, -1) : line;
  const last = end.slice(end.lastIndexOf('\r') + 1); // what a progress bar wrote last
  return last.replace(controls, '').replace(escapes, (one) => (colours.test(one) ? one : ''));
}

const markers = {
  dropped: 'Lines were dropped here: the log was full.',
  skipped: 'Lines were skipped here: it prints faster than they can be shown.',
};

export const markerOf = (missing: 'dropped' | 'skipped') => `\x1b[0;1;33m── ${markers[missing]} ──\x1b[0m\r\n`;

export function textOf(lines: readonly string[], continues: boolean): string {
  if (lines.length === 0) return '';
  const text = lines.map(shownLine).join('\r\n');
  return continues ? text : `${text}\r\n`;
}

// For places without colours.
export const plainLine = (line: string) => shownLine(line).replace(escapes, '');
