import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock/system-clock.js';
import { ContentCache } from '#adapters/files/content-cache.js';
import { EvaluationJournal } from '#adapters/files/evaluation-journal.js';
import { FolderCluster } from '#adapters/files/folder-cluster.js';
import { FolderTree } from '#adapters/files/folder-tree.js';
import type { BareRepositories } from '#adapters/git/bare-repositories.js';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import { OpaPolicyCompiler } from '#adapters/opa/policy-compiler.js';
import type { Catalog } from '#catalog/catalog.js';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import { loadCatalog } from '#catalog/load.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { EdictError } from '#errors/edict-error.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Engine } from '#reconcile/engine.js';
import type { EvaluationCount } from '#reconcile/memoise.js';
import type { Console } from './console.js';
import type { CliEnvironment, GlobalOptions } from './environment.js';
import { openEvaluators } from './evaluators.js';
import { publishLocally } from './local-publishing.js';
import { servedKinds } from './served-kinds.js';
import { type StoredObjects, storedObjects } from './stored-objects.js';
import { openTools, type Tools } from './tools.js';

/** Milliseconds for which changes of many objects are gathered into one commit. */
const COMMIT_WINDOW = 30;

/** A compiled rule set with its templates. */
export interface CompiledRules {
  readonly catalog: Catalog;
  readonly templates: JsonnetTemplates;
}

/** A rule set that was compiled from a folder. */
export interface LoadedCatalog extends CompiledRules {
  readonly tools: Tools;
  readonly tree: FolderTree;
  /** What the fingerprint of the folder was before it was read. */
  readonly fingerprint: string;
  /** Compiles the same templates and policies with other files beside them. */
  readonly reload: (tree: SourceTree) => Promise<Catalog>;
  /** Compiles another rule set. */
  readonly compile: (tree: SourceTree) => Promise<CompiledRules>;
}

/** What verbs look at that change nothing: the local folder, or a real cluster. */
export interface View extends CompiledRules {
  readonly engine: Engine;
  /** Gives objects as they are, and as they would be. */
  readonly cluster: Pick<ClusterReader, 'get'> & Pick<ClusterWriter, 'apply'>;
  /** Every custom resource that there is. */
  readonly stored: () => Promise<StoredObjects>;
  /** How many templates were evaluated, and how many were known. */
  readonly count: EvaluationCount;
  readonly close: () => Promise<void>;
}

/** An engine on the local folder. */
export interface Workspace extends View {
  readonly cluster: FolderCluster;
  readonly repositories: BareRepositories;
  /** The local folder. */
  readonly state: string;
}

/** Loads the rule set in `options.root`. */
export async function openCatalog(
  environment: CliEnvironment,
  options: GlobalOptions,
  console: Console,
): Promise<LoadedCatalog> {
  const tools = environment.tools ?? openTools(environment.variables, (message) => console.landmark(message));
  const cache = new ContentCache(join(tools.cache, 'checks'));
  const tree = new FolderTree(rootOf(environment, options));
  const compiler = new OpaPolicyCompiler({ tool: tools.rego, cache: join(tools.cache, 'policies') });
  const ports = { compiler, cache, version: environment.version };
  const compile = async (source: SourceTree): Promise<CompiledRules> => {
    let templates: JsonnetTemplates | undefined;
    const catalog = await loadCatalog(source, {
      ...ports,
      templates: (files) => (templates = new JsonnetTemplates(files)),
    });
    const opened = templates as JsonnetTemplates | undefined;
    if (opened === undefined) throw new Error('the catalog was loaded without a template checker');
    return { catalog, templates: opened };
  };
  const fingerprint = await tree.fingerprint();
  const { catalog, templates } = await compile(tree);
  const reload = (other: SourceTree): Promise<Catalog> => loadCatalog(other, { ...ports, templates: () => templates });
  return { catalog, templates, tools, tree, fingerprint, reload, compile };
}

/** The folder of the rule set. Throws UsageInvalid where there is none: of an empty one everything would look well. */
function rootOf({ directory }: CliEnvironment, options: GlobalOptions): string {
  const root = resolve(directory, options.root);
  if ([INSTALLATION_FILE, 'rules', 'crds', 'templates', 'policies'].some((name) => existsSync(join(root, name))))
    return root;
  throw new EdictError({
    code: 'UsageInvalid',
    message: existsSync(root) ? `${root} holds no rule set` : `there is no folder ${root}`,
    location: {},
    remedy: 'Name the folder of rules/ and edict.yaml with --root, or begin one here with `edict new <domain> <Kind>`.',
  });
}

/** Opens the local folder that stands for the cluster and its repositories, and an engine on it. */
export async function openWorkspace(
  environment: CliEnvironment,
  options: GlobalOptions,
  console: Console,
  mode: 'read' | 'write',
): Promise<Workspace> {
  const { catalog, templates, tools } = await openCatalog(environment, options, console);
  const state = resolve(environment.directory, options.state);
  const clock = systemClock;
  const cluster = FolderCluster.open({ root: join(state, 'cluster'), clock, mode });
  cluster.serve(servedKinds(catalog));
  const publishing = publishLocally(environment, options, catalog, COMMIT_WINDOW);
  const { repositories } = publishing;
  const journal = new EvaluationJournal(join(state, 'evaluations'), environment.version);
  const count: EvaluationCount = { evaluated: 0, known: 0 };
  const engine: Engine = {
    catalog,
    ...openEvaluators(catalog, { templates, store: journal, count }),
    cluster,
    ...publishing,
    writer: cluster,
    clock,
  };
  const close = async (): Promise<void> => {
    journal.flush();
    cluster.close();
    await Promise.all([repositories.close(), tools.close()]);
  };
  const stored = async (): Promise<StoredObjects> => storedObjects({ catalog, cluster });
  return { catalog, engine, templates, cluster, stored, repositories, state, count, close };
}
