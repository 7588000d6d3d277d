import type { CatalogEntry } from '#catalog/catalog.js';
import type { SourceTree } from '#catalog/source-tree.js';
import type { JsonObject } from '#model/json.js';
import { dumpYamlDocuments } from '#model/yaml.js';
import { accessObjects } from './access-objects.js';
import { deployment, namespaceObject } from './deployment.js';
import type { InstallOptions } from './install-names.js';
import type { InstalledRules } from './rule-access.js';
import { metricsService } from './services.js';
import { webhookConfiguration, webhookParts } from './webhooks.js';

/** What can be installed by itself. */
export const PARTS = ['crds', 'rbac', 'deployment', 'webhooks'] as const;
export type Part = (typeof PARTS)[number];

/** One file of manifests: its path as operators made with kubebuilder have it below config/, and its text. */
export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** Which manifests are wanted. */
export interface Selected {
  readonly parts: readonly Part[];
  /** The namespace is there already, and belongs to somebody else. */
  readonly existingNamespace: boolean;
}

/** All manifests of an installation, in the order in which they can be applied. */
export async function manifestFiles(
  rules: InstalledRules,
  options: InstallOptions,
  { parts, existingNamespace }: Selected,
  tree: SourceTree,
): Promise<readonly ManifestFile[]> {
  const file = (path: string, objects: readonly JsonObject[]): readonly ManifestFile[] =>
    objects.length === 0 ? [] : [{ path, text: dumpYamlDocuments(objects) }];
  const wants = (part: Part): boolean => parts.length === 0 || parts.includes(part);
  const needsNamespace = !existingNamespace && (wants('rbac') || wants('deployment'));
  const hasWebhooks = wants('webhooks') && options.webhooks !== undefined;
  return [
    ...(needsNamespace ? file('manager/namespace.yaml', [namespaceObject(options)]) : []),
    ...(wants('crds') ? await definitionFiles(rules, tree) : []),
    ...(wants('rbac') ? file('rbac/rbac.yaml', accessObjects(rules, options)) : []),
    ...(hasWebhooks ? file('webhook/service.yaml', webhookParts(options)) : []),
    ...(wants('deployment') ? file('manager/manager.yaml', [metricsService(options), deployment(options)]) : []),
    ...(hasWebhooks ? file('webhook/manifests.yaml', [webhookConfiguration(rules, options)]) : []),
  ];
}

/** The CRDs as they are written, comments and all. */
export async function definitionFiles({ catalog }: InstalledRules, tree: SourceTree): Promise<readonly ManifestFile[]> {
  const files = catalog.entries.map(async (entry) => definitionFile(entry, tree));
  return (await Promise.all(files)).flat();
}

async function definitionFile({ rule, definition }: CatalogEntry, tree: SourceTree): Promise<readonly ManifestFile[]> {
  if (definition === undefined) return [];
  const text = await tree.read(`crds/${rule.domain}/${rule.slug}.yaml`);
  return [{ path: `crd/bases/${definition.group}_${definition.plural}.yaml`, text: ended(text) }];
}

/** `files` as one text of many documents. */
export function joinManifests(files: readonly ManifestFile[]): string {
  return files.map(({ text }) => text.replace(/^---\s*\n/, '')).join('---\n');
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
