import { EdictError } from '#errors/edict-error.js';
import { pluralOf } from '#model/kind-names.js';

/** What names a new kind everywhere. */
export interface ScaffoldName {
  readonly domain: string;
  readonly kind: string;
  readonly slug: string;
  readonly plural: string;
  readonly group: string;
  readonly version: string;
  readonly scope: 'Cluster' | 'Namespaced';
}

/** What a user says about a new kind. */
export interface ScaffoldOptions {
  readonly domain: string;
  readonly kind: string;
  readonly group: string | undefined;
  readonly version: string;
  readonly plural: string | undefined;
  readonly isClusterScoped: boolean;
}

/** Folders of templates/ and policies/ that belong to no domain. */
const TAKEN: ReadonlySet<string> = new Set(['lib', 'common']);

const FORMS = {
  kind: [/^(?!(Null|True|False)$)[A-Z][A-Za-z0-9]{0,62}$/, 'is no kind: write it in CamelCase, such as BackupPlan'],
  domain: [/^[a-z][a-z0-9]{0,62}$/, 'is no domain: write lower-case letters and digits, such as storage'],
  plural: [/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'is no plural: write lower-case letters and digits, such as backupplans'],
  group: [
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    'is no API group: write a domain name, such as storage.example.com',
  ],
  version: [/^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/, 'is no API version: write it as v1, v1beta1 or v1alpha1'],
} as const satisfies { readonly [field: string]: readonly [RegExp, string] };

/** Derives all names of a kind. Throws UsageInvalid with everything that is wrong. */
export function scaffoldName({ domain, kind, group, version, plural, isClusterScoped }: ScaffoldOptions): ScaffoldName {
  const slug = kind.toLowerCase();
  const name: ScaffoldName = {
    domain,
    kind,
    slug,
    plural: plural ?? pluralOf(slug),
    group: group ?? `${domain}.example.com`,
    version,
    scope: isClusterScoped ? 'Cluster' : 'Namespaced',
  };
  // What is derived is only as wrong as what it is derived from.
  const derived = [...(plural === undefined ? ['plural'] : []), ...(group === undefined ? ['group'] : [])];
  const messages = Object.entries(FORMS).flatMap(([field, [form, message]]) => {
    const value = name[field as keyof typeof FORMS];
    return derived.includes(field) || form.test(value) ? [] : [`${JSON.stringify(value)} ${message}`];
  });
  if (TAKEN.has(domain)) messages.push(`${domain} is a folder for what all domains use: choose another domain`);
  if (messages.length === 0) return name;
  throw new EdictError(messages.map((message) => ({ code: 'UsageInvalid' as const, message, location: {} })));
}
