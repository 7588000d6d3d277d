import { coveringRemote } from '#catalog/installation.js';
import type { DesiredFile, RepositoryAddress } from '#model/desired.js';
import { matchesGlob } from '#model/glob.js';
import { isJsonObject, type Json } from '#model/json.js';
import { dumpYaml } from '#model/yaml.js';
import { complain, type Origin, type OutputContext } from './complaint.js';
import { flagAt, listAt, objectWith, textAt, waveAt } from './fields.js';
import { refuseMisplacedHandles } from './handles.js';
import { type Layer, mergeLayers } from './layers.js';
import { branchObjection, pathObjection, repositoryObjection } from './paths.js';

const FILE_FIELDS = ['repository', 'path', 'content', 'layers', 'shared', 'wave'];

/** Checks one item of `files`, and writes its text. */
export function desiredFile(item: Json, path: string, context: OutputContext): DesiredFile {
  const { origin } = context;
  const file = objectWith(item, FILE_FIELDS, path, origin);
  const repository = permittedRepository(file.repository, `${path}.repository`, context);
  const place = permittedPath(textAt(file.path, `${path}.path`, origin), `${path}.path`, repository, context);
  const { content = null, layers = null } = file;
  refuseMisplacedHandles(content, `${path}.content`, origin);
  refuseMisplacedHandles(layers, `${path}.layers`, origin);
  if ((content === null) === (layers === null)) {
    complain(origin, {
      code: 'TemplateOutputInvalid',
      message: `${path} needs either content or layers`,
      path,
      fragment: place,
    });
  }
  const text =
    layers === null
      ? givenText(content, place, { path: `${path}.content`, origin })
      : layeredText(layers, `${path}.layers`, origin);
  return {
    repository,
    path: place,
    ...text,
    shared: flagAt(file.shared, `${path}.shared`, origin),
    wave: waveAt(file.wave, `${path}.wave`, origin),
  };
}

type Text = Pick<DesiredFile, 'content' | 'values' | 'origins'>;

function givenText(
  content: Json,
  file: string,
  { path, origin }: { readonly path: string; readonly origin: Origin },
): Text {
  if (typeof content === 'string') return { content, origins: {} };
  if (typeof content === 'object') {
    const text = file.endsWith('.json') ? `${JSON.stringify(content, null, 2)}\n` : dumpYaml(content);
    return { content: text, values: content, origins: {} };
  }
  return complain(origin, {
    code: 'TemplateOutputInvalid',
    message: 'content must be a text, an object or a list',
    path,
    fragment: content,
  });
}

function layeredText(value: Json, path: string, origin: Origin): Text {
  const layers = listAt(value, path, origin).map((item, index): Layer => {
    const layer = objectWith(item, ['name', 'values'], `${path}[${index}]`, origin);
    const values = layer.values;
    if (!isJsonObject(values)) {
      return complain(origin, {
        code: 'TemplateOutputInvalid',
        message: 'values must be an object',
        path: `${path}[${index}].values`,
        fragment: values ?? null,
      });
    }
    return { name: textAt(layer.name, `${path}[${index}].name`, origin), values };
  });
  const { values, origins } = mergeLayers(layers);
  return { content: dumpYaml(values), values, origins };
}

function permittedRepository(
  value: Json | undefined,
  path: string,
  { entry, installation, origin }: OutputContext,
): RepositoryAddress {
  const repository = objectWith(value, ['remote', 'name', 'branch'], path, origin);
  const remoteName = textAt(repository.remote, `${path}.remote`, origin);
  const name = textAt(repository.name, `${path}.name`, origin).replace(/\.git$/, '');
  const branch = textAt(repository.branch ?? 'main', `${path}.branch`, origin);
  const remote = coveringRemote(installation, remoteName);
  if (remote === undefined || remote.kind !== 'git') {
    const known = installation.remotes.filter(({ kind }) => kind === 'git').map((each) => each.name);
    const remedy = `Known are ${known.join(', ') || 'none'}; remotes are listed in edict.yaml.`;
    return complain(origin, {
      code: 'RemoteUnknown',
      message: 'no remote of kind git covers this',
      path: `${path}.remote`,
      fragment: remoteName,
      remedy,
    });
  }
  const full =
    remoteName === remote.name ? name : `${remoteName.slice(remote.url.length + 1)}/${name}`.replace(/^\//, '');
  const listed = entry.rule.writes.repositories.some(
    (write) => write.remote === remote.name && matchesGlob(write.repository, full),
  );
  const objection = repositoryObjection(full) ?? branchObjection(branch);
  if (objection !== undefined) {
    const message = `this repository or branch may not be written: ${objection}`;
    return complain(origin, { code: 'PathForbidden', message, path, fragment: `${full} ${branch}` });
  }
  if (!listed) {
    const message = `the rule does not allow it to write to repository ${full}`;
    const remedy = `Add {remote: ${remote.name}, repository: ..., paths: [...]} to writes.repositories of ${origin.rule}.`;
    return complain(origin, { code: 'WriteForbidden', message, path, fragment: `${full} ${branch}`, remedy });
  }
  return { remote: remote.name, name: full, branch };
}

function permittedPath(
  place: string,
  path: string,
  repository: RepositoryAddress,
  { entry, origin }: OutputContext,
): string {
  const patterns = entry.rule.writes.repositories
    .filter((write) => write.remote === repository.remote && matchesGlob(write.repository, repository.name))
    .flatMap((write) => write.paths);
  const objection = pathObjection(place, patterns);
  if (objection !== undefined) {
    return complain(origin, {
      code: 'PathForbidden',
      message: `this path may not be written: ${objection}`,
      path,
      fragment: place,
    });
  }
  if (patterns.some((pattern) => matchesGlob(pattern, place))) return place;
  const remedy = `Allowed are ${patterns.join(', ')}: see writes.repositories of ${origin.rule}.`;
  return complain(origin, {
    code: 'WriteForbidden',
    message: 'the rule does not allow it to write this path',
    path,
    fragment: place,
    remedy,
  });
}
