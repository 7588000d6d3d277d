import type { CatalogEntry } from '#catalog/catalog.js';
import { coveringRemote } from '#catalog/installation.js';
import type { TemplateEngine } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import type { Chart, ChartReference } from '#model/chart.js';
import type { Installation } from '#model/installation.js';
import { isJsonObject, type Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf, withoutStatus } from '#model/object.js';
import type { ChartReader } from './chart-reader.js';

/** What resolving charts needs. */
export interface ChartPorts {
  readonly templates: TemplateEngine;
  readonly charts: ChartReader;
  readonly installation: Installation;
}

/**
 * The charts that the template of `entry` asks for, by `chart:version`. Throws RemoteUnknown before anything is asked
 * for that no remote covers, ReadForbidden where the rule does not list the chart, ChartNotFound. What is asked for never
 * depends on what Edict reported: `charts` sees the object without its status.
 */
export async function resolveCharts(
  object: KubernetesObject,
  entry: CatalogEntry,
  ports: ChartPorts,
): Promise<{ readonly [reference: string]: Chart }> {
  if (!entry.template.functions.includes('charts')) return {};
  const output = await ports.templates.call({
    template: entry.template.path,
    function: 'charts',
    arguments: [withoutStatus(object), entry.rule.parameters],
    limits: entry.rule.limits,
    object: formatKey(keyOf(object)),
  });
  const references = chartReferences(output, entry, object).map((reference) =>
    permitted(reference, entry, ports.installation, object),
  );
  const charts = await Promise.all(references.map((reference) => ports.charts.read(reference)));
  return Object.fromEntries(
    references.map(({ chart, version }, index) => [`${chart}:${version}`, charts[index] as Chart]),
  );
}

function chartReferences(output: Json, entry: CatalogEntry, object: KubernetesObject): readonly ChartReference[] {
  const refuse = (message: string, item: Json): never => {
    throw new EdictError({
      code: 'TemplateOutputInvalid',
      message,
      location: { file: entry.template.path, object: formatKey(keyOf(object)), path: 'charts' },
      fragment: fragmentOf(JSON.stringify(item)),
    });
  };
  if (!Array.isArray(output)) return refuse('charts() must return a list of {repository, chart, version}', output);
  const seen = new Map<string, ChartReference>();
  for (const item of output as readonly Json[]) {
    const { repository, chart, version, ...rest } = isJsonObject(item) ? item : {};
    if (typeof repository !== 'string' || typeof chart !== 'string' || typeof version !== 'string') {
      return refuse('charts() must return a list of {repository, chart, version}', item);
    }
    if (Object.keys(rest).length > 0) return refuse(`a chart has an unknown field ${Object.keys(rest)[0]}`, item);
    if (!VERSION.test(version)) return refuse('not a version of a chart', item);
    const name = `${chart}:${version}`;
    if ((seen.get(name)?.repository ?? repository) !== repository) {
      return refuse('two repositories are asked for one chart and version: the facts could show only one', item);
    }
    seen.set(name, { repository, chart, version });
  }
  return [...seen.values()];
}

/** A version or a range of versions (semver), or a tag (OCI distribution specification): never a path. */
const VERSION = /^[A-Za-z0-9^~*<>=][A-Za-z0-9 .,_+*^~<>=|-]{0,127}$/;

function permitted(
  reference: ChartReference,
  entry: CatalogEntry,
  installation: Installation,
  object: KubernetesObject,
): ChartReference {
  const location = { file: entry.template.path, object: formatKey(keyOf(object)) };
  const fragment = `${reference.repository}/${reference.chart}:${reference.version}`;
  const remote = coveringRemote(installation, reference.repository);
  if (remote === undefined) {
    throw new EdictError({
      code: 'RemoteUnknown',
      message: 'no remote covers this chart repository',
      location,
      fragment,
      remedy: `Use one of the remotes (${installation.remotes.map(({ name }) => name).join(', ')}) or add one to edict.yaml.`,
    });
  }
  const listed = entry.rule.reads.charts.some(
    ({ remote: name, chart }) => name === remote.name && (chart === '*' || chart === reference.chart),
  );
  if (!listed || !/^[a-z0-9][a-z0-9._-]*$/.test(reference.chart)) {
    throw new EdictError({
      code: 'ReadForbidden',
      message: 'the rule does not list this chart under reads.charts',
      location,
      fragment,
      remedy: `Add {remote: ${remote.name}, chart: ...} to reads.charts of ${entry.rule.file}.`,
    });
  }
  const url = reference.repository === remote.name ? remote.url : reference.repository;
  return { ...reference, repository: url };
}
