import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from '../e2e/running-edict.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { FAR, NAMESPACES } from './model.js';

/** A cluster to run on: CRDs, rights and namespaces are there, the engine is not. */
export interface Site {
  readonly plane: ControlPlane;
  /** Folder of the rule set: that of the project, and the one that `test/fixtures/rulesets/rig` adds. */
  readonly root: string;
  /** Where the engine has its Git repositories. */
  readonly state: string;
  /** Of who has exactly the rights that the rules need. */
  readonly kubeconfig: string;
  /** File in which the API server notes who deleted what. */
  readonly audit: string;
  readonly close: () => Promise<void>;
}

/** Deletions, with their preconditions, once they are done. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Request', verbs: ['delete'], resources: [{ group: '', resources: ['pods', 'services', 'configmaps'] }] },
    { level: 'None' },
  ],
};

const PARTS = ['rules', 'crds', 'templates', 'policies', 'charts', 'edict.yaml'];

/** Starts a control plane, and installs what the engine needs. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'edict-soak-'));
  const [root, state] = [join(folder, 'rules'), join(folder, 'state')];
  for (const part of PARTS) cpSync(part, join(root, part), { recursive: true });
  cpSync('test/fixtures/rulesets/rig', root, { recursive: true });
  const [audit, policy] = [join(folder, 'audit.log'), join(folder, 'audit-policy.json')];
  writeFileSync(policy, JSON.stringify(AUDIT_POLICY));
  const flags = [`--audit-policy-file=${policy}`, `--audit-log-path=${audit}`];
  const plane = await startControlPlane({ kwok: true, flags: { 'kube-apiserver': flags } });
  const close = async (): Promise<void> => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const kubeconfig = await install(plane, root);
    for (const name of [...NAMESPACES, FAR]) await create(plane, name);
    // Its garbage collector looks for new kinds only every 30 s.
    await plane.server('kube-controller-manager').restart();
    for (const name of NAMESPACES) await plane.waitFor(`/api/v1/namespaces/${name}/serviceaccounts/default`);
    return { plane, root, state, kubeconfig, audit, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function create(plane: ControlPlane, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const { status, text } = await plane.request('/api/v1/namespaces', { method: 'POST', body });
  if (status !== 201) throw new Error(`namespace ${name}: ${text}`);
}
