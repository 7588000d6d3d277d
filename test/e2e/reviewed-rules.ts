import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';

export const NAMESPACE = 'avs';

/** A policy about what is done and by whom, and one about what a change comes to. */
const KEEP = `
package common.keep.request

deny contains {"code": "Kept", "msg": msg, "path": "metadata.labels.keep"} if {
	input.operation == "DELETE"
	input.oldObject.metadata.labels.keep == "true"
	msg := sprintf("%s may not delete what is kept", [input.userInfo.username])
}

deny contains {"code": "VersionTakenBack", "msg": msg, "path": "spec.version"} if {
	input.operation == "UPDATE"
	input.oldObject.spec.version > input.object.spec.version
	msg := sprintf("%s is behind %s", [input.object.spec.version, input.oldObject.spec.version])
}
`;
const CHANGE = `
deny contains {"code": "Talkative", "msg": "a Pod may not log everything", "path": "spec.containers"} if {
	some object in objects
	some variable in object.spec.containers[_].env
	variable == {"name": "LOG_LEVEL", "value": "all"}
}
`;

/** The definition of a kind with one more version, which objects are converted from. */
function withSecondVersion(text: string): string {
  const definition = load(text) as { spec: { versions: { name: string; storage: boolean }[] } };
  const [version] = definition.spec.versions;
  if (version !== undefined) definition.spec.versions.push({ ...version, name: 'v1beta1', storage: false });
  return dump(definition, { noRefs: true });
}

/** A folder with the rule set of the project, a second version of a kind, and policies that look at requests besides. */
export function ruleSet(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edict-rules-'));
  for (const name of ['rules', 'crds', 'templates', 'policies', 'charts', 'edict.yaml'])
    cpSync(name, join(folder, name), { recursive: true });
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('crds/performer/performer.yaml', withSecondVersion(read('crds/performer/performer.yaml')));
  const rule = read('rules/performer/performer.yaml');
  write('rules/performer/performer.yaml', rule.replace('[common/workload]', '[common/workload, common/keep]'));
  write('policies/common/keep/request.rego', KEEP);
  const change = 'policies/performer/performer/change.rego';
  write(change, `${read(change)}${CHANGE}`);
  const claims = read('rules/platform/applicationclaim.yaml');
  const where =
    "kind: ApplicationClaim, where: self.metadata.name != 'unmanaged'}\n  admission: {failurePolicy: Ignore}";
  write('rules/platform/applicationclaim.yaml', claims.replace('kind: ApplicationClaim}', where));
  return folder;
}

interface Wishes {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly spec?: object;
  readonly finalizers?: readonly string[];
}

/** A Performer that nobody objects to, unless its wishes are such. */
export function performer({ spec = {}, ...metadata }: Wishes = {}): string {
  return JSON.stringify({
    apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
    kind: 'Performer',
    metadata: { name: 'feed', namespace: NAMESPACE, ...metadata },
    spec: {
      avsAddress: `0x${'12'.repeat(20)}`,
      image: 'acme/feed:v1',
      version: 'v1',
      config: { grpcPort: 9090 },
      ...spec,
    },
  });
}

/** A Performer that its policies deny. */
export const denied = (more: Wishes = {}): string =>
  performer({ ...more, spec: { hardwareRequirements: { gpuCount: 1 } } });

/** What a server says to the creation of an object that is only tried. Throws where its certificate is not trusted. */
export function post(at: number, ca: string, object: object): Promise<string> {
  const asked = { uid: 'u', operation: 'CREATE', object, dryRun: true };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: at, path: '/validate', method: 'POST', ca, agent: false };
    const sent = request({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((chunks) => resolve(chunks.join('')), reject);
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}
