import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, stderr } from 'node:process';
import { PACKAGE_ROOT } from '#wasm/package-root.js';
import { ControlPlane, type ControlPlaneSettings, type ServerName } from './control-plane.js';
import type { Users } from './credentials.js';
import { kwokObjects, NODE_PATH, PROBE, PROBE_PATH } from './kwok-nodes.js';
import { locatePrograms, type Program } from './locate-programs.js';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  schedulerArguments,
} from './server-arguments.js';

/** What to start besides etcd and kube-apiserver, and how. */
export interface StartOptions {
  /** Default: true. Without it there are no service accounts by default, no garbage collection, no end of namespaces. */
  readonly controllerManager?: boolean;
  /** Default: false. Without it pods stay Pending, unless there is kwok, which then gets all of them. */
  readonly scheduler?: boolean;
  /** Default: false. Plays the kubelet of one node, on which every pod is Running and Ready. */
  readonly kwok?: boolean;
  /** What kwok makes of nodes and pods: a file of its stages, instead of kwok-stages.yaml. */
  readonly stages?: string;
  /** Users besides the admin, with their groups: `{alice: ['developers']}`. */
  readonly users?: Users;
  /** Arguments added to those of a server: `{'kube-apiserver': ['--v=4']}`. */
  readonly flags?: Readonly<Partial<Record<ServerName, readonly string[]>>>;
  /** Told before something slow begins; default: a line on standard error. */
  readonly onProgress?: (message: string) => void;
}

const STAGES = join(PACKAGE_ROOT, 'test/testbed/kwok-stages.yaml');
const DEFAULT_SERVICE_ACCOUNT = '/api/v1/namespaces/default/serviceaccounts/default';
const ATTEMPTS = 3;

/** Starts a control plane, ready to be used; its programs are built first where they are missing. */
export async function startControlPlane(options: StartOptions = {}): Promise<ControlPlane> {
  const { onProgress = (message) => stderr.write(`${message}\n`), users = {}, flags = {} } = options;
  const programs = await locatePrograms(programsOf(options), { environment: env, onProgress });
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(join(tmpdir(), 'edict-testbed-'));
    const plane = await ControlPlane.create({ programs, folder, users, flags } satisfies ControlPlaneSettings);
    try {
      await begin(plane, options);
      return plane;
    } catch (error) {
      const lostPort = plane.servers.some(({ log }) => readFileSync(log, 'utf8').includes('address already in use'));
      await plane.stop();
      // Somebody else took a port between our look at it and the start of the server.
      if (!lostPort || attempt === ATTEMPTS) throw error;
    }
  }
}

function programsOf({ controllerManager = true, scheduler = false, kwok = false }: StartOptions): readonly Program[] {
  const wanted: Readonly<Record<Program, boolean>> = {
    etcd: true,
    'kube-apiserver': true,
    'kube-controller-manager': controllerManager,
    'kube-scheduler': scheduler,
    kubectl: true,
    kwok,
  };
  return (Object.keys(wanted) as Program[]).filter((name) => wanted[name]);
}

async function begin(plane: ControlPlane, options: StartOptions): Promise<void> {
  const { controllerManager = true, scheduler = false, kwok = false, stages = STAGES } = options;
  const { places } = plane;
  plane.start('etcd', etcdArguments(places));
  plane.start('kube-apiserver', apiServerArguments(places));
  await plane.waitFor('/readyz');
  if (controllerManager) plane.start('kube-controller-manager', controllerManagerArguments(places));
  if (scheduler) plane.start('kube-scheduler', schedulerArguments(places));
  if (kwok) {
    plane.start('kwok', kwokArguments(places, stages));
    for (const { path, object } of kwokObjects(scheduler)) await create(plane, path, object);
    await plane.waitFor(NODE_PATH, isReady);
  }
  if (!controllerManager) return;
  await plane.waitFor(DEFAULT_SERVICE_ACCOUNT);
  // A policy is in force some time after it was created; what is made before keeps no node for ever.
  if (kwok && !scheduler) await plane.waitFor(PROBE_PATH, hasNode, { method: 'POST', body: PROBE });
}

async function create(plane: ControlPlane, path: string, object: object): Promise<void> {
  const { status, text } = await plane.request(path, { method: 'POST', body: object });
  if (status !== 201) throw new Error(`${path} refuses what kwok needs: ${status} ${text}`);
}

function hasNode(text: string): boolean {
  return (JSON.parse(text) as { spec: { nodeName?: string } }).spec.nodeName !== undefined;
}

function isReady(text: string): boolean {
  const { status } = JSON.parse(text) as { status?: { conditions?: readonly { type: string; status: string }[] } };
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}
