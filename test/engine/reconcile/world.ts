import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { after } from 'node:test';
import { FolderCluster } from '#adapters/files/folder-cluster.js';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import type { Catalog, CatalogEntry } from '#catalog/catalog.js';
import { normaliseInstallation } from '#catalog/installation.js';
import type { TemplateFunction } from '#catalog/template-checker.js';
import type { TemplateCall } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import type { ResourceChange } from '#model/change-set.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject, ObjectKey } from '#model/object.js';
import type { PolicyEngine } from '#policy/policy-engine.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { Engine, Pass, Stage } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { CONFIG, entryOf, REPOSITORY, SECRET, type Template, THING, type ThingFiles } from './thing.js';

export interface WorldOptions extends ThingFiles {
  readonly rule?: JsonObject;
  readonly installation?: JsonObject;
  readonly window?: number;
  /** Folder of an earlier world: the same cluster and repositories under another engine. */
  readonly root?: string;
}

const roots: string[] = [];
const opened: World[] = [];
after(() => {
  for (const world of opened) world.close();
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** An engine for one kind, Thing, on a folder and bare repositories, with templates and policies in JavaScript. */
export class World {
  readonly root: string;
  readonly cluster: FolderCluster;
  readonly repositories: BareRepositories;
  readonly entry: CatalogEntry;
  readonly engine: Engine;
  /** Functions of the template that were called. */
  readonly calls: TemplateFunction[] = [];
  now = Date.UTC(2026, 0, 1);

  constructor(options: WorldOptions) {
    const { rule = {}, installation = {}, template, window = 5 } = options;
    this.root = options.root ?? mkdtempSync(join(tmpdir(), 'edict-world-'));
    if (options.root === undefined) roots.push(this.root);
    const clock = { now: () => this.now };
    this.cluster = FolderCluster.open({ root: join(this.root, 'cluster'), clock, mode: 'write' });
    this.cluster.serve(['ConfigMap', 'Secret', 'Pod'].map((kind) => ({ apiVersion: 'v1', kind, namespaced: true })));
    this.cluster.serve([{ ...THING, namespaced: true }]);
    const remotes = [{ name: 'gitea', kind: 'git' as const, url: 'https://git.example' }];
    const path = env.PATH ?? '';
    const identity = { name: 'Edict', email: 'edict@example.org' };
    this.repositories = new BareRepositories({ root: join(this.root, 'git'), remotes, identity, clock, path });
    this.entry = entryOf(options, rule);
    const catalog: Catalog = {
      installation: normaliseInstallation({ instance: 'one', remotes, ...installation }),
      entries: [this.entry],
      stalled: [],
      policies: { module: undefined, packages: [] },
      policiesReadTime: false,
      faults: [],
      templates: {},
      revision: 'catalog',
    };
    const records = new Map();
    this.engine = {
      catalog,
      templates: { call: async (call) => this.#call(template, call) },
      policies: policyEngine(options),
      cluster: this.cluster,
      charts: { read: () => Promise.reject(new Error('no charts here')) },
      repositories: this.repositories,
      records,
      writer: this.cluster,
      queue: new RepositoryQueue({
        reader: this.repositories,
        writer: this.repositories,
        records,
        revision: 'catalog',
        window,
      }),
      clock,
    };
    opened.push(this);
  }

  #call(template: Template, { function: name, arguments: values, onRead }: TemplateCall): Promise<Json> {
    this.calls.push(name);
    const [given, second] = values as unknown as [JsonObject, JsonObject];
    const fields = Object.keys(given).map((field) => {
      const get = (): Json | undefined => {
        onRead?.(field);
        return given[field];
      };
      return [field, { get, enumerable: true }];
    });
    const first = Object.defineProperties({}, Object.fromEntries(fields)) as never;
    try {
      return Promise.resolve(JSON.parse(JSON.stringify(template[name]?.(first, second))) as Json);
    } catch (error) {
      if (error instanceof EdictError) throw error;
      const location = { file: 'templates/test/thing.jsonnet' };
      throw new EdictError({ code: 'TemplateFailed', message: String(error), location }, { cause: error });
    }
  }

  /** Stores a Thing, as a user would. */
  async thing(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): Promise<KubernetesObject> {
    return this.store({
      ...THING,
      metadata: { namespace: 'shop', ...metadata, name },
      spec,
    } as unknown as KubernetesObject);
  }

  store(object: KubernetesObject, fieldManager = 'user'): Promise<KubernetesObject> {
    return this.cluster.apply({ object, fieldManager, force: true });
  }

  /** One pass over a Thing as it is now. */
  async pass(name: string, until: Stage = 'publish'): Promise<Pass> {
    const object = await this.get(THING, name);
    if (object === null) throw new Error(`there is no ${name}`);
    return reconcile(object, this.entry, this.engine, until);
  }

  get(kind: Pick<ObjectKey, 'apiVersion' | 'kind'>, name: string): Promise<KubernetesObject | null> {
    return this.cluster.get({ ...kind, namespace: 'shop', name });
  }

  async delete(kind: Pick<ObjectKey, 'apiVersion' | 'kind'>, name: string): Promise<void> {
    const uid = (await this.get(kind, name))?.metadata.uid ?? '';
    await this.cluster.delete({ key: { ...kind, namespace: 'shop', name }, uid });
  }

  /** Files of the repository, ownership records last. */
  async files(): Promise<readonly string[]> {
    const paths = [...(await this.repositories.snapshot(REPOSITORY)).files.keys()].sort();
    return [
      ...paths.filter((path) => !path.startsWith('.edict/')),
      ...paths.filter((path) => path.startsWith('.edict/')),
    ];
  }

  async text(path: string): Promise<string | undefined> {
    return (await (await this.repositories.snapshot(REPOSITORY)).read([path])).get(path);
  }

  async record(name: string, instance = 'one'): Promise<JsonObject | undefined> {
    const text = await this.text(`.edict/${instance}/example.org/thing/shop/${name}.json`);
    return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
  }

  /** Somebody else's commit. */
  async foreignCommit(files: { readonly [path: string]: string | undefined }): Promise<void> {
    const { commit } = await this.repositories.snapshot(REPOSITORY);
    const list = Object.entries(files).map(([path, content]) => ({ path, content }));
    await this.repositories.commit({ address: REPOSITORY, parent: commit, files: list, message: 'by hand' });
  }

  git(...command: string[]): string {
    const folder = this.repositories.folderOf(REPOSITORY);
    return execFileSync('git', ['--git-dir', folder, ...command], { encoding: 'utf8' }).trim();
  }

  commits(): number {
    return Number(this.git('rev-list', '--count', 'main'));
  }

  /** The whole cluster as text: equal before and after where nothing was written. */
  async everything(): Promise<string> {
    const kinds = [THING, CONFIG, SECRET, { apiVersion: 'v1', kind: 'Pod' }];
    return JSON.stringify(await Promise.all(kinds.map((kind) => this.cluster.list(kind))));
  }

  close(): void {
    this.cluster.close();
    this.repositories.close();
  }
}

function policyEngine({ request, change }: WorldOptions): PolicyEngine {
  return {
    evaluate: ({ entrypoints, input }) =>
      Promise.resolve(
        entrypoints.map((name) => ({ value: [...((name.includes('/request/') ? request : change)?.(input) ?? [])] })),
      ),
  };
}

/** A ConfigMap to render. */
export function config(name: string, data: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { ...CONFIG, metadata: { ...metadata, name }, data };
}

/** A file to render. */
export function file(path: string, content: Json, more: JsonObject = {}): JsonObject {
  return { repository: REPOSITORY, path, content, ...more };
}

/** `action name` of every change. */
export function actions({ changes }: Pass): readonly string[] {
  return (changes?.changes ?? []).map((change) =>
    change.sink === 'git'
      ? `${change.action} ${change.path}`
      : `${change.action} ${change.key.kind}/${change.key.name}`,
  );
}

/** How a pass ended, in one word or two. */
export function ended({ outcome }: Pass): string {
  switch (outcome.state) {
    case 'settled':
      return 'settled';
    case 'failed':
      return `failed ${outcome.fault.code}`;
    case 'waiting':
    case 'stalled':
      return `${outcome.state} ${outcome.reason}`;
  }
}

/** Status of a condition of an object; undefined where it has none. */
export function condition(object: KubernetesObject | null, type: string): string | undefined {
  const status = object?.status as
    | { conditions?: readonly { type: string; status: string; reason: string }[] }
    | undefined;
  const found = status?.conditions?.find((each) => each.type === type);
  return found === undefined ? undefined : `${found.status} ${found.reason}`;
}

/** The change of the object `name` in the plan of a pass. */
export function changeOf(pass: Pass, name: string): ResourceChange {
  const found = pass.changes?.changes.find((change) => change.sink === 'cluster' && change.key.name === name);
  if (found?.sink !== 'cluster') throw new Error(`${name} is not in the plan`);
  return found;
}
