import { lintTemplates } from '#adapters/jsonnet/lint-templates.js';
import { faultText } from '../console.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { formatData, plain } from '../output/data.js';
import { formatTable } from '../output/table.js';

/**
 * `edict check`: every fault of every file of the rule set, or what it holds. What templates say to no purpose is a
 * warning, which is printed and fails nothing.
 */
export async function check(invocation: Invocation): Promise<number> {
  const { console, options } = invocation;
  const { catalog } = await invocation.openCatalog();
  const warnings = lintTemplates(catalog.templates);
  const kinds = catalog.entries.map(({ rule, policies, template }) => ({
    kind: rule.for.kind,
    apiVersion: rule.for.apiVersion,
    files: `${rule.domain}/${rule.slug}`,
    template: template.functions,
    policies: policies.request.length + policies.change.length,
  }));
  if (options.output !== 'text') {
    const { revision, faults } = catalog;
    const stalled = catalog.stalled.map(({ domain, slug }) => `${domain}/${slug}`);
    console.print(formatData(plain({ kinds, stalled, faults, warnings, revision }), options.output));
  } else {
    for (const fault of catalog.faults) console.print(`${console.style.red('fault')} ${faultText(fault)}\n`);
    for (const warning of warnings) console.print(`${console.style.yellow('warning')} ${faultText(warning)}\n`);
    const rows = kinds.map(({ kind, apiVersion, files, template, policies }) => [
      kind,
      apiVersion,
      files,
      template.join(', '),
      String(policies),
    ]);
    if (rows.length > 0)
      console.print(`${formatTable(['KIND', 'API VERSION', 'FILES', 'TEMPLATE', 'POLICIES'], rows)}\n`);
    const stalled =
      catalog.stalled.length === 0
        ? ''
        : `, ${catalog.stalled.length} stalled (${catalog.stalled.map(({ slug }) => slug).join(', ')})`;
    const counts = [counted(kinds.length, 'kind') + stalled, counted(catalog.faults.length, 'fault')];
    if (warnings.length > 0) counts.push(counted(warnings.length, 'warning'));
    console.print(`${counts.join(', ')}, revision ${catalog.revision}.`);
  }
  return catalog.faults.length === 0 ? EXIT.done : EXIT.fault;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
