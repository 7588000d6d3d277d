import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import { EdictError } from '#errors/edict-error.js';
import type { Chart, ChartReference } from '#model/chart.js';
import type { Clock } from '#model/clock.js';
import { compareText, isJsonObject, type JsonObject } from '#model/json.js';
import { parseYaml } from '#model/yaml.js';
import type { ChartReader } from '#observe/chart-reader.js';
import { readText, unreadable } from './file-access.js';

/** Milliseconds for which a chart is not looked at again. */
const FRESH_FOR = 1_000;

/** Where charts are. */
export interface ChartFolderOptions {
  /** Folder with one folder per chart. */
  readonly root: string;
  readonly clock: Clock;
}

interface CachedChart {
  readonly chart: Chart;
  /** Path, size and time of every file. */
  readonly state: string;
  readonly checked: number;
}

interface ChartFile {
  /** Relative to the chart, with slashes. */
  readonly path: string;
  readonly state: string;
}

/**
 * Charts in a folder, one version of each, in the place of every chart repository: `<chart>/Chart.yaml`, `values.yaml`
 * and `values-<profile>.yaml`. Read again when a file changes.
 */
export class ChartFolder implements ChartReader {
  readonly #options: ChartFolderOptions;
  readonly #cache = new Map<string, CachedChart>();

  constructor(options: ChartFolderOptions) {
    this.#options = options;
  }

  async read(reference: ChartReference): Promise<Chart> {
    const { chart: name, version } = reference;
    if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name)) throw chartNotFound(reference, 'no chart has such a name');
    const chart = this.#load(name) ?? this.#absent(reference, name);
    const found = String(chart.metadata.version);
    if (chart.metadata.name !== name) throw chartNotFound(reference, `its Chart.yaml names ${chart.metadata.name}`);
    if (!matchesVersion(found, version)) throw chartNotFound(reference, `there is version ${found}`);
    return chart;
  }

  #load(name: string): Chart | undefined {
    const cached = this.#cache.get(name);
    const now = this.#options.clock.now();
    if (cached !== undefined && now >= cached.checked && now - cached.checked < FRESH_FOR) return cached.chart;
    const folder = join(this.#options.root, name);
    const files = listFiles(folder, '').sort((left, right) => compareText(left.path, right.path));
    if (!files.some(({ path }) => path === 'Chart.yaml')) return undefined;
    const state = files.map((file) => `${file.path} ${file.state}`).join('\n');
    const chart =
      cached?.state === state
        ? cached.chart
        : loadChart(
            folder,
            files.map(({ path }) => path),
          );
    this.#cache.set(name, { chart, state, checked: now });
    return chart;
  }

  #absent(reference: ChartReference, name: string): never {
    const charts = listFolder(this.#options.root).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    if (charts.includes(name)) throw chartNotFound(reference, 'its folder has no Chart.yaml');
    throw chartNotFound(reference, `there are ${charts.sort(compareText).join(', ') || 'no charts'}`);
  }
}

/** Exactly the version, or one in the range; an empty version is any. A pre-release matches only itself and `*`. */
function matchesVersion(found: string, wanted: string): boolean {
  if (found === wanted || wanted === '' || wanted === '*') return true;
  return valid(found) !== null && validRange(wanted) !== null && satisfies(found, wanted);
}

function loadChart(folder: string, paths: readonly string[]): Chart {
  const digest = createHash('sha256');
  for (const path of paths) {
    const content = readBytes(join(folder, path));
    digest.update(`${path}\0${content.length}\0`).update(content);
  }
  const profiles = paths.flatMap((path): [string, JsonObject][] => {
    const profile = /^values-([A-Za-z0-9._-]+)\.yaml$/.exec(path)?.[1];
    return profile === undefined ? [] : [[profile, readObject(join(folder, path))]];
  });
  return {
    metadata: readObject(join(folder, 'Chart.yaml')),
    values: paths.includes('values.yaml') ? readObject(join(folder, 'values.yaml')) : {},
    profiles: Object.fromEntries(profiles),
    digest: `sha256:${digest.digest('hex')}`,
  };
}

/** The only document of a file, which is an object; an empty file is an empty one. */
function readObject(file: string): JsonObject {
  const [document, second] = parseYaml(readText(file), { file });
  if (document === undefined) return {};
  if (second === undefined && isJsonObject(document.value)) return document.value;
  throw new EdictError({
    code: 'YAMLInvalid',
    message: 'The file is not one YAML object.',
    location: { file, line: second?.line ?? document.line },
    remedy: 'Write exactly one object.',
  });
}

/** Files that are read as YAML: a folder of that name is a mistake, not a chart without values. */
const READ = /^(Chart|values(-[A-Za-z0-9._-]+)?)\.yaml$/;

/** Every file below a chart. A link could lead out of it: refused. */
function listFiles(root: string, folder: string): ChartFile[] {
  return listFolder(join(root, folder)).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !(folder === '' && READ.test(path))) return listFiles(root, path);
    if (!entry.isFile()) throw unreadable(join(root, path), new Error('a chart holds plain files and folders only'));
    const { size, mtimeMs, ino } = lstatSync(join(root, path));
    return [{ path, state: `${size} ${mtimeMs} ${ino}` }];
  });
}

function listFolder(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return [];
    throw unreadable(folder, cause);
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function chartNotFound({ repository, chart, version }: ChartReference, why: string): EdictError {
  return new EdictError({
    code: 'ChartNotFound',
    message: `Chart ${chart} ${version} of ${repository} is not there: ${why}.`,
    location: {},
    fragment: `${chart} ${version}`,
    remedy: 'Correct the name or version, or add the chart.',
  });
}
