/** The complaints that quote a value (k8s.io/apimachinery/pkg/util/validation/field); `Required value` has none to quote. */
const COMPLAINT = /(?:Invalid value|Unsupported value|Duplicate value|Not found): /g;
const CLOSING: { readonly [opening: string]: string } = { '{': '}', '[': ']', '(': ')' };

/**
 * What a validation says, without the values that it quotes: they may be those of a Secret. `Invalid value: "x": must
 * be y` becomes `Invalid value: must be y`; of values in another form nothing is left, nor of what follows them.
 */
export function withoutValues(message: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const found of message.matchAll(COMPLAINT)) {
    if (found.index < from) continue;
    const start = found.index + found[0].length;
    parts.push(message.slice(from, start));
    from = afterValue(message, start);
  }
  parts.push(message.slice(from));
  // Refused updates are shown as a difference of all fields, on lines of their own.
  const [line = ''] = parts.join('').split('\n', 1);
  return line.replace(/, got &.*$/, '').replace(/[:\s]+$/, '');
}

/** Where the text goes on after the value that begins at `start`. */
function afterValue(text: string, start: number): number {
  const [simple] = /^("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)(?=: |, |\]|$)/.exec(text.slice(start)) ?? [];
  const end = simple === undefined ? endOfNested(text, start) : start + simple.length;
  return text.startsWith(': ', end) ? end + 2 : end;
}

/** The end of a JSON value or a struct as Go prints it; the end of the text where it has another form. */
function endOfNested(text: string, start: number): number {
  const opening = text.slice(start).search(/[[{(]/);
  if (opening < 0) return text.length;
  const stack: string[] = [];
  let quoted = false;
  for (let index = start + opening; index < text.length; index++) {
    const character = text[index] ?? '';
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && CLOSING[character] !== undefined) stack.push(CLOSING[character] ?? '');
    else if (!quoted && character === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return index + 1;
    }
  }
  return text.length;
}
