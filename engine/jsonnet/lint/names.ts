import type { Bind, Node } from '../syntax/ast.js';
import type { Span } from '../syntax/source.js';

/** A name where it is bound, and whether anything refers to it. */
export interface Declaration {
  readonly name: string;
  readonly span: Span;
  /** Parameters and the names of loops are there because somebody else gives them: nobody need use them. */
  readonly sort: 'local' | 'import' | 'given';
  isUsed: boolean;
}

/** The names that are known at a place of the program. */
export class Names {
  readonly #parent: Names | undefined;
  readonly #own: ReadonlyMap<string, Declaration>;

  constructor(parent: Names | undefined, own: readonly Declaration[]) {
    this.#parent = parent;
    this.#own = new Map(own.map((declaration) => [declaration.name, declaration]));
  }

  /** What a name refers to; undefined for `std` and for what there is not. */
  find(name: string): Declaration | undefined {
    let names: Names | undefined = this;
    for (; names !== undefined; names = names.#parent) {
      const found = names.#own.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** What a `local` binds. */
export function declarationOf({ name, nameSpan, value }: Bind): Declaration {
  return { name, span: nameSpan, sort: isImport(value) ? 'import' : 'local', isUsed: false };
}

/** A name that is given a value from outside. */
export function given(name: string, span: Span): Declaration {
  return { name, span, sort: 'given', isUsed: false };
}

/** Whether a value is a file or a part of one. */
function isImport(value: Node): boolean {
  let node = value;
  while (node.type === 'index') node = node.target;
  return node.type === 'import';
}
