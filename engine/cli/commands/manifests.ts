import { join, resolve } from 'node:path';
import { writeText } from '#adapters/files/file-access.js';
import { kindNames } from '#catalog/access.js';
import { EdictError } from '#errors/edict-error.js';
import type { KindReference } from '#model/object.js';
import { parseYaml } from '#model/yaml.js';
import { EXIT } from '../environment.js';
import type { InstallOptions } from '../install/install-names.js';
import { joinManifests, manifestFiles, type Selected } from '../install/manifests.js';
import type { Invocation } from '../invocation.js';
import { formatData } from '../output/data.js';

/** Options of `manifests`. */
export interface ManifestOptions extends Omit<InstallOptions, 'version' | 'image'>, Selected {
  /** Without one: the image that `npm run docker-build` makes. */
  readonly image: string | undefined;
  /** A folder to write files into, instead of printing them. */
  readonly outputDir: string | undefined;
  /** Plurals that are not what they would be guessed to be, by `group/Kind`. */
  readonly plurals: ReadonlyMap<string, string>;
  readonly former: readonly KindReference[];
}

/**
 * `edict manifests`: all that installs the engine with this rule set. Throws the faults of the rule set: what is left
 * out of it would lack its rights.
 */
export async function manifests(invocation: Invocation, options: ManifestOptions): Promise<number> {
  const { console, environment, options: global } = invocation;
  const { catalog, tree } = await invocation.openCatalog();
  if (catalog.faults.length > 0) throw new EdictError([...catalog.faults]);
  const { version } = environment;
  const rules = { catalog, names: kindNames(catalog, options.plurals), former: options.former };
  const install = { ...options, version, image: options.image ?? `edict:${version}` };
  const files = await manifestFiles(rules, install, options, tree);
  const { outputDir } = options;
  if (outputDir !== undefined) {
    const folder = resolve(environment.directory, outputDir);
    for (const { path, text } of files) writeText(join(folder, path), text);
    const paths = files.map(({ path }) => join(outputDir, path));
    console.print(global.output === 'text' ? paths.join('\n') : formatData({ files: paths }, global.output));
    return EXIT.done;
  }
  const text = joinManifests(files);
  if (global.output !== 'json') console.print(text);
  else {
    const items = parseYaml(text, { file: 'manifests' }).map(({ value }) => value);
    console.print(formatData({ apiVersion: 'v1', items, kind: 'List' }, 'json'));
  }
  return EXIT.done;
}
