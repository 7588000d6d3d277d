import type { ContentCache } from '#adapters/files/content-cache.js';
import { faultOfDiagnostic } from '#adapters/opa/policy-faults.js';
import type { Fault } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import { hashSources } from '#wasm/go-build.js';
import { sourcesOf } from '#wasm/locate-artifact.js';
import type { RegoTool } from '#wasm/rego-tool.js';
import type { RegoModules } from '#wasm/rego-types.js';

/** What formatting needs. The tool is not asked for while the cache answers. */
export interface FormatPorts {
  readonly tool: () => RegoTool;
  readonly cache: ContentCache;
}

/** Policies as OPA formats them; those that do not parse are left out, with a fault. */
export async function formatPolicies(
  modules: RegoModules,
  { tool, cache }: FormatPorts,
): Promise<{ readonly formatted: RegoModules; readonly faults: readonly Fault[] }> {
  const artifact = await hashSources(sourcesOf('rego'));
  const keyOf = (text: string): string => digestOf(JSON.stringify(['policy-format', artifact, text]));
  const known = await Promise.all(
    Object.entries(modules).map(async ([file, text]) => [file, await cache.get(keyOf(text))] as const),
  );
  const found = known.filter((each): each is readonly [string, string] => typeof each[1] === 'string');
  const unknown = Object.fromEntries(
    known.flatMap(([file, text]) => (text === undefined ? [[file, modules[file] ?? '']] : [])),
  );
  if (Object.keys(unknown).length === 0) return { formatted: Object.fromEntries(found), faults: [] };
  const { formatted, diagnostics } = await tool().fmt(unknown);
  // What is formatted stays as it is.
  const texts = Object.entries(formatted).flatMap(([file, text]) =>
    [unknown[file] ?? '', text].map((each) => [each, text] as const),
  );
  await Promise.all(texts.map(([text, result]) => cache.put(keyOf(text), result)));
  const faults = diagnostics.map((diagnostic) => faultOfDiagnostic(diagnostic, modules));
  return { formatted: { ...Object.fromEntries(found), ...formatted }, faults };
}
