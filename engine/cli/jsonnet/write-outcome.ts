import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve, sep } from 'node:path';
import type { Writable } from 'node:stream';
import type { Flags } from './flags.js';
import type { Outcome, OutputFile } from './outcome.js';

/** Where the outcome goes. */
export interface Destination {
  readonly directory: string;
  readonly stdout: Writable;
  readonly flags: Flags;
}

/** A file that would be written outside the folder of --multi. */
export class FileOutside extends Error {
  override readonly name = 'FileOutside';
}

/** Writes an outcome as the jsonnet command does. Throws FileOutside, and what the system refuses. */
export function writeOutcome(outcome: Exclude<Outcome, { error: string }>, destination: Destination): void {
  const { directory, stdout, flags } = destination;
  const write = (text: string): void => {
    if (flags.output === undefined) stdout.write(text);
    else writeFileSync(resolve(directory, flags.output), text);
  };
  if ('files' in outcome) {
    write(writeFiles(outcome.files, destination));
  } else if ('documents' in outcome) {
    const documents = outcome.documents.map((document) => `---\n${document}`);
    write(documents.length === 0 ? '' : `${documents.join('')}...\n`);
  } else {
    if (flags.output !== undefined && flags.createsFolders) {
      mkdirSync(dirname(resolve(directory, flags.output)), { recursive: true });
    }
    write(outcome.text);
  }
}

/** Writes the files, and gives their paths, one a line. */
function writeFiles(files: readonly OutputFile[], { directory, flags }: Destination): string {
  const folder = normalize(flags.multi ?? '').replace(/(?<=.)\/$/, '');
  const root = resolve(directory, folder);
  const paths: string[] = [];
  for (const { name, content } of files) {
    const path = join(folder, name);
    const file = resolve(directory, path);
    if (!isInside(root, file)) throw new FileOutside(`${name} is not in the folder ${folder}`);
    paths.push(`${path}\n`);
    if (flags.createsFolders) mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) {
      // A link must not lead out of the folder; and what is there already is left as it is, for tools that go by its time.
      if (!isInside(realpathSync(root), realpathSync(file))) throw new FileOutside(`${name} leads out of ${folder}`);
      if (readFileSync(file, 'utf8') === content) continue;
    }
    if (!isInside(realpathSync(root), join(realpathSync(dirname(file)), 'file'))) {
      throw new FileOutside(`${name} leads out of the folder ${folder}`);
    }
    writeFileSync(file, content);
  }
  return paths.join('');
}

function isInside(root: string, file: string): boolean {
  const path = relative(root, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`);
}
