import { compareText } from '#model/json.js';

/** Path of the installation in every rule set. */
export const INSTALLATION_FILE = 'edict.yaml';

/** Paths of rule, CRD and template of one kind; undefined where a file is not there. */
export interface KindFiles {
  readonly domain: string;
  readonly slug: string;
  readonly rule: string | undefined;
  readonly schema: string | undefined;
  readonly template: string | undefined;
}

/** The files of a rule set, by what they are. */
export interface Layout {
  readonly installation: string | undefined;
  readonly kinds: readonly KindFiles[];
  /** Jsonnet libraries below `templates/`. */
  readonly libraries: readonly string[];
  /** Every `.rego` file below `policies/`, tests left out. */
  readonly policies: readonly string[];
  /** Files that stand in a tree and belong to nothing. */
  readonly orphans: readonly string[];
}

const KIND_FILE = /^(rules|crds|templates)\/([a-z][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*)\.(yaml|jsonnet)$/;
const ENDINGS: { readonly [tree: string]: string } = { rules: 'yaml', crds: 'yaml', templates: 'jsonnet' };

/** Tells by its path alone what each file of a rule set is. */
export function layoutOf(paths: readonly string[]): Layout {
  const rego = paths.filter((path) => path.startsWith('policies/') && path.endsWith('.rego'));
  const libraries = paths.filter((path) => path.startsWith('templates/') && path.endsWith('.libsonnet'));
  const found = new Map<string, { [tree: string]: string }>();
  const orphans: string[] = [];
  for (const path of paths) {
    const [, tree, domain, slug, ending] = KIND_FILE.exec(path) ?? [];
    if (tree !== undefined && ENDINGS[tree] === ending) {
      const name = `${domain}/${slug}`;
      found.set(name, { ...found.get(name), [tree]: path });
    } else if (/^(rules|crds|templates|policies)\/.*\.(ya?ml|json|jsonnet|rego)$/.test(path) && !rego.includes(path)) {
      orphans.push(path);
    }
  }
  return {
    installation: paths.find((path) => path === INSTALLATION_FILE),
    kinds: [...found].map(([name, files]) => kindFiles(name, files)).sort(byName),
    libraries,
    policies: rego.filter((path) => !path.endsWith('_test.rego')),
    orphans,
  };
}

function kindFiles(name: string, files: { readonly [tree: string]: string }): KindFiles {
  const [domain = '', slug = ''] = name.split('/');
  return { domain, slug, rule: files.rules, schema: files.crds, template: files.templates };
}

function byName(left: KindFiles, right: KindFiles): number {
  return compareText(`${left.domain}/${left.slug}`, `${right.domain}/${right.slug}`);
}
