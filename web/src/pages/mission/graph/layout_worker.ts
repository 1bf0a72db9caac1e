// Lays out one shape beside the page; it is ended with the answer, or when nobody waits for it any more.
import { layOut } from './layout';
import type { Shape } from './folding';

addEventListener('message', ({ data }: MessageEvent<Shape>) => postMessage(layOut(data)));
