import { Worker } from 'node:worker_threads';
import type { Request } from './evaluate.js';
import type { ThreadMessage } from './jsonnet-thread.js';
import type { Outcome } from './outcome.js';

/** Calls inside each other that the stack of a process has room for. */
const DEEPEST_HERE = 1000;
const KIBIBYTES_PER_FRAME = 8;
const MEBIBYTES = { least: 64, most: 3000 };

/** Whether the evaluation needs a larger stack than a process has. */
export function isDeep(maxStack: number): boolean {
  return maxStack > DEEPEST_HERE;
}

/** `evaluate`, in a thread whose stack has room for the frames that are allowed. */
export async function evaluateApart(request: Request, trace: (text: string) => void): Promise<Outcome> {
  const wanted = Math.ceil((request.flags.maxStack * KIBIBYTES_PER_FRAME) / 1024);
  const stackSizeMb = Math.min(MEBIBYTES.most, Math.max(MEBIBYTES.least, wanted));
  try {
    return await new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./jsonnet-thread.js', import.meta.url), {
        workerData: request,
        resourceLimits: { stackSizeMb },
        execArgv: [],
      });
      worker.on('message', (message: ThreadMessage) => {
        if ('trace' in message) trace(message.trace);
        else resolve(message.outcome);
      });
      worker.on('error', reject);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_WORKER_INIT_FAILED') return failed(`the system gives no stack of ${stackSizeMb} MiB`);
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return failed('the evaluation takes more memory than there is');
    throw error;
  }
}

function failed(message: string): Outcome {
  return { error: `RUNTIME ERROR: ${message}\n` };
}
