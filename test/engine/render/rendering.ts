import assert from 'node:assert/strict';
import { normaliseInstallation } from '#catalog/installation.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import type { Desired, Rendering } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { noFacts } from '#observe/observe.js';
import { render } from '#render/render.js';
import { entryOf } from '../catalog/rule-set.js';

/** A rule that may write what the tests need. */
const RULE: JsonObject = {
  reads: {
    resources: [
      { as: 'credentials', apiVersion: 'v1', kind: 'Secret', name: 's' },
      { as: 'all', apiVersion: 'v1', kind: 'Secret' },
      { as: 'map', apiVersion: 'v1', kind: 'ConfigMap', name: 'm' },
    ],
  },
  writes: {
    resources: [
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { apiVersion: 'v1', kind: 'Service', namespaces: ['x', 'y'] },
      { apiVersion: 'v1', kind: 'Event' },
      { apiVersion: 'v1', kind: 'Namespace', namespaces: 'any' },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespaces: 'any' },
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' },
    ],
    patches: [
      { apiVersion: 'apps/v1', kind: 'Deployment', fields: ['spec.template.spec.containers', 'metadata.annotations'] },
      { apiVersion: 'v1', kind: 'Node', namespaces: 'any', fields: ['metadata.labels["example.org/pool"]'] },
      { apiVersion: 'example.org/v1', kind: 'Gadget', fields: ['spec'] },
      { apiVersion: 'v1', kind: 'ConfigMap', fields: ['data'] },
    ],
    repositories: [
      { remote: 'gitea', repository: 'team/*', paths: ['apps/**', '*.yaml', '.gitea/workflows/*', '.github-not/**'] },
      { remote: 'gitea', repository: 'open/**', paths: ['**'] },
    ],
  },
};

/** The custom resource that is rendered for. */
export const OWNER: KubernetesObject = {
  apiVersion: 'example.org/v1',
  kind: 'Gadget',
  metadata: { name: 'g', namespace: 'x' },
  spec: { text: 'plain' },
  status: { phase: 'Up' },
};

/** A ConfigMap with these fields. */
export const configMap = (more: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', ...metadata },
  ...more,
});

/** A file with these fields. */
export const file = (more: JsonObject): JsonObject => ({
  repository: { remote: 'gitea', name: 'team/a' },
  path: 'apps/a.yaml',
  ...('layers' in more ? {} : { content: 'a' }),
  ...more,
});

/** An engine whose every function returns `output`, and what it was asked. */
export function returning(output: Json, calls: TemplateCall[] = []): TemplateEngine {
  return {
    call: (call) => {
      calls.push(call);
      return Promise.resolve(output);
    },
  };
}

/** Renders what a template returned. */
export function rendered(
  output: Json,
  owner: KubernetesObject = OWNER,
  calls: TemplateCall[] = [],
): Promise<Rendering> {
  const remotes = [
    { name: 'gitea', kind: 'git', url: 'https://git.example.org/root' },
    { name: 'charts', kind: 'oci', url: 'oci://charts.example.org' },
  ];
  const entry = entryOf(RULE);
  const facts: Facts = noFacts(owner, entry.rule);
  return render(facts, entry, {
    templates: returning(output, calls),
    installation: normaliseInstallation({ remotes }),
  });
}

/** The same, where it gives something desired. */
export async function desired(output: Json, owner: KubernetesObject = OWNER): Promise<Desired> {
  const rendering = await rendered(output, owner);
  if (rendering.state === 'desired') return rendering.desired;
  throw new Error(rendering.state);
}

/** What a template returns, the code with which it is refused, and where. */
export type Refusal = readonly [output: Json, code: string, path?: string];

/** What a template returns for these resources. */
export const resources = (...items: readonly Json[]): Json => ({ resources: items });

/** What a template returns for files with these fields. */
export const files = (...items: readonly JsonObject[]): Json => ({ files: items.map(file) });

/** What a template returns for a file in this repository. */
export const into = (repository: JsonObject): Json =>
  files({ repository: { remote: 'gitea', name: 'open/a', ...repository }, path: 'a' });

/** Asserts that each output is refused by code, file, object and path. */
export async function assertRefused(cases: { readonly [sentence: string]: Refusal }): Promise<void> {
  for (const [sentence, [output, code, path]] of Object.entries(cases)) {
    const refused = (error: unknown): boolean => {
      assert.ok(error instanceof EdictError, `${sentence}: ${String(error)}`);
      const { location } = error.faults[0] ?? {};
      const place = [location?.file, location?.object];
      assert.deepEqual([error.code, ...place], [code, 'templates/shop/gadget.jsonnet', 'Gadget/x/g'], sentence);
      if (path !== undefined) assert.equal(location?.path, path, sentence);
      assert.ok(error.faults[0]?.remedy, `${sentence}: says what to do`);
      if (code === 'SecretForbidden') assert.match(error.faults[0]?.fragment ?? '', /\$secret/, sentence);
      return true;
    };
    await assert.rejects(rendered(output), refused, sentence);
  }
}
