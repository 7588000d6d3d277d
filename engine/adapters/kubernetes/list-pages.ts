import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KindReference, KubernetesObject } from '#model/object.js';
import { ApiError } from './api-error.js';
import type { RestClient } from './rest-client.js';

/** Objects of one page: what the API server and its clients commonly use. */
const PAGE = '500';

/** What is listed. */
export interface ListRequest extends KindReference {
  readonly path: string;
  /** What it is counted as. */
  readonly resource: string;
  readonly labels?: { readonly [label: string]: string };
  /** A field selector. */
  readonly fields?: string | undefined;
  readonly signal?: AbortSignal;
}

/** All objects, as they were at one version. */
export interface ObjectList {
  readonly objects: readonly KubernetesObject[];
  readonly version: string | undefined;
}

/** A whole list, consistent and at least as new as the request, page by page. Throws ApiError. */
export async function listPages(client: RestClient, request: ListRequest): Promise<ObjectList> {
  try {
    return await collect(client, request, PAGE);
  } catch (error) {
    // Compaction overtook the pages. All at once cannot be overtaken.
    if (!(error instanceof ApiError) || error.status !== 410) throw error;
    return collect(client, request, undefined);
  }
}

async function collect(client: RestClient, request: ListRequest, limit: string | undefined): Promise<ObjectList> {
  const objects: KubernetesObject[] = [];
  const { labels = {}, fields } = request;
  const selector = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const query = { limit, fieldSelector: fields, labelSelector: selector.length === 0 ? undefined : selector.join(',') };
  for (let next: string | undefined; ; ) {
    const { body } = await client.request({
      method: 'GET',
      path: request.path,
      query: { ...query, continue: next },
      timeout: 60_000,
      verb: 'list',
      resource: request.resource,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const { items, metadata } = body;
    if (!Array.isArray(items) || !isJsonObject(metadata)) throw new ApiError({ message: 'the answer is no list' });
    // Without a selector a page is filled before another one begins.
    if (items.length === 0 && Number(metadata.remainingItemCount ?? 0) > 0)
      throw new ApiError({ reason: 'Garbage', message: 'the page of a list is empty, though there are objects' });
    for (const item of items as readonly Json[]) if (isJsonObject(item)) objects.push(listedObject(item, request));
    next = textOf(metadata.continue);
    if (next === undefined) return { objects, version: textOf(metadata.resourceVersion) };
  }
}

/** Items of a list do not say what they are. */
export function listedObject(item: JsonObject, { apiVersion, kind }: KindReference): KubernetesObject {
  return { ...item, apiVersion, kind } as unknown as KubernetesObject;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
