// Calls of the daemon's operations, typed by the operations table.
import { routes, type Inputs, type Outputs } from './generated';

export type Operation = keyof Inputs;

// What a call that failed says: the server's own sentence, and where it gave one, place and remedy.
export class Refusal extends Error {
  constructor(
    readonly status: number, // 0: the daemon was not reached
    detail: string,
    readonly place?: string,
    readonly remedy?: string,
  ) {
    super(detail);
  }
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const problem = await response.json();
    return new Refusal(response.status, problem.detail ?? response.statusText, problem.place, problem.remedy);
  } catch {
    return new Refusal(response.status, `the server answered ${response.status} ${response.statusText}`);
  }
}

function requestOf(operation: Operation, inputs: Record<string, unknown>): { url: string; init: RequestInit } {
  const route = routes[operation];
  const rest = { ...inputs };
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const name of route.query) {
    if (rest[name] !== undefined && rest[name] !== '') query.set(name, String(rest[name]));
    delete rest[name];
  }
  const init: RequestInit = { method: route.method, credentials: 'same-origin' };
  if (route.method !== 'GET' && route.method !== 'DELETE') {
    init.headers = { 'Content-Type': 'application/json' };
    init.body = JSON.stringify(rest);
  }
  const search = query.toString().replaceAll('+', '%20'); // the daemon takes a plus for a plus
  return { url: search ? `${path}?${search}` : path, init };
}

export function addressOf(operation: Operation, inputs: Record<string, unknown>): string {
  return requestOf(operation, inputs).url;
}

export async function call<O extends Operation>(
  operation: O,
  inputs: Inputs[O],
  signal?: AbortSignal,
): Promise<Outputs[O]> {
  const { url, init } = requestOf(operation, inputs as Record<string, unknown>);
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal(0, 'the daemon cannot be reached');
  }
  if (!response.ok) throw await refusalOf(response);
  const json = response.headers.get('content-type')?.includes('json');
  return (json ? response.json() : response.text()) as Promise<Outputs[O]>;
}

export interface Bound {
  pages: number;
  items: number;
}

const everything: Bound = { pages: Infinity, items: Infinity };

// Every page of a list that is answered by cursor; where the bound cuts it, `next` is what would come.
export async function callAll<O extends Operation, K extends keyof Outputs[O]>(
  operation: O,
  inputs: Inputs[O],
  list: K,
  signal?: AbortSignal,
  most: Bound = everything,
): Promise<Outputs[O]> {
  let answer = await call(operation, inputs, signal);
  const first = answer;
  const items = [...(first[list] as unknown[])];
  for (let pages = 1; ; ++pages) {
    const next = (answer as { next?: string | null }).next ?? null;
    if (!next || pages >= most.pages || items.length >= most.items)
      return { ...(first as object), [list]: items, next } as Outputs[O];
    answer = await call(operation, { ...inputs, cursor: next } as Inputs[O], signal);
    items.push(...(answer[list] as unknown[]));
  }
}

// The line that does the same in a terminal: "lazaret agent pause scout --reason 'too loud'".
export function cliLine(operation: Operation, inputs: Record<string, unknown> = {}): string {
  const rest: Record<string, unknown> = { ...inputs };
  const words = routes[operation].cli
    .replace(/^lazaret /, '')
    .split(' ')
    .map((word) => {
      if (!/^\[?[A-Z]/.test(word)) return word;
      const name = Object.keys(rest).find((key) => word.includes(key.toUpperCase())) ?? Object.keys(rest)[0];
      if (name === undefined) return word;
      const value = rest[name];
      delete rest[name];
      return quoted(String(value));
    });
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === '' || value === null || value === false) continue;
    words.push(
      `--${name.replaceAll('_', '-')}${value === true ? '' : ` ${quoted(typeof value === 'object' ? JSON.stringify(value) : String(value))}`}`,
    );
  }
  return `lazaret ${words.join(' ')}`;
}

export function quoted(text: string): string {
  return /^[\w.,:@%+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
