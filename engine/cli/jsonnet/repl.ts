import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isIdentifier } from '#jsonnet/syntax/token.js';
import { printableLines } from '../console.js';
import type { CliEnvironment } from '../environment.js';
import type { Flags } from './flags.js';
import { readFacts } from './read-facts.js';
import { type Reply, Session } from './session.js';

const PROMPT = { first: '> ', next: '. ' };

const HELP = `An expression is evaluated and printed; it may go on over several lines.
  local x = 1            binds a name for what follows; so does local f(a, b) = a + b
  facts                  the facts of --facts
  :load FILE [NAME]      binds the value of a file: a template as template, a library under its own name
  :help                  this
  :quit                  ends, as Ctrl-D does; Ctrl-C drops a line
`;

/** `edict jsonnet --repl`: reads expressions until the input ends, and prints what they give. Throws EdictError of the facts. */
export async function runRepl(flags: Flags, environment: CliEnvironment): Promise<number> {
  const { directory, stdin, stdout, stderr } = environment;
  const facts = flags.facts === undefined ? undefined : readFacts(resolve(directory, flags.facts), flags.facts);
  const complain = (text: string): void => void stderr.write(text);
  const session = new Session(directory, flags, facts, complain);
  const input = stdin?.();
  if (input === undefined) return 0;
  const isTerminal = 'isTTY' in input && input.isTTY === true && stdout.isTTY === true;
  const lines = createInterface({ input, ...(isTerminal ? { output: stdout } : {}), terminal: isTerminal });
  const ask = (prompt: string): void => {
    lines.setPrompt(prompt);
    if (isTerminal) lines.prompt();
  };
  let typed = '';
  const take = (reply: Reply): void => {
    if ('result' in reply) stdout.write(printableResult(reply.result));
    if ('error' in reply) complain(reply.error);
    typed = 'unfinished' in reply ? typed : '';
  };
  lines.on('SIGINT', () => {
    typed = '';
    stdout.write('\n');
    ask(PROMPT.first);
  });
  if (isTerminal) stdout.write(`edict jsonnet ${environment.version}; :help tells what there is.\n`);
  ask(PROMPT.first);
  for await (const line of lines) {
    if (typed === '' && line.trimStart().startsWith(':')) {
      const [command = '', ...words] = line.trim().split(/\s+/);
      if (command === ':quit') break;
      take(obey(command, words, session));
    } else {
      typed = typed === '' ? line : `${typed}\n${line}`;
      take(session.read(typed));
    }
    ask(typed === '' ? PROMPT.first : PROMPT.next);
  }
  if (typed !== '') take(session.read(typed, true));
  lines.close();
  return 0;
}

function obey(command: string, words: readonly string[], session: Session): Reply {
  const [file, name = file === undefined ? '' : nameOf(file)] = words;
  if (command === ':help') return { result: HELP.trimEnd() };
  if (command !== ':load')
    return { error: `there is no command ${printableLines(command)}: :help tells what there is\n` };
  if (file === undefined || words.length > 2) return { error: 'one file is loaded: :load FILE [NAME]\n' };
  if (isIdentifier(name)) return session.load(file, name);
  return { error: `${printableLines(name)} is no name: give one after the file\n` };
}

/** A library is used under its own name; of templates there is one at a time. */
function nameOf(file: string): string {
  return file.endsWith('.libsonnet') ? basename(file, '.libsonnet') : 'template';
}

/** The control characters that JSON leaves as they are, as escapes. */
function printableResult(text: string): string {
  const harmless = text.replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${harmless}\n`;
}
