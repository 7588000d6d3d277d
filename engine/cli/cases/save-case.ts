import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeText } from '#adapters/files/file-access.js';
import { EdictError } from '#errors/edict-error.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, keyOf } from '#model/object.js';
import { redactValue, sensitiveTexts } from '#model/redact.js';
import { dumpYaml } from '#model/yaml.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import { visibleObject } from '#observe/visible.js';
import type { Pass } from '#reconcile/engine.js';
import { plain } from '../output/data.js';
import { CASE_CLUSTER } from './case-facts.js';
import { CASES, FACTS_FILE } from './case-folder.js';

/** Writes what one pass observed as the facts of a new case, without anything secret. Throws UsageInvalid. */
export async function saveCase(
  passes: readonly Pass[],
  { folder, root }: { readonly folder: string; readonly root: string },
  cluster: Pick<ClusterReader, 'get'>,
): Promise<string> {
  const [pass, second] = passes;
  const path = join(folder, FACTS_FILE);
  if (pass?.facts === undefined || second !== undefined) {
    const found = second === undefined ? 'there are no facts' : `there are ${passes.length} objects`;
    throw usage(`a case is about one object, and ${found}`, 'Name the file of one object.');
  }
  if (existsSync(path))
    throw usage(`${path} is there already`, 'Choose another folder: its name is the sentence that the case proves.');
  const { entry, object } = pass;
  const place = join(root, CASES, entry.rule.domain, entry.rule.slug);
  if (dirname(folder) !== place)
    throw usage(`${folder} is no place of a case of ${object.kind}`, `Name a folder ${join(place, '<case>')}.`);
  const facts = await captured(pass.facts, cluster);
  writeText(path, dumpYaml(redactValue(facts, sensitiveTexts(object, entry.rule.sensitive))));
  return path;
}

/** Only what a case would not have by itself. What was read is kept whole, so that the rule finds it again. */
async function captured(
  { object, related, children, time, cluster: server }: NonNullable<Pass['facts']>,
  cluster: Pick<ClusterReader, 'get'>,
): Promise<Json> {
  const found = await Promise.all(
    Object.entries(related).map(async ([as, value]) => [as, await whole(value, cluster)] as const),
  );
  const facts = {
    object,
    related: Object.fromEntries(found),
    children,
    ...(time === undefined ? {} : { time }),
    ...(server.version === CASE_CLUSTER.version ? {} : { cluster: server }),
  };
  const stated = Object.entries(plain(facts) as JsonObject).filter(
    ([, value]) => !isJsonObject(value) || Object.keys(value).length > 0,
  );
  return Object.fromEntries(stated);
}

async function whole(value: Json, cluster: Pick<ClusterReader, 'get'>): Promise<Json> {
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => whole(item, cluster)));
  if (!isJsonObject(value)) return value;
  const object = await cluster.get(keyOf(value as unknown as KubernetesObject));
  return object === null ? value : asJson(visibleObject(object));
}

function usage(message: string, remedy: string): EdictError {
  return new EdictError({ code: 'UsageInvalid', message, location: {}, remedy });
}
