import { formatFault } from '#errors/fault.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData } from '../output/data.js';
import { formatTable } from '../output/table.js';

/** `edict check`: every fault of every file of the rule set, or what it holds. */
export async function check(invocation: Invocation): Promise<number> {
  const { console, options } = invocation;
  const { catalog } = await invocation.openCatalog();
  const kinds = catalog.entries.map(({ rule, policies, template }) => ({
    kind: rule.for.kind,
    apiVersion: rule.for.apiVersion,
    files: `${rule.domain}/${rule.slug}`,
    template: template.functions.join(', '),
    policies: String(policies.request.length + policies.change.length),
  }));
  if (options.output !== 'text') {
    console.print(formatData({ kinds, faults: faultData(catalog.faults), revision: catalog.revision }, options.output));
  } else {
    for (const fault of catalog.faults) console.print(`${console.style.red('fault')} ${formatFault(fault)}\n`);
    const rows = kinds.map(({ kind, apiVersion, files, template, policies }) => [
      kind,
      apiVersion,
      files,
      template,
      policies,
    ]);
    if (rows.length > 0)
      console.print(`${formatTable(['KIND', 'API VERSION', 'FILES', 'TEMPLATE', 'POLICIES'], rows)}\n`);
    const stalled =
      catalog.stalled.length === 0
        ? ''
        : `, ${catalog.stalled.length} stalled (${catalog.stalled.map(({ slug }) => slug).join(', ')})`;
    const counts = [counted(kinds.length, 'kind') + stalled, counted(catalog.faults.length, 'fault')];
    console.print(`${counts.join(', ')}, revision ${catalog.revision}.`);
  }
  return catalog.faults.length === 0 ? EXIT.done : EXIT.fault;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
