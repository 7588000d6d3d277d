import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addressKey } from '#model/desired.js';
import { readInventory } from '#observe/inventory.js';
import type { Workspace } from '../workspace.js';

/** What the local folder holds: the objects of its cluster, and the files of every branch that some rule wrote, as trees. */
export async function formatTree({ cluster, repositories, catalog, engine, state }: Workspace): Promise<string> {
  const root = join(state, 'cluster');
  const lines = [root, ...(existsSync(root) ? folderLines(root, '') : [])];
  const inventories = await Promise.all(catalog.entries.map(({ rule }) => readInventory(rule, cluster)));
  const addresses = new Map(inventories.flatMap((inventory) => inventory.repositories).map((address) => [addressKey(address), address]));
  for (const address of addresses.values()) {
    const { files } = await engine.repositories.snapshot(address);
    lines.push('', `${repositories.folderOf(address)} (${address.branch})`, ...pathLines([...files.keys()]));
  }
  return lines.join('\n');
}

function folderLines(folder: string, indent: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  return entries.flatMap((entry, index) => {
    const last = index === entries.length - 1;
    const line = `${indent}${last ? '└── ' : '├── '}${entry.name}`;
    return entry.isDirectory() ? [line, ...folderLines(join(folder, entry.name), `${indent}${last ? '    ' : '│   '}`)] : [line];
  });
}

interface Branch {
  readonly [name: string]: Branch;
}

function pathLines(paths: readonly string[]): readonly string[] {
  const tree: { [name: string]: unknown } = {};
  for (const path of [...paths].sort()) {
    path.split('/').reduce<{ [name: string]: unknown }>((node, name) => (node[name] ??= {}) as { [name: string]: unknown }, tree);
  }
  return branchLines(tree as Branch, '');
}

function branchLines(tree: Branch, indent: string): readonly string[] {
  const names = Object.keys(tree);
  return names.flatMap((name, index) => {
    const last = index === names.length - 1;
    return [`${indent}${last ? '└── ' : '├── '}${name}`, ...branchLines(tree[name] ?? {}, `${indent}${last ? '    ' : '│   '}`)];
  });
}
