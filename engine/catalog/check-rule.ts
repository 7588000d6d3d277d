import type { Fault } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import { isSameKind, isSecret } from '#model/object.js';
import { formatPath, type Path } from '#model/path.js';
import type { ResourceRead, Rule } from '#model/rule.js';
import type { YamlDocument } from '#model/yaml.js';
import { faultAt } from './document.js';
import type { ResourceSchema } from './schema/resource-schema.js';

/** What is wrong at a path of a rule. */
interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly fragment?: string;
  readonly remedy: string;
}

/** What a rule says that its schema cannot tell is wrong. */
export function ruleFaults(
  rule: Rule,
  document: YamlDocument,
  context: {
    readonly hasSchema: boolean;
    readonly definition: ResourceSchema | undefined;
    /** Undefined where it could not be read. */
    readonly installation: Installation | undefined;
  },
): readonly Fault[] {
  const findings = [
    ...identityFindings(rule, document, context),
    ...readFindings(rule.reads.resources),
    ...writeFindings(rule),
    ...(context.installation === undefined ? [] : remoteFindings(rule, context.installation)),
  ];
  return findings.map(({ path, ...rest }) =>
    faultAt(document, path, { code: 'RuleInvalid', file: rule.file, ...rest }),
  );
}

/** Identity comes from the path: the rule is named as its file, and is for the kind that its CRD defines. */
function* identityFindings(
  rule: Rule,
  document: YamlDocument,
  { hasSchema, definition }: { readonly hasSchema: boolean; readonly definition: ResourceSchema | undefined },
): Generator<Finding> {
  const { metadata } = document.value as { readonly metadata: { readonly name: string } };
  const path = ['spec', 'for'];
  if (metadata.name !== rule.slug) {
    const message = `the rule is named ${metadata.name}, its file ${rule.slug}`;
    yield { path: ['metadata', 'name'], message, fragment: metadata.name, remedy: `Name it ${rule.slug}.` };
  }
  if (!hasSchema && rule.for.where === undefined) {
    const remedy = `Add crds/${rule.domain}/${rule.slug}.yaml, or for.where for a built-in kind.`;
    yield { path, message: 'a kind without a CRD needs a condition', fragment: rule.for.kind, remedy };
  }
  if (definition === undefined) return;
  if (definition.singular !== rule.slug) {
    const message = `the CRD's singular name is ${definition.singular}`;
    yield { path, message, fragment: rule.slug, remedy: `Name the files of the kind ${definition.singular}.` };
  }
  const version = definition.versions.find(({ apiVersion }) => apiVersion === rule.for.apiVersion);
  if (version !== undefined && definition.kind === rule.for.kind) return;
  const known = definition.versions.map(({ apiVersion }) => `${apiVersion} ${definition.kind}`).join(', ');
  const name = `${rule.for.apiVersion} ${rule.for.kind}`;
  yield { path, message: `the CRD does not define ${name}`, fragment: name, remedy: `It defines ${known}.` };
}

function* readFindings(reads: readonly ResourceRead[]): Generator<Finding> {
  const names = new Set<string>();
  for (const [index, read] of reads.entries()) {
    const path = ['spec', 'reads', 'resources', index];
    if (names.has(read.as)) {
      yield {
        path: [...path, 'as'],
        message: `two reads are named ${read.as}`,
        fragment: read.as,
        remedy: 'Give each a name of its own.',
      };
    }
    names.add(read.as);
    if (!isSecret(read)) continue;
    const isChosenByName = read.selection.by === 'name' && read.selection.name.from === 'path';
    if (read.namespace.from === 'path' || (read.namespace.from === 'any' && isChosenByName)) {
      const message = 'a custom resource must not choose in which namespace a Secret is read';
      yield { path, message, fragment: read.as, remedy: 'Set namespace to own or to a name, or the name to a text.' };
    }
  }
}

function* writeFindings({ writes }: Rule): Generator<Finding> {
  for (const list of ['resources', 'patches'] as const) {
    for (const [index, write] of writes[list].entries()) {
      if (!writes[list].slice(0, index).some((other) => isSameKind(other, write))) continue;
      const path = ['spec', 'writes', list, index];
      const message = `${write.kind} is listed twice`;
      yield { path, message, fragment: write.kind, remedy: 'Keep one entry for each kind; namespaces may be a list.' };
    }
  }
  for (const [index, { fields }] of writes.patches.entries()) {
    for (const [place, field] of fields.entries()) {
      if (isPatchable(field)) continue;
      const path = ['spec', 'writes', 'patches', index, 'fields', place];
      const message = 'no patch can set this';
      const remedy = 'Name fields below spec or data, metadata.labels, metadata.annotations or metadata.finalizers.';
      yield { path, message, fragment: formatPath(field), remedy };
    }
  }
}

/** Neither who an object is nor what its controller reports, nor items of lists by their number, which tells nothing. */
function isPatchable([first, second, ...rest]: Path): boolean {
  if ([first, second, ...rest].some((segment) => typeof segment === 'number')) return false;
  if (first === 'metadata') return ['labels', 'annotations', 'finalizers'].includes(String(second));
  return !['apiVersion', 'kind', 'status'].includes(String(first));
}

function* remoteFindings({ reads, writes }: Rule, { remotes }: Installation): Generator<Finding> {
  const places = [
    ...reads.charts.map(({ remote }, index) => ({
      remote,
      path: ['spec', 'reads', 'charts', index, 'remote'],
      kinds: ['git', 'oci'],
    })),
    ...writes.repositories.map(({ remote }, index) => ({
      remote,
      path: ['spec', 'writes', 'repositories', index, 'remote'],
      kinds: ['git'],
    })),
  ];
  for (const { remote, path, kinds } of places) {
    const usable = remotes.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
    if (usable.includes(remote)) continue;
    const message = `edict.yaml has no remote ${remote} of kind ${kinds.join(' or ')}`;
    yield { path, message, fragment: remote, remedy: `Known are ${usable.join(', ') || 'none'}.` };
  }
}
