/** How often the API server answered one kind of request, since it was started. */
export interface RequestCount {
  /** As the API server calls it: GET, LIST, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION. */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly code: number;
  readonly dryRun: boolean;
  readonly count: number;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);
const SAMPLE = /^apiserver_request_total\{(.*)\} (\S+)$/gm;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the counts of requests from what the API server tells at /metrics. */
export function requestCounts(text: string): readonly RequestCount[] {
  return [...text.matchAll(SAMPLE)].map(([, labels = '', count]) => {
    const values = new Map([...labels.matchAll(LABEL)].map(([, name, value]) => [name, value ?? '']));
    const label = (name: string): string => values.get(name) ?? '';
    return {
      verb: label('verb'),
      group: label('group'),
      resource: label('resource'),
      subresource: label('subresource'),
      code: Number(label('code')),
      dryRun: label('dry_run') !== '',
      count: Number(count),
    };
  });
}

/** What API servers write of themselves, for every Service that somebody else writes. */
const INTERNAL = new Set(['ipaddresses']);

/** The sum of the requests that would change something, refused ones too; of one resource where it is named. */
export function countWrites(counts: readonly RequestCount[], resource?: string): number {
  return counts
    .filter((each) => WRITES.has(each.verb) && !each.dryRun && (each.resource === resource || resource === undefined))
    .filter((each) => !INTERNAL.has(each.resource))
    .reduce((sum, { count }) => sum + count, 0);
}
