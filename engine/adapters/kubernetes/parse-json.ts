/** A JSON value, or undefined for a text that is none. The parser's complaint is dropped: it quotes what may be a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
