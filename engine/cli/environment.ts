import type { Readable, Writable } from 'node:stream';
import type { Tools } from './tools.js';

/** What the CLI knows of the process that it runs in. Only `main.ts` makes one. */
export interface CliEnvironment {
  readonly variables: { readonly [name: string]: string | undefined };
  readonly directory: string;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Standard input, opened when it is asked for; without it there is none. */
  readonly stdin?: () => Readable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly version: string;
  /** Tools that were opened ahead; without them each run opens its own. */
  readonly tools?: Tools;
}

/** Exit codes: the same for every verb. */
export const EXIT = { done: 0, fault: 1, usage: 2, denied: 3 } as const;

/** Options that every verb has. */
export interface GlobalOptions {
  readonly root: string;
  readonly state: string;
  readonly output: 'text' | 'json' | 'yaml';
  readonly color: boolean | undefined;
  readonly quiet: boolean;
}
