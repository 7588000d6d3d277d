import type { FunctionNode } from '../syntax/ast.js';
import type { Span } from '../syntax/source.js';

/** A name of the program, and what it is in the code that is made of it. */
export interface Binding {
  /** The JavaScript expression that gives it. */
  readonly code: string;
  /** Whether that is always a value, never a thunk. */
  readonly isValue: boolean;
  /** The function that it is, where that is known: calls of it need not look. */
  readonly known: FunctionNode | undefined;
}

/** The object whose fields are being compiled. */
export interface EnclosingObject {
  /** The JavaScript names of the object itself and of the number of its layer. */
  readonly self: string;
  readonly layer: string;
  /** The JavaScript name of the outermost object: `$`. */
  readonly dollar: string;
}

/** What names mean at a place of the program. */
export class Scope {
  readonly object: EnclosingObject | undefined;
  readonly #parent: Scope | undefined;
  readonly #bindings = new Map<string, Binding>();
  /** Names whose value is not there yet: code that runs at once may not use them. */
  readonly #pending = new Set<string>();

  constructor(parent: Scope | undefined, object: EnclosingObject | undefined = parent?.object) {
    this.#parent = parent;
    this.object = object;
  }

  /** Says what a name means from here on. */
  bind(name: string, binding: Binding): void {
    this.#bindings.set(name, binding);
  }

  /** What a name means here. */
  find(name: string): Binding | undefined {
    return this.#bindings.get(name) ?? this.#parent?.find(name);
  }

  /** Marks names as not there yet. */
  defer(names: Iterable<string>): void {
    for (const name of names) this.#pending.add(name);
  }

  /** Marks a name as there. */
  settle(name: string): void {
    this.#pending.delete(name);
  }

  /** Whether the name may not be there yet. */
  isPending(name: string): boolean {
    return this.#bindings.has(name) ? this.#pending.has(name) : (this.#parent?.isPending(name) ?? false);
  }
}

/** Where an error may come from: a part of the program, and what it is part of. */
export interface Mark extends Span {
  /** `function f`, `field a`, or the file as a whole. */
  readonly within: string;
}
