import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { LineSplitter } from '#adapters/kubernetes/line-splitter.js';
import type { KubernetesObject } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { CHILD_PATHS, contentOf, nameIn, OWNER_PATHS } from './live.js';
import type { Timeline } from './timeline.js';

/** A child that went. */
interface Removal {
  readonly child: string;
  readonly kind: string;
  readonly content: string;
  readonly uid: string;
  /** Uids of those for whom it was made. */
  readonly owners: readonly string[];
  /** When it was seen to come, and to go. */
  readonly from: number;
  readonly until: number;
}

interface AuditEvent {
  readonly userAgent?: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  readonly requestObject?: { readonly preconditions?: { readonly uid?: string } };
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
}

/** Milliseconds that a watch may be behind. */
const LAG = 2_000;
/** Takes the place of the kubelet, which names the uid of what it deletes. */
const STAND_IN = 'kwok/';

/** Watches children and owners on the API server itself, past all faults, and remembers every one that went. */
export class Watchman {
  readonly #removals: Removal[] = [];
  readonly #born = new Map<string, number>();
  /** When owners went, by uid. */
  readonly #gone = new Map<string, number>();
  readonly #streams: ClientRequest[] = [];
  #troubles: readonly string[] = [];
  #isClosed = false;

  constructor(plane: ControlPlane) {
    for (const [kind, path] of Object.entries({ ...CHILD_PATHS, ...OWNER_PATHS })) this.#watch(plane, kind, path);
  }

  get removals(): number {
    return this.#removals.length;
  }

  /**
   * What went though it should have lived, with who did it; and why this cannot be told, where a watch ended. Not what
   * nobody but the stand-in for the kubelet deleted: it deletes by name, also the one that came after the one it means.
   */
  violations(timeline: Timeline, byHand: ReadonlySet<string>, audit: string): readonly string[] {
    const events = auditEvents(audit);
    const untimely = this.#removals.filter(({ child, kind, content, uid, owners, from, until }) => {
      // It goes with the owner for whom it was made, though one of the same name wants another of its name.
      if (byHand.has(uid) || owners.some((owner) => (this.#gone.get(owner) ?? Infinity) <= until + LAG)) return false;
      // Pods are made anew where their content changes; everything else is only removed when it is not wanted.
      return timeline.wasWanted(child, from - LAG, until, kind === 'Pod' ? content : undefined);
    });
    const wrong = untimely.flatMap((removal) => {
      const deletions = deletionsOf(removal, events);
      const isMistaken =
        deletions.length > 0 && deletions.every(({ userAgent = '' }) => userAgent.startsWith(STAND_IN));
      return isMistaken ? [] : [`${removal.child} went though it should live: ${culprits(deletions)}`];
    });
    return [...this.#troubles, ...wrong];
  }

  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.destroy();
  }

  #watch(plane: ControlPlane, kind: string, path: string): void {
    const splitter = new LineSplitter();
    const options = { ca: plane.authority, headers: { authorization: `Bearer ${plane.token()}` } };
    const stream = request(`${plane.url}${path}?watch=1&timeoutSeconds=86400`, options, (response) => {
      // A kind that was just installed is not served at once.
      if (response.statusCode !== 200) {
        response.resume();
        setTimeout(() => this.#watch(plane, kind, path), 200);
        return;
      }
      response.on('data', (chunk: Buffer) => splitter.push(chunk, (line) => this.#note(kind, line)));
      response.on('close', () => this.#ended(kind));
    });
    stream.on('error', () => this.#ended(kind));
    stream.end();
    this.#streams.push(stream);
  }

  #ended(kind: string): void {
    if (!this.#isClosed) this.#troubles = [`the watch of ${kind} ended, so that removals were missed`];
  }

  #note(kind: string, line: string): void {
    const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
    const { uid = '', labels, ownerReferences = [] } = object.metadata;
    const now = performance.now();
    if (kind in OWNER_PATHS && type === 'DELETED') this.#gone.set(uid, now);
    if (labels?.[OWNER_LABEL] === undefined) return;
    if (!this.#born.has(uid)) this.#born.set(uid, now);
    if (type !== 'DELETED') return;
    this.#removals.push({
      child: nameIn(kind, object),
      kind,
      content: contentOf(kind, object),
      uid,
      owners: ownerReferences.map((reference) => reference.uid),
      from: this.#born.get(uid) ?? now,
      until: now,
    });
    this.#born.delete(uid);
  }
}

/** The deletions that the API server noted. */
function auditEvents(file: string): readonly AuditEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEvent);
}

/** The deletions that an object may have gone by: those that meant it, and those of its name alone while it was there. */
function deletionsOf({ child, uid, from, until }: Removal, events: readonly AuditEvent[]): readonly AuditEvent[] {
  const [kind = '', namespace, name] = child.split('/');
  return events.filter(({ objectRef, requestObject, responseStatus, requestReceivedTimestamp }) => {
    const isIt = objectRef?.resource === `${kind.toLowerCase()}s` && objectRef.namespace === namespace;
    if (!isIt || objectRef.name !== name || (responseStatus?.code ?? 0) >= 400) return false;
    const meant = requestObject?.preconditions?.uid;
    const at = Date.parse(requestReceivedTimestamp) - performance.timeOrigin;
    return meant === undefined ? at > from - LAG && at < until + LAG : meant === uid;
  });
}

function culprits(deletions: readonly AuditEvent[]): string {
  const texts = deletions.map(({ user, userAgent, requestReceivedTimestamp }) => {
    return `${user.username} (${userAgent ?? ''}) at ${requestReceivedTimestamp}`;
  });
  return texts.join(', ') || 'nobody was seen to delete it';
}

/** Deletions that succeeded, by the program that asked for them. */
export function deletionsByProgram(audit: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { userAgent = '', responseStatus } of auditEvents(audit)) {
    const [program] = userAgent.split('/');
    const name = program || 'the client';
    if ((responseStatus?.code ?? 0) < 400) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
