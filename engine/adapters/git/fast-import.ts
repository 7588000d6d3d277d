/** One commit, as `git fast-import` needs it. */
export interface ImportedCommit {
  readonly parent: string | undefined;
  readonly committer: {
    readonly name: string;
    readonly email: string;
    /** Seconds since 1970. */
    readonly time: number;
  };
  readonly message: string;
  /** Undefined content deletes the file. */
  readonly files: readonly { readonly path: string; readonly content: string | undefined; readonly mode: string }[];
}

const IMPORT_REF = 'refs/edict/import';
const NO_COMMIT = '0'.repeat(40);

/**
 * The input with which `git fast-import` stores `commit` and prints its id, without moving any branch: the ref that it
 * insists on is dropped again in the same run, before refs are written. Without the closing `done`, as when the writer
 * is killed, fast-import fails and nothing refers to what it stored.
 */
export function importStream(commit: ImportedCommit): Buffer {
  const { parent, committer, message, files } = commit;
  const author = `${plainName(committer.name)} <${plainName(committer.email)}> ${committer.time} +0000`;
  const parts: Buffer[] = [
    text(`feature done\ncommit ${IMPORT_REF}\nmark :1\nauthor ${author}\ncommitter ${author}\n`),
    ...data(message.replaceAll('\0', '\ufffd')),
    text(parent === undefined ? '' : `from ${parent}\n`),
  ];
  for (const { path, content } of files) {
    if (content === undefined) parts.push(text(`D ${quotePath(path)}\n`));
  }
  for (const { path, content, mode } of files) {
    if (content !== undefined) parts.push(text(`M ${mode} inline ${quotePath(path)}\n`), ...data(content));
  }
  parts.push(text(`\nget-mark :1\nreset ${IMPORT_REF}\nfrom ${NO_COMMIT}\n\ndone\n`));
  return Buffer.concat(parts);
}

/** `path` in the quotes of C, which fast-import reads whatever the path holds. */
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function data(content: string): readonly Buffer[] {
  const bytes = text(content);
  return [text(`data ${bytes.length}\n`), bytes, text('\n')];
}

/** Git forbids these characters in names and addresses. */
function plainName(name: string): string {
  return name.replace(/[<>\n\0]/g, '').trim();
}

function text(content: string): Buffer {
  return Buffer.from(content, 'utf8');
}
