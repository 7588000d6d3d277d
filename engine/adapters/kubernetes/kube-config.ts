import type { RequestOptions } from 'node:https';
import { delimiter, join } from 'node:path';
import type { KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { EdictError } from '#errors/edict-error.js';
import { isJsonObject, type JsonObject } from '#model/json.js';
import type { Connection, Credentials } from './connection.js';
import { mergeKubeConfigs } from './kube-config-files.js';

/** Where to look for a cluster. */
export interface KubeConfigOptions {
  /** The environment: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** Paths instead of KUBECONFIG, as `--kubeconfig` gives them. */
  readonly paths?: readonly string[];
  /** Another context than the current one. */
  readonly context?: string;
}

/** Milliseconds for which credentials are not looked up again: files and plugins are asked no more often than this. */
const CREDENTIALS_LIFE = 10_000;

/**
 * The cluster that options and environment name, as controller-runtime looks for it: `--kubeconfig`, KUBECONFIG, the
 * service account of the pod, ~/.kube/config. Throws ClusterUnavailable where there is none.
 */
export async function loadConnection(options: KubeConfigOptions): Promise<Connection> {
  // Loading the library takes half a second, which only those pay who go to a cluster.
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const load = (): KubeConfig => loadInto(new Config(), options);
  return new KubeConfigConnection(load);
}

function loadInto(config: KubeConfig, { variables, paths, context }: KubeConfigOptions): KubeConfig {
  const named = paths ?? variables.KUBECONFIG?.split(delimiter).filter((path) => path !== '') ?? [];
  const isInCluster = variables.KUBERNETES_SERVICE_HOST !== undefined;
  const home = variables.HOME === undefined ? [] : [join(variables.HOME, '.kube', 'config')];
  if (named.length === 0 && isInCluster) config.loadFromCluster();
  else loadMerged(config, named.length === 0 ? home : named);
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null || config.getCurrentUser() === null) throw noContext(config);
  return config;
}

function loadMerged(config: KubeConfig, paths: readonly string[]): void {
  const merged = mergeKubeConfigs(paths);
  if (merged === undefined) throw noKubeConfig(paths);
  const { users, ...rest } = merged;
  const known = Array.isArray(users) ? users.filter(isJsonObject) : [];
  const text = JSON.stringify({ ...rest, users: known.map(asReadByLibrary) });
  if (!succeeds(() => config.loadFromString(text))) throw noKubeConfig(paths);
}

/** The library quotes what it dislikes, which may be a credential: that it failed has to be enough. */
function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** The library reads a token file only once, unless it is said as it says it itself for the service account of a pod. */
function asReadByLibrary(item: JsonObject): JsonObject {
  const { user } = item;
  if (!isJsonObject(user) || typeof user.tokenFile !== 'string') return item;
  const { tokenFile, token: _token, ...rest } = user;
  return { ...item, user: { ...rest, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } };
}

/** Credentials by way of the library, which knows exec plugins, OIDC and token files. */
class KubeConfigConnection implements Connection {
  readonly server: URL;
  readonly namespace: string | undefined;
  readonly #load: () => KubeConfig;
  #config: KubeConfig;
  #known: { readonly credentials: Promise<Credentials>; readonly until: number } | undefined;

  constructor(load: () => KubeConfig) {
    this.#load = load;
    this.#config = load();
    this.server = new URL(this.#config.getCurrentCluster()?.server ?? '');
    this.namespace = this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }

  credentials(renew = false): Promise<Credentials> {
    const now = performance.now();
    if (!renew && this.#known !== undefined && this.#known.until > now) return this.#known.credentials;
    // Loading anew forgets the tokens that the library keeps until they expire, and takes up a file that was rewritten.
    if (renew) this.#config = this.#load();
    const credentials = read(this.#config);
    this.#known = { credentials, until: now + CREDENTIALS_LIFE };
    credentials.catch(() => {
      this.#known = undefined;
    });
    return credentials;
  }
}

async function read(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  const cluster = config.getCurrentCluster();
  // The library refuses plain HTTP unless certificates go unchecked; there are none to check.
  if (cluster?.server.startsWith('http:') === true) Object.assign(cluster, { skipTLSVerify: true });
  const applied = config.applyToHTTPSOptions(options).then(
    () => true,
    // What a plugin prints may hold a token.
    () => false,
  );
  if (!(await applied)) throw noCredentials(config);
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options;
  const given = Object.entries({ ca, cert, key, passphrase, rejectUnauthorized, servername });
  return {
    tls: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    headers: headersOf(options),
    ...(cluster?.proxyUrl === undefined ? {} : { proxy: await proxyOf(config) }),
  };
}

/** The library tells it only to one of its own requests. */
async function proxyOf(config: KubeConfig): Promise<Dispatcher> {
  const request: { proxy?: Dispatcher } & Pick<RequestContext, 'setHeaderParam' | 'setDispatcher'> = {
    setHeaderParam: () => undefined,
    setDispatcher: (dispatcher) => {
      request.proxy = dispatcher;
    },
  };
  await config.applySecurityAuthentication(request as RequestContext);
  return request.proxy as Dispatcher;
}

function headersOf({ headers = {}, auth }: RequestOptions): Credentials['headers'] {
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  // A token file ends with a line break, which no header may have.
  const said = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()] as const);
  return { ...basic, ...Object.fromEntries(said) };
}

function noKubeConfig(paths: readonly string[]): EdictError {
  return new EdictError({
    code: 'ClusterUnavailable',
    message: paths.length === 0 ? 'no cluster is named' : `no kubeconfig can be used of ${paths.join(', ')}`,
    location: {},
    remedy: 'Name a kubeconfig with --kubeconfig or KUBECONFIG, or run in a pod with a service account.',
  });
}

function noContext(config: KubeConfig): EdictError {
  return new EdictError({
    code: 'ClusterUnavailable',
    message: `the kubeconfig has no context ${config.getCurrentContext() ?? ''} with a cluster and a user`,
    location: {},
    remedy: 'Choose one that `kubectl config get-contexts` lists.',
  });
}

function noCredentials(config: KubeConfig): EdictError {
  const user = config.getCurrentUser();
  const command: unknown = user?.exec === undefined ? undefined : (user.exec as { command?: unknown }).command;
  return new EdictError({
    code: 'ClusterUnavailable',
    message: `no credentials can be had for user ${user?.name ?? ''}${typeof command === 'string' ? ` from ${command}` : ''}`,
    location: {},
    remedy: 'See that its files are readable and its plugin runs: `kubectl auth whoami` uses the same.',
  });
}
