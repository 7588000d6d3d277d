import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RequestCount, requestCounts } from './api-metrics.js';
import { type ApiAnswer, type ApiRequest, askApi } from './api-request.js';
import { ADMIN, Credentials, type Users } from './credentials.js';
import { freePort } from './free-port.js';
import { Keeper } from './keeper.js';
import { finishKubectl, type KubectlOptions, type Run, startKubectl } from './kubectl.js';
import type { Program } from './locate-programs.js';
import { Server } from './server.js';
import type { Places } from './server-arguments.js';

/** The name of a server. */
export type ServerName = Exclude<Program, 'kubectl'>;

/** What a control plane is made of. */
export interface ControlPlaneSettings {
  /** Folder of the programs. */
  readonly programs: string;
  /** Existing folder for all that it writes; removed when it ends. */
  readonly folder: string;
  readonly users: Users;
  /** Arguments that are added to those of each server; of two equal flags the last counts. */
  readonly flags: Readonly<Partial<Record<ServerName, readonly string[]>>>;
}

const MILLISECONDS_BETWEEN_LOOKS = 30;
const SECONDS_TO_WAIT = 90;

/** A Kubernetes control plane on free ports of the loopback address, all of it below one folder. */
export class ControlPlane {
  readonly url: string;
  readonly places: Places;
  readonly #settings: ControlPlaneSettings;
  readonly #keeper: Keeper;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #servers = new Map<ServerName, Server>();

  private constructor(settings: ControlPlaneSettings, etcdPort: number, apiPort: number) {
    const { folder, users } = settings;
    this.#settings = settings;
    this.#keeper = new Keeper(folder);
    // Nothing of the person who runs it: no kubeconfig, proxy or plugin of theirs.
    this.#environment = { PATH: process.env.PATH, HOME: folder, NO_PROXY: '127.0.0.1' };
    this.url = `https://127.0.0.1:${apiPort}`;
    this.places = {
      data: join(folder, 'etcd'),
      etcdUrl: `http://127.0.0.1:${etcdPort}`,
      apiPort,
      credentials: new Credentials(folder, this.url, users),
    };
    mkdirSync(join(folder, 'logs'));
  }

  /** One that has no servers yet. */
  static async create(settings: ControlPlaneSettings): Promise<ControlPlane> {
    return new ControlPlane(settings, await freePort(), await freePort());
  }

  /** Holds everything, such as the logs of the servers. */
  get folder(): string {
    return this.#settings.folder;
  }

  /** Certificates that clients trust, as PEM. */
  get authority(): string {
    return this.places.credentials.authority;
  }

  /** The bearer token of a user. */
  token(user: string = ADMIN): string {
    return this.places.credentials.token(user);
  }

  /** Path of a kubeconfig of a user. */
  kubeconfig(user: string = ADMIN): string {
    return this.places.credentials.kubeconfig(user);
  }

  /** Starts one more server. */
  start(name: ServerName, words: readonly string[]): Server {
    const { programs, folder, flags } = this.#settings;
    const server = new Server({
      program: join(programs, name),
      arguments: [...words, ...(flags[name] ?? [])],
      environment: this.#environment,
      log: join(folder, 'logs', `${name}.log`),
      keeper: this.#keeper,
    });
    this.#servers.set(name, server);
    server.start();
    return server;
  }

  /** A server, to be measured, stopped, frozen, killed and started again. */
  server(name: ServerName): Server {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`this control plane was started without ${name}`);
    return server;
  }

  /** All servers, in the order in which they were started. */
  get servers(): readonly Server[] {
    return [...this.#servers.values()];
  }

  /** Sends one request to the API server, as the admin where it carries no token. */
  async request(path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return askApi(`${this.url}${path}`, this.authority, { token: this.token(), ...request });
  }

  /** Waits until a request succeeds with a text that `holds`; a GET where nothing else is said. */
  async waitFor(path: string, holds: (text: string) => boolean = () => true, request: ApiRequest = {}): Promise<void> {
    const end = Date.now() + SECONDS_TO_WAIT * 1000;
    for (;;) {
      // No certificate yet, no listener yet, not ready yet: all of it is waited for.
      const answer = await this.request(path, request).catch((error: Error) => ({ status: 0, text: error.message }));
      if (answer.status >= 200 && answer.status < 300 && holds(answer.text)) return;
      for (const server of this.servers) server.insistOnRunning();
      if (Date.now() > end) throw new Error(`${path} after ${SECONDS_TO_WAIT} s: ${answer.status} ${answer.text}`);
      await sleep(MILLISECONDS_BETWEEN_LOOKS);
    }
  }

  /** Runs kubectl; a refusal is an answer, not an error. */
  async kubectl(words: readonly string[], { user, input }: KubectlOptions = {}): Promise<Run> {
    return finishKubectl(this.startKubectl(words, user), input);
  }

  /** Path of kubectl. */
  get kubectlProgram(): string {
    return join(this.#settings.programs, 'kubectl');
  }

  /** Starts kubectl, for commands that end only when they are killed. */
  startKubectl(words: readonly string[], user?: string): ChildProcess {
    const environment = { ...this.#environment, KUBECONFIG: this.kubeconfig(user) };
    return startKubectl(this.kubectlProgram, words, environment);
  }

  /** How often the API server was asked what, since it was last started. */
  async metrics(): Promise<readonly RequestCount[]> {
    const { status, text } = await this.request('/metrics');
    if (status !== 200) throw new Error(`/metrics is refused: ${status} ${text}`);
    return requestCounts(text);
  }

  /** Ends all servers at once and removes the folder; nothing is left of it afterwards. */
  async stop(): Promise<void> {
    await this.#keeper.close();
  }
}
