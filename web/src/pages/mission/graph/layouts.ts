// Layouts are computed beside the page, for a large one takes seconds. At most two are under way: the newest, and the
// oldest, so that something is seen of a mission that grows faster than it is laid out. One that is overtaken is ended.
import type { Shape } from './folding';
import type { Places } from './layout';
import script from './layout_worker?worker';

const underWayMost = 2;
const keptMost = 4;

const kept = new Map<string, Places>(); // so that coming back to the graph costs nothing

const keyOf = (shape: Shape) => JSON.stringify([shape.nodes.map((node) => node.id), shape.edges]);

function keep(key: string, places: Places) {
  kept.delete(key);
  kept.set(key, places); // the last used comes last
  if (kept.size > keptMost) kept.delete(kept.keys().next().value!);
}

export interface LaidOut {
  shape: Shape;
  places: Places;
}

interface Job {
  end: () => void;
}

export class Layouts {
  private underWay: Job[] = []; // the oldest first

  // Hears of each layout that is newer than the one before; of what could not be laid out at all by `fail`.
  constructor(
    private readonly heard: (laidOut: LaidOut) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  // What is kept is answered at once; all older ones are given up then.
  ask(shape: Shape): LaidOut | undefined {
    const key = keyOf(shape);
    const places = kept.get(key);
    if (places) {
      keep(key, places);
      this.endAll();
      return { shape, places };
    }
    if (this.underWay.length === underWayMost) this.underWay.pop()!.end();
    const job: Job = { end: () => undefined };
    this.underWay.push(job);
    begin(shape, job).then(
      (found) => {
        const at = this.underWay.indexOf(job);
        if (at < 0) return; // nobody waits for it
        for (const older of this.underWay.splice(0, at + 1)) older.end();
        keep(key, found);
        this.heard({ shape, places: found });
      },
      (error: unknown) => this.underWay.includes(job) && this.fail(error),
    );
    return undefined;
  }

  endAll() {
    for (const job of this.underWay.splice(0)) job.end();
  }
}

// In a worker; where none can be started, or its script is gone with the program of before, in the page.
function begin(shape: Shape, job: Job): Promise<Places> {
  return inWorker(shape, job).catch(async () => (await import('./layout')).layOut(shape));
}

function inWorker(shape: Shape, job: Job): Promise<Places> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    job.end = () => worker.terminate();
    worker.onmessage = ({ data }: MessageEvent<Places>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      reject(new Error(event.message));
    };
    worker.postMessage({ nodes: shape.nodes, edges: shape.edges });
  });
}
