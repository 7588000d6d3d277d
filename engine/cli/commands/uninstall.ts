import { Discovery } from '#adapters/kubernetes/discovery.js';
import { disown } from '#adapters/kubernetes/disown.js';
import type { Fault } from '#errors/fault.js';
import { formatKey, keyOf } from '#model/object.js';
import { faultText } from '../console.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData, plain } from '../output/data.js';
import { formatTable } from '../output/table.js';
import { connect, LEASE, openCluster } from '../run/connect.js';
import { Lead } from '../uninstall/lead.js';
import { release } from '../uninstall/release.js';
import { type Fate, findReleases, type Release } from '../uninstall/releases.js';

/** Options of `uninstall`. */
export interface UninstallOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** Namespace of the engine. */
  readonly namespace: string;
  readonly children: Fate;
  /** Whether it is done, and not only shown. */
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** `edict uninstall`: lets go of everything that Edict holds in a cluster, so that nothing waits for it any more. */
export async function uninstall(invocation: Invocation, options: UninstallOptions): Promise<number> {
  const { environment, console } = invocation;
  const { catalog } = await invocation.openCatalog();
  const { variables, version } = environment;
  const onTrouble = (): void => undefined;
  const connection = { ...options, variables, version, watchNamespace: undefined, guard: onTrouble, onTrouble };
  const client = await connect(connection);
  const cluster = openCluster(client, connection);
  const lead = new Lead(client, cluster, options.namespace);
  try {
    const isMeant = options.yes && !options.dryRun;
    const find = (): Promise<readonly Release[]> => findReleases({ ...options, cluster, catalog, lease: LEASE });
    if (!isMeant) {
      const found = await find();
      show(invocation, found, { isDone: false, faults: [] });
      if (found.length === 0 || options.dryRun) return EXIT.done;
      console.note('Nothing was changed: give --yes to do it.');
      return EXIT.usage;
    }
    await lead.take();
    const releases = await find();
    const discovery = new Discovery(client);
    const faults = await release(releases, {
      writer: cluster,
      disown: (object, owners) => disown(object, owners, { client, discovery }),
      ending: () => lead.leave(),
      progress: (done, total) => console.progress(`released ${done} of ${total}`),
    });
    show(invocation, releases, { isDone: true, faults });
    return faults.length === 0 ? EXIT.done : EXIT.fault;
  } finally {
    await lead.leave();
    await cluster.close();
  }
}

interface Said {
  readonly isDone: boolean;
  readonly faults: readonly Fault[];
}

function show({ console, options }: Invocation, releases: readonly Release[], { isDone, faults }: Said): void {
  if (options.output !== 'text') {
    console.print(
      formatData(plain({ releases: releases.map(dataOf), done: isDone, faults: faultData(faults) }), options.output),
    );
    return;
  }
  const counts = new Map<string, number>();
  for (const each of releases) counts.set(labelOf(each), (counts.get(labelOf(each)) ?? 0) + 1);
  const rows = [...counts].map(([label, count]) => [label, String(count)]);
  if (rows.length > 0) console.print(formatTable([isDone ? 'RELEASED' : 'TO RELEASE', 'OBJECTS'], rows));
  else console.print('Nothing is held.');
  const leaving = releases.filter(
    ({ act, object }) => act === 'finalizers' && object.metadata.deletionTimestamp !== undefined,
  );
  if (leaving.length > 0)
    console.note(`${leaving.length} of them are being deleted, and what is left of theirs elsewhere stays.`);
  for (const fault of faults) console.note(console.style.red(faultText(fault)));
}

function labelOf(each: Release): string {
  const { kind } = each.object;
  switch (each.act) {
    case 'finalizers':
      return `finalizers of ${kind}`;
    case 'owners':
      return `owner references of ${kind}`;
    case 'delete':
      return kind === 'ConfigMap' ? 'records' : kind;
  }
}

function dataOf(each: Release): object {
  const object = formatKey(keyOf(each.object));
  switch (each.act) {
    case 'finalizers':
      return { act: each.act, object, finalizers: each.finalizers };
    case 'owners':
      return { act: each.act, object, owners: each.owners.map(({ kind, name }) => `${kind}/${name}`) };
    case 'delete':
      return { act: each.act, object };
  }
}
