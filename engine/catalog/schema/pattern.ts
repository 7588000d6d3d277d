import { RE2JS } from 're2js';

/** A compiled regular expression of Go's RE2 dialect. Matching takes time linear in the text. */
export interface Pattern {
  readonly source: string;
  /** Whether the pattern matches anywhere in `text`, as Go's `MatchString`. */
  matches(text: string): boolean;
  /** The matches in `text` from left to right, at most `limit` of them. */
  findAll(text: string, limit: number): readonly string[];
}

/** Compiles `source`; throws the library's error, whose message says what is wrong, when RE2 refuses it. */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  return {
    source,
    matches: (text) => compiled.matcher(text).find(),
    findAll(text, limit) {
      const matcher = compiled.matcher(text);
      const found: string[] = [];
      while (found.length < limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
}
