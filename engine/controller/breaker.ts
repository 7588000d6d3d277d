import { identityOf, type ObjectKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import { describeTrail, passesOf, roundsOf, type Trail } from './trail.js';

/** Passes over one object of which each led to the next: more mean that rules undo each other's work. */
const MAXIMUM_ROUNDS = 20;
/** Passes over any objects of which each led to the next: more mean that objects make objects without end. */
const MAXIMUM_LENGTH = 200;

/** What is to be done with a key whose turn it is. */
export type Turn =
  | { readonly state: 'pass'; readonly trail: Trail }
  /** It has come back to itself too often: that is to be reported instead of a pass. */
  | { readonly state: 'broken'; readonly trail: Trail; readonly outcome: Outcome }
  /** Nothing, until somebody changes an object of its loop. */
  | { readonly state: 'held' };

/**
 * Breaks loops: objects whose passes lead to one another for ever through what they write. Only what Edict itself wrote
 * counts: a single change of anybody else among what woke an object begins its count anew, so that an object is free to
 * follow a world that changes often.
 */
export class Breaker {
  /** What woke an object since its last pass: of several trails the one that came back to it least often. */
  readonly #woken = new Map<string, { readonly from: Trail | undefined }>();
  /** Who is held, with everybody in its loop. */
  readonly #held = new Map<string, { readonly key: ObjectKey; readonly loop: ReadonlySet<string> }>();

  /** Notes that an object was woken by what a pass wrote, or, without `from`, by somebody else. */
  woken(key: ObjectKey, from: Trail | undefined): void {
    const identity = identityOf(key);
    const known = this.#woken.get(identity);
    if (known === undefined || roundsOf(from, key) < roundsOf(known.from, key)) this.#woken.set(identity, { from });
  }

  /** Decides about the next pass over an object. */
  turn(key: ObjectKey, rule: string): Turn {
    const identity = identityOf(key);
    const from = this.#woken.get(identity)?.from;
    this.#woken.delete(identity);
    if (this.#held.has(identity)) return { state: 'held' };
    const trail: Trail = { key, rule, from };
    const passes = passesOf(from);
    if (roundsOf(from, key) < MAXIMUM_ROUNDS && passes.length < MAXIMUM_LENGTH) return { state: 'pass', trail };
    const loop = new Set(passes.map((pass) => identityOf(pass.key)));
    // One of several loops that turn at once was broken already where they meet: that may end this one too.
    if ([...loop].some((other) => this.#held.has(other)))
      return { state: 'pass', trail: { ...trail, from: undefined } };
    this.#held.set(identity, { key, loop });
    return { state: 'broken', trail: { ...trail, from: undefined }, outcome: unsettled(trail) };
  }

  /** Lets go of every object in whose loop `key` is: somebody changed it, or its rule. Gives those that were held. */
  release(key: ObjectKey): readonly ObjectKey[] {
    const identity = identityOf(key);
    const released = [...this.#held].filter(([held, { loop }]) => held === identity || loop.has(identity));
    for (const [held] of released) this.#held.delete(held);
    return released.map(([, held]) => held.key);
  }

  /** Forgets an object that is gone. Its being gone is a change of every loop that it was in. */
  forget(key: ObjectKey): readonly ObjectKey[] {
    this.#woken.delete(identityOf(key));
    return this.release(key).filter((released) => identityOf(released) !== identityOf(key));
  }
}

function unsettled(trail: Trail): Outcome {
  const message = `What is written for these objects leads back to them again and again: ${describeTrail(trail)}. Change one of them, or a rule, so that it no longer depends on the others.`;
  return { state: 'stalled', reason: 'Unsettled', message };
}
