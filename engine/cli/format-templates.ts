import type { ContentCache } from '#adapters/files/content-cache.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { Texts as SourceTexts } from '#catalog/texts.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import { hashSources } from '#wasm/go-build.js';
import type { JsonnetResult, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { sourcesOf } from '#wasm/locate-artifact.js';

/** Texts by path. */
export interface Texts {
  readonly [path: string]: string;
}

/** What formatting needs. The tool is not asked for while the cache answers. */
export interface TemplatePorts {
  readonly tool: () => JsonnetTool;
  readonly cache: ContentCache;
}

/** Every template and library that can be read, by its path, and what keeps the others from it. */
export async function readTemplates(
  tree: SourceTree,
): Promise<{ readonly texts: Texts; readonly faults: readonly Fault[] }> {
  const paths = (await tree.list()).filter((path) => /^templates\/.*\.(?:jsonnet|libsonnet)$/.test(path));
  const read = new SourceTexts(tree);
  return { texts: await read.readAll(paths), faults: read.faults };
}

/** Templates as go-jsonnet formats them; those that do not parse are left out, with a fault. */
export async function formatTemplates(
  texts: Texts,
  { tool, cache }: TemplatePorts,
): Promise<{ readonly formatted: Texts; readonly faults: readonly Fault[] }> {
  const formatted: [string, string][] = [];
  const faults: Fault[] = [];
  if (Object.keys(texts).length === 0) return { formatted: {}, faults };
  const artifact = await hashSources(sourcesOf('jsonnet'));
  const keyOf = (text: string): string => digestOf(JSON.stringify(['template-format', artifact, text]));
  for (const [path, text] of Object.entries(texts)) {
    const known = await cache.get(keyOf(text));
    if (typeof known === 'string') {
      formatted.push([path, known]);
      continue;
    }
    const result = await tool().fmt(path, text);
    if ('error' in result) {
      faults.push(unformatted(path, text, result));
      continue;
    }
    formatted.push([path, result.text]);
    // What is formatted stays as it is.
    for (const each of [text, result.text]) await cache.put(keyOf(each), result.text);
  }
  return { formatted: Object.fromEntries(formatted), faults };
}

function unformatted(path: string, text: string, { error }: Extract<JsonnetResult, { error: unknown }>): Fault {
  const [frame] = error.frames;
  const line = frame === undefined ? undefined : text.split('\n')[frame.line - 1];
  return {
    code: 'TemplateInvalid',
    message: fragmentOf(error.message),
    location: frame === undefined ? { file: path } : { file: path, line: frame.line, column: frame.column },
    ...(line === undefined ? {} : { fragment: fragmentOf(line) }),
    remedy: 'Correct the template at this line.',
  };
}
