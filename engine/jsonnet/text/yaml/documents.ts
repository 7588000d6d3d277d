/** The documents of a text, and whether there is a mark that begins one, which makes the whole an array. */
export interface Documents {
  readonly documents: readonly string[];
  readonly isStream: boolean;
}

/** Cuts a text before each line that begins with `---`. Lines end with a line feed, the last one, too. */
export function documentsOf(text: string): Documents {
  const documents: string[] = [];
  let isStream = false;
  let current = '';
  for (const line of linesOf(text)) {
    if (/^---[ \t\n]/.test(line)) {
      isStream = true;
      if (current !== '') documents.push(current);
      current = '';
    }
    current += line;
  }
  if (current !== '') documents.push(current);
  return { documents, isStream };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const ended = lines.map((line) => `${line.endsWith('\r') ? line.slice(0, -1) : line}\n`);
  return last === '' ? ended : [...ended, `${last}\n`];
}
