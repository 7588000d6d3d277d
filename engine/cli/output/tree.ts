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
  const addresses = new Map(
    inventories.flatMap((inventory) => inventory.repositories).map((address) => [addressKey(address), address]),
  );
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
    return entry.isDirectory()
      ? [line, ...folderLines(join(folder, entry.name), `${indent}${last ? '    ' : '│   '}`)]
      : [line];
  });
}

type Branch = Map<string, Branch>;

function pathLines(paths: readonly string[]): readonly string[] {
  const tree: Branch = new Map();
  for (const path of [...paths].sort()) {
    let branch = tree;
    for (const name of path.split('/')) {
      const below: Branch = branch.get(name) ?? new Map();
      branch.set(name, below);
      branch = below;
    }
  }
  return branchLines(tree, '');
}

function branchLines(tree: Branch, indent: string): readonly string[] {
  return [...tree].flatMap(([name, below], index) => {
    const last = index === tree.size - 1;
    return [`${indent}${last ? '└── ' : '├── '}${name}`, ...branchLines(below, `${indent}${last ? '    ' : '│   '}`)];
  });
}
