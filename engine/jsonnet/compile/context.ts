import type { Node } from '../syntax/ast.js';
import { type Origin, type Source, type Span, SyntaxFailure } from '../syntax/source.js';
import type { Mark, Scope } from './scope.js';

/** What compiles a node: `strict` gives code of its value, `lazy` code of a value or thunk, `body` statements that return. */
export interface NodeCompiler {
  strict(node: Node, context: Context): string;
  lazy(node: Node, context: Context): string;
  body(node: Node, context: Context): string;
}

/** What compiled code does besides giving values. */
export interface CompileOptions {
  /** It counts which parts are evaluated. */
  readonly isCovered?: boolean;
  /** It remembers where elements of arrays come from; of fields that is always known. */
  readonly isTraced?: boolean;
}

/** One file that is being compiled. */
export class Unit {
  readonly source: Source;
  readonly compiler: NodeCompiler;
  /** Values that the code uses as `K[n]`. */
  readonly constants: unknown[] = [];
  /** Places that the code names between OPEN and CLOSE. */
  readonly marks: Mark[] = [];
  /** Files that it imports. */
  readonly imports: { readonly form: string; readonly path: string; readonly span: Span }[] = [];
  /** Parts of the program whose evaluation is counted; undefined where nobody asks. */
  readonly covered: Span[] | undefined;
  /** Whether elements of arrays remember where they come from. */
  readonly isTraced: boolean;
  #names = 0;

  constructor(source: Source, compiler: NodeCompiler, { isCovered, isTraced }: CompileOptions) {
    this.source = source;
    this.compiler = compiler;
    this.covered = isCovered === true ? [] : undefined;
    this.isTraced = isTraced === true;
  }

  /** Where the value of a node comes from, within this literal. */
  origin(node: Span, literal: Span): Origin {
    const span = ({ start, end }: Span): Span => ({ start, end });
    return { file: this.source.path, ...span(node), literal: span(literal) };
  }

  /** The code that counts the evaluation of a part, with a comma after it; nothing where nobody counts. */
  cover({ start, end }: Span): string {
    if (this.covered === undefined) return '';
    this.covered.push({ start, end });
    return `cover(${this.covered.length - 1}),`;
  }

  /** A JavaScript name that nothing else has: no name of JavaScript has a dollar and a number at its end. */
  name(hint: string): string {
    this.#names += 1;
    return `${hint}$${this.#names}`;
  }

  /** The code of a constant. */
  constant(value: unknown): string {
    this.constants.push(value);
    return `K[${this.constants.length - 1}]`;
  }
}

/** Stand before and after the number of a mark; no program can contain them, because the code has texts escaped. */
export const OPEN = '\u0001';
export const CLOSE = '\u0002';

/** A block of code under construction: its variables are declared where it begins. */
export class Block {
  readonly #names: string[] = [];

  /** Declares a variable. */
  declare(name: string): string {
    this.#names.push(name);
    return name;
  }

  /** `statements`, and before them the declarations. */
  with(statements: string): string {
    return this.#names.length === 0 ? statements : `let ${this.#names.join(',')};${statements}`;
  }
}

/** The function that a block is the body of, if the caller of that function can make calls in its place. */
export interface TailFrame {
  hasTailCall: boolean;
}

/** Where a node is compiled: the file, the names, the block, and what messages call the surroundings. */
export class Context {
  readonly unit: Unit;
  readonly scope: Scope;
  readonly block: Block;
  readonly within: string;
  readonly frame: TailFrame | undefined;

  constructor(parts: Pick<Context, 'unit' | 'scope' | 'block' | 'within' | 'frame'>) {
    this.unit = parts.unit;
    this.scope = parts.scope;
    this.block = parts.block;
    this.within = parts.within;
    this.frame = parts.frame;
  }

  /** This context with other parts. */
  with(parts: Partial<Pick<Context, 'scope' | 'block' | 'within' | 'frame'>>): Context {
    return new Context({ ...this.parts(), ...parts });
  }

  private parts(): Pick<Context, 'unit' | 'scope' | 'block' | 'within' | 'frame'> {
    const { unit, scope, block, within, frame } = this;
    return { unit, scope, block, within, frame };
  }

  /** Code that gives the value of a node. */
  strict(node: Node): string {
    return this.unit.compiler.strict(node, this);
  }

  /** Code that gives the value of a node, or a thunk of it; it never fails and is never long. */
  lazy(node: Node): string {
    return this.unit.compiler.lazy(node, this);
  }

  /** A whole function body, in a block of its own, that returns the value of a node. */
  body(node: Node): string {
    const block = new Block();
    return block.with(this.unit.compiler.body(node, this.with({ block })));
  }

  /** An arrow function of this parameter list. */
  arrow(parameters: string, node: Node): string {
    const body = this.body(node);
    const expression = /^return ([^;]*);$/.exec(body)?.[1];
    if (expression !== undefined && !expression.startsWith('{')) return `(${parameters})=>${expression}`;
    return `(${parameters})=>{${body}}`;
  }

  /** Notes that what follows in the code stands for this part of the program. */
  mark({ start, end }: Span): string {
    this.unit.marks.push({ start, end, within: this.within });
    return `${OPEN}${this.unit.marks.length - 1}${CLOSE}`;
  }

  /** Throws a SyntaxFailure. */
  refuse(message: string, { start, end }: Span): never {
    throw new SyntaxFailure(message, { start, end });
  }
}
