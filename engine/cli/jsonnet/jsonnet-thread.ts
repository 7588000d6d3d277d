import { parentPort, workerData } from 'node:worker_threads';
import { evaluate, type Request } from './evaluate.js';
import type { Outcome } from './outcome.js';

/** What the thread tells: lines of std.trace, and in the end the outcome. */
export type ThreadMessage = { readonly trace: string } | { readonly outcome: Outcome };

const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);
tell({ outcome: evaluate(workerData as Request, (trace) => tell({ trace })) });
