import type { Catalog } from '#catalog/catalog.js';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { dumpYaml, parseYamlDocument } from '#model/yaml.js';
import { refuseCase } from './case-facts.js';

/** Gives the catalog of a rule set whose installation has other parameter values. Each is loaded once. */
export class CaseInstallations {
  readonly #catalog: Catalog;
  readonly #tree: SourceTree;
  readonly #load: (tree: SourceTree) => Promise<Catalog>;
  readonly #loaded = new Map<string, Promise<Catalog>>();

  constructor(catalog: Catalog, tree: SourceTree, load: (tree: SourceTree) => Promise<Catalog>) {
    this.#catalog = catalog;
    this.#tree = tree;
    this.#load = load;
  }

  /** `file` is the case's, for faults. Throws CaseInvalid where the rule does not take these parameters. */
  async with(domain: string, parameters: JsonObject, file: string): Promise<Catalog> {
    if (Object.keys(parameters).length === 0) return this.#catalog;
    const key = JSON.stringify([domain, parameters]);
    const known = this.#loaded.get(key) ?? this.#load(withParameters(this.#tree, domain, parameters));
    this.#loaded.set(key, known);
    const catalog = await known;
    const fault = catalog.faults.find(({ location }) => location.file === INSTALLATION_FILE);
    return fault === undefined ? catalog : refuseCase(file, 'parameters', fault.message);
  }
}

/** The same rule set with other parameter values in its `edict.yaml`. */
function withParameters(tree: SourceTree, domain: string, parameters: JsonObject): SourceTree {
  return {
    list: async () => [...new Set([...(await tree.list()), INSTALLATION_FILE])],
    read: async (path) => {
      if (path !== INSTALLATION_FILE) return tree.read(path);
      const hasOwn = (await tree.list()).includes(path);
      const installation = hasOwn ? parseYamlDocument(await tree.read(path), { file: path }).value : {};
      return dumpYaml(merged(installation, domain, parameters));
    },
  };
}

function merged(installation: Json, domain: string, parameters: JsonObject): JsonObject {
  const empty = { apiVersion: 'edict.dev/v1alpha1', kind: 'Installation', metadata: { name: 'case' } };
  const document = { ...empty, ...objectOf(installation) };
  const spec = objectOf((document as JsonObject).spec);
  const all = objectOf(spec.parameters);
  const own = { ...objectOf(all[domain]), ...parameters };
  return { ...document, spec: { ...spec, parameters: { ...all, [domain]: own } } };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
