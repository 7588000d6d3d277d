import type { CatalogEntry } from '#catalog/catalog.js';
import { formatPath } from '#model/path.js';
import type { Binding, ResourceRead, ResourceWrite, Rule } from '#model/rule.js';

/** What a kind reads, is judged by and writes, as a tree. */
export function formatKind({ rule, policies, template }: CatalogEntry): string {
  const { reads, writes } = rule;
  const judges = [...policies.request, ...policies.change].map(
    ({ policy, enforce }) => `${policy.path}${enforce === 'Warn' ? ' (warns)' : ''}`,
  );
  return branches(`${rule.for.kind} (${rule.for.apiVersion})`, [
    [
      'reads',
      [...reads.resources.map(formatRead), ...reads.charts.map(({ remote, chart }) => `charts ${chart} of ${remote}`)],
    ],
    ['judged by', judges],
    ['template', template.functions.map((name) => `${name}()`)],
    ['writes', [...writes.resources.map(formatWrite), ...formatRepositories(rule)]],
  ]);
}

function formatRead({ as, kind, namespace, selection, optional }: ResourceRead): string {
  const place = namespace.from === 'own' || namespace.from === 'any' ? `${namespace.from} namespace` : bound(namespace);
  return `${as}: ${kind} ${selected(selection)} (${place}${optional ? ', optional' : ''})`;
}

function selected(selection: ResourceRead['selection']): string {
  switch (selection.by) {
    case 'name':
      return `named ${bound(selection.name)}`;
    case 'labels':
      return `with ${Object.entries(selection.labels)
        .map(([label, value]) => `${label}=${bound(value)}`)
        .join(', ')}`;
    case 'fields':
      return `where ${selection.fields.map(({ field, equals }) => `${formatPath(field)}=${bound(equals)}`).join(', ')}`;
    case 'all':
      return 'all';
  }
}

function bound(binding: Binding): string {
  return binding.from === 'literal' ? binding.value : `{${formatPath(binding.path)}}`;
}

function formatWrite({ apiVersion, kind, update, namespaces }: ResourceWrite): string {
  const places = typeof namespaces === 'string' ? `${namespaces} namespace` : `namespace ${namespaces.join(', ')}`;
  return `${kind} (${apiVersion}, ${update}, ${places})`;
}

function formatRepositories({ writes }: Rule): readonly string[] {
  return writes.repositories.flatMap(({ remote, repository, paths }) =>
    paths.map((path) => `${remote}/${repository} ${path}`),
  );
}

function branches(heading: string, groups: readonly (readonly [string, readonly string[]])[]): string {
  const shown = groups.filter(([, items]) => items.length > 0);
  const lines = shown.flatMap(([name, items], index) => {
    const last = index === shown.length - 1;
    const own = items.map(
      (item, place) => `${last ? '    ' : '│   '}${place === items.length - 1 ? '└── ' : '├── '}${item}`,
    );
    return [`${last ? '└── ' : '├── '}${name}`, ...own];
  });
  return [heading, ...lines].join('\n');
}
