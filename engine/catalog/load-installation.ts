import satisfies from 'semver/functions/satisfies.js';
import type { Fault, Location } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import type { JsonObject } from '#model/json.js';
import { formatPath, type Path } from '#model/path.js';
import type { YamlDocument } from '#model/yaml.js';
import type { CheckCache } from './check-cache.js';
import { faultAt, readDocument, schemaFaults } from './document.js';
import { normaliseInstallation } from './installation.js';
import { INSTALLATION_FILE } from './layout.js';
import type { SourceTree } from './source-tree.js';

/** `edict.yaml` and what is wrong with it. */
export interface LoadedInstallation {
  readonly installation: Installation;
  /** Whether it could be read: else nobody knows what it lacks. */
  readonly isKnown: boolean;
  /** Faults that leave it unknown what may be done at all: every kind is stalled by them. */
  readonly faults: readonly Fault[];
  /** Where a path of the document stands. */
  readonly locate: (path: Path) => Location;
}

/** Reads `edict.yaml`; a rule set without one has every default. */
export async function loadInstallation(
  tree: SourceTree,
  isThere: boolean,
  { version, cache }: { readonly version: string; readonly cache: CheckCache },
): Promise<LoadedInstallation> {
  const nowhere = (path: Path): Location => ({ file: INSTALLATION_FILE, path: formatPath(path) });
  const none = { installation: normaliseInstallation({}), locate: nowhere };
  if (!isThere) return { ...none, isKnown: true, faults: [] };
  const { document, faults } = await readDocument(tree, INSTALLATION_FILE);
  if (document === undefined) return { ...none, isKnown: false, faults };
  const invalid = await schemaFaults('installation', document, INSTALLATION_FILE, cache);
  if (invalid.length > 0) return { ...none, isKnown: false, faults: invalid };
  const spec = ((document.value as JsonObject).spec ?? {}) as JsonObject;
  const installation = normaliseInstallation(spec);
  return {
    installation,
    isKnown: true,
    faults: [...versionFaults(document, spec.requires, version), ...remoteFaults(document, installation)],
    locate: (path) => ({ ...nowhere(path), ...document.locate(path) }),
  };
}

function versionFaults(document: YamlDocument, requires: unknown, version: string): readonly Fault[] {
  if (typeof requires !== 'string' || satisfies(version, requires, { includePrerelease: true })) return [];
  return [
    faultAt(document, ['spec', 'requires'], {
      code: 'VersionUnsupported',
      message: `this is Edict ${version}, and the installation requires ${requires}`,
      file: INSTALLATION_FILE,
      fragment: requires,
      remedy: 'Run a version of Edict in that range, or change requires.',
    }),
  ];
}

function remoteFaults(document: YamlDocument, { remotes }: Installation): readonly Fault[] {
  return remotes.flatMap(({ name, url }, index) => {
    const isTaken = remotes.slice(0, index).some((other) => other.name === name || other.url === url);
    if (!isTaken) return [];
    const message = 'two remotes have one name or one URL';
    const fault = { code: 'InstallationInvalid', message, file: INSTALLATION_FILE, fragment: name } as const;
    return [faultAt(document, ['spec', 'remotes', index], { ...fault, remedy: 'Keep one of the two.' })];
  });
}
