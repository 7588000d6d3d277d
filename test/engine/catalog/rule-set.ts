import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import { OpaPolicyCompiler } from '#adapters/opa/policy-compiler.js';
import type { Catalog, CatalogEntry } from '#catalog/catalog.js';
import type { CheckCache } from '#catalog/check-cache.js';
import { loadCatalog } from '#catalog/load.js';
import { normaliseRule } from '#catalog/rule.js';
import { compileExpression } from '#catalog/schema/cel/expression.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { EdictError } from '#errors/edict-error.js';
import type { Json, JsonObject } from '#model/json.js';
import { RegoTool } from '#wasm/rego-tool.js';
import { realArtifact } from '../wasm/artifacts.js';

/** Texts of a rule set by path; undefined takes a file away, a number of bytes stands for a file that is too large. */
export type Files = { readonly [path: string]: string | undefined };

/** A definition with a few typed fields under spec. */
export function crd(kind: string, group = 'example.org'): string {
  const singular = kind.toLowerCase();
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${singular}s.${group}}
spec:
  group: ${group}
  names: {kind: ${kind}, listKind: ${kind}List, plural: ${singular}s, singular: ${singular}}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-preserve-unknown-fields: true
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
`;
}

/** A rule for a kind; `spec` is what follows `for`, indented by two. */
export function rule(kind: string, spec = '', group = 'example.org'): string {
  return `apiVersion: edict.dev/v1alpha1
kind: Rule
metadata: {name: ${kind.toLowerCase()}}
spec:
  for: {apiVersion: ${group}/v1, kind: ${kind}}
${spec}`;
}

const TEMPLATE = '{ desired(facts):: {} }\n';

/** The three files of a kind. */
export function kindFiles(domain: string, kind: string, spec = ''): Files {
  const name = `${domain}/${kind.toLowerCase()}`;
  return {
    [`crds/${name}.yaml`]: crd(kind),
    [`rules/${name}.yaml`]: rule(kind, spec),
    [`templates/${name}.jsonnet`]: TEMPLATE,
  };
}

/** `edict.yaml` with what follows `spec`, indented by two. */
export function installation(spec: string): string {
  return `apiVersion: edict.dev/v1alpha1\nkind: Installation\nspec:\n${spec}`;
}

/** A policy that denies what `condition` says. */
export function policy(path: string, condition = 'input.object.spec.bad'): string {
  return `package ${path.replaceAll('/', '.')}\n\ndeny contains "no" if ${condition}\n`;
}

class MemoryTree implements SourceTree {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve(
      Object.keys(this.#files)
        .filter((path) => this.#files[path] !== undefined)
        .sort(),
    );
  }

  read(path: string): Promise<string> {
    const text = this.#files[path] ?? '';
    if (text !== NOT_TEXT) return Promise.resolve(text);
    return Promise.reject(
      new EdictError({ code: 'TextNotUTF8', message: 'not text', location: { file: path, line: 1 } }),
    );
  }
}

/** Stands for a file that is not UTF-8. */
const NOT_TEXT = '\uffff';

/** Real compilers, started once and shared by the cases of one file. */
export class Workbench {
  readonly #rego = new RegoTool(realArtifact('rego', 1024), 300_000);
  readonly #checks = new Map<string, Json>();

  /** Compiles a rule set. */
  load(files: Files): Promise<Catalog> {
    const cache: CheckCache = {
      get: (key) => Promise.resolve(this.#checks.get(key)),
      put: (key, value) => Promise.resolve(void this.#checks.set(key, value)),
    };
    const compiler = new OpaPolicyCompiler({ tool: () => this.#rego, cache: join(tmpdir(), 'edict-test-policies') });
    const templates = (texts: { readonly [path: string]: string }): JsonnetTemplates => new JsonnetTemplates(texts);
    return loadCatalog(new MemoryTree(files), { compiler, templates, cache, version: '1.2.3' });
  }

  async close(): Promise<void> {
    await this.#rego.close();
  }
}

/** An entry as the catalog gives it, for a rule of these fields, without compiling anything. */
export function entryOf(spec: JsonObject, changes: Partial<CatalogEntry> = {}): CatalogEntry {
  const context = { domain: 'shop', slug: 'gadget', file: 'rules/shop/gadget.yaml', parameters: {} };
  const rule = normaliseRule({ for: { apiVersion: 'example.org/v1', kind: 'Gadget' }, ...spec }, context);
  return {
    rule,
    schema: undefined,
    definition: undefined,
    template: { path: 'templates/shop/gadget.jsonnet', functions: ['desired'] },
    policies: { request: [], change: [] },
    where: undefined,
    ready: rule.writes.resources.map(({ ready }) =>
      ready === undefined ? undefined : compileExpression(ready, { variables: ['self'] }),
    ),
    revision: '0',
    ...changes,
  };
}
