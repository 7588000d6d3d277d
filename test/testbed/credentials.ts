import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';

/** Kubernetes users by name, each with its groups. */
export type Users = Readonly<Record<string, readonly string[]>>;

/** Who may do everything. */
export const ADMIN = 'admin';

/** The identities of the servers. */
const SYSTEM_USERS = {
  [ADMIN]: ['system:masters'],
  'system:kube-controller-manager': ['system:masters'],
  'system:kube-scheduler': [],
  kwok: ['system:masters'],
} as const satisfies Users;

/** Tokens of all users, and the files that the servers need to know who is who. */
export class Credentials {
  readonly tokenFile: string;
  readonly serviceAccountKey: string;
  /** Where the API server keeps the certificate that it makes for itself when it first starts. */
  readonly certificates: string;
  readonly #folder: string;
  readonly #url: string;
  readonly #tokens: ReadonlyMap<string, string>;
  readonly #kubeconfigs = new Map<string, string>();

  constructor(folder: string, url: string, users: Users) {
    this.#folder = folder;
    this.#url = url;
    this.tokenFile = join(folder, 'tokens.csv');
    this.serviceAccountKey = join(folder, 'service-account.key');
    this.certificates = join(folder, 'certificates');
    const all: Users = { ...users, ...SYSTEM_USERS };
    this.#tokens = new Map(Object.keys(all).map((name) => [name, randomBytes(24).toString('base64url')]));
    const lines = Object.entries(all).map(
      ([name, groups]) => `${this.token(name)},${name},${name},"${groups.join(',')}"\n`,
    );
    writeFileSync(this.tokenFile, lines.join(''), { mode: 0o600 });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'sec1', format: 'pem' });
    writeFileSync(this.serviceAccountKey, pem, { mode: 0o600 });
  }

  /** The file that clients trust: the API server's certificate and the authority that signed it. */
  get authorityFile(): string {
    return join(this.certificates, 'apiserver.crt');
  }

  /** The same as text. */
  get authority(): string {
    return readFileSync(this.authorityFile, 'utf8');
  }

  /** The bearer token of a user. */
  token(user: string): string {
    const token = this.#tokens.get(user);
    if (token !== undefined) return token;
    throw new Error(`there is no user ${user}: start the control plane with it`);
  }

  /** Path of the kubeconfig of a user, which needs no file beside it. */
  kubeconfig(user: string): string {
    const written = this.#kubeconfigs.get(user);
    if (written !== undefined) return written;
    const file = join(this.#folder, `${user.replaceAll(':', '-')}.kubeconfig`);
    const authority = Buffer.from(this.authority).toString('base64');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'testbed', cluster: { server: this.#url, 'certificate-authority-data': authority } }],
      users: [{ name: user, user: { token: this.token(user) } }],
      contexts: [{ name: 'testbed', context: { cluster: 'testbed', user, namespace: 'default' } }],
      'current-context': 'testbed',
    };
    writeFileSync(file, dump(config), { mode: 0o600 });
    this.#kubeconfigs.set(user, file);
    return file;
  }
}
