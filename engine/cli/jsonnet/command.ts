import { readFileSync } from 'node:fs';
import { normalize, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { EdictError } from '#errors/edict-error.js';
import { faultText, printableLines } from '../console.js';
import type { CliEnvironment } from '../environment.js';
import { evaluate, type Program } from './evaluate.js';
import { evaluateApart, isDeep } from './evaluate-apart.js';
import { FlagError, type Flags, parseFlags } from './flags.js';
import { HELP } from './help.js';
import { FileOutside, writeOutcome } from './write-outcome.js';

/** There is no such program, or it may not be read. */
class UnreadableProgram extends Error {
  override readonly name = 'UnreadableProgram';
}

/** The exit codes of the jsonnet command: it knows no other. */
const EXIT = { done: 0, failed: 1 } as const;

/** `edict jsonnet`: evaluates a program as the jsonnet command does, with its flags, its output and its exit codes. */
export async function runJsonnet(words: readonly string[], environment: CliEnvironment): Promise<number> {
  const { stderr } = environment;
  const tell = (text: string): void => void stderr.write(printableLines(text));
  try {
    const flags = parseFlags(words, environment.variables);
    if (flags.asksFor !== undefined) {
      environment.stdout.write(flags.asksFor === 'help' ? HELP : `edict jsonnet ${environment.version}\n`);
      return EXIT.done;
    }
    if (!flags.repl) return await once(flags, environment);
    const { runRepl } = await import('./repl.js');
    return await runRepl(flags, environment);
  } catch (error) {
    if (error instanceof FlagError) tell(`ERROR: ${error.message}\n`);
    else if (error instanceof UnreadableProgram || error instanceof FileOutside) tell(`${error.message}\n`);
    else if (error instanceof EdictError) for (const fault of error.faults) stderr.write(`${faultText(fault)}\n`);
    else if (isSystemError(error)) tell(`${error.path ?? ''}: ${reasonOf(error)}\n`);
    else throw error;
    return EXIT.failed;
  }
}

async function once(flags: Flags, environment: CliEnvironment): Promise<number> {
  const { directory, stdout, stderr } = environment;
  const program = await programOf(flags, environment);
  const trace = (text: string): void => void stderr.write(text);
  const request = { program, directory, flags };
  const outcome = isDeep(flags.maxStack) ? await evaluateApart(request, trace) : evaluate(request, trace);
  if ('error' in outcome) {
    stderr.write(outcome.error);
    return EXIT.failed;
  }
  writeOutcome(outcome, { directory, stdout, flags });
  return EXIT.done;
}

async function programOf({ words: [word = ''], exec }: Flags, { directory, stdin }: CliEnvironment): Promise<Program> {
  if (exec) return { text: word, path: '', name: '<cmdline>' };
  if (word === '-') return { text: stdin === undefined ? '' : await readAll(stdin()), path: '', name: '<stdin>' };
  const path = normalize(word);
  try {
    return { text: readFileSync(resolve(directory, path), 'utf8'), path, name: path };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UnreadableProgram(`cannot read ${word}: ${reasonOf(error)}`, { cause: error });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** What the system says, without the code and the path around it. */
function reasonOf({ message }: NodeJS.ErrnoException): string {
  return message.replace(/^[A-Z0-9]+: /, '').replace(/, \w+(?: '.*')?$/s, '');
}
