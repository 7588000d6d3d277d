import type { Span } from './source.js';

/** One expression of a program. */
export type Node =
  | Literal
  | ArrayNode
  | ArrayComprehension
  | ObjectNode
  | ObjectComprehension
  | Variable
  | Self
  | Dollar
  | SuperIndex
  | InSuper
  | Index
  | Slice
  | Apply
  | Binary
  | Unary
  | Local
  | Conditional
  | FunctionNode
  | ErrorNode
  | Assert
  | Import;

/** null, true, false, a text, or a number; a number too large for a double is Infinity here. */
export interface Literal extends Span {
  readonly type: 'literal';
  readonly value: null | boolean | number | string;
  /** Whether it is a text block: those may not name an import. */
  readonly block?: boolean;
}

/** `[a, b]` */
export interface ArrayNode extends Span {
  readonly type: 'array';
  readonly elements: readonly Node[];
}

/** `[body for x in y if z]` */
export interface ArrayComprehension extends Span {
  readonly type: 'array comprehension';
  readonly body: Node;
  readonly specs: readonly ComprehensionSpec[];
}

/** `for name in from`, or `if condition`. */
export type ComprehensionSpec =
  | { readonly type: 'for'; readonly name: string; readonly nameSpan: Span; readonly from: Node }
  | { readonly type: 'if'; readonly condition: Node };

/** How a field is shown: `:` as the field it overrides, `::` hidden, `:::` shown. */
export type Visibility = 'inherit' | 'hidden' | 'visible';

/** A field of an object. A method is a field whose body is a function. */
export interface Field extends Span {
  readonly name: Node;
  readonly visibility: Visibility;
  /** Whether the field adds to the one it overrides: `+:`. */
  readonly plus: boolean;
  readonly body: Node;
}

/** `local name = value`, of an expression or of an object. */
export interface Bind extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Node;
}

/** `assert condition : message` of an object. */
export interface ObjectAssert extends Span {
  readonly condition: Node;
  readonly message: Node | undefined;
}

/** What stands between the braces of an object. */
export interface ObjectNode extends Span {
  readonly type: 'object';
  readonly fields: readonly Field[];
  readonly locals: readonly Bind[];
  readonly asserts: readonly ObjectAssert[];
}

/** `{[name]: body for x in y}` */
export interface ObjectComprehension extends Span {
  readonly type: 'object comprehension';
  readonly field: Field;
  readonly locals: readonly Bind[];
  readonly specs: readonly ComprehensionSpec[];
}

/** A name. */
export interface Variable extends Span {
  readonly type: 'variable';
  readonly name: string;
}

/** `self` */
interface Self extends Span {
  readonly type: 'self';
}

/** `$` */
interface Dollar extends Span {
  readonly type: 'dollar';
}

/** `super.name` or `super[index]` */
export interface SuperIndex extends Span {
  readonly type: 'super index';
  readonly index: Node;
}

/** `index in super` */
export interface InSuper extends Span {
  readonly type: 'in super';
  readonly index: Node;
}

/** `target.name` or `target[index]` */
export interface Index extends Span {
  readonly type: 'index';
  readonly target: Node;
  readonly index: Node;
}

/** `target[from:to:step]` */
export interface Slice extends Span {
  readonly type: 'slice';
  readonly target: Node;
  readonly from: Node | undefined;
  readonly to: Node | undefined;
  readonly step: Node | undefined;
}

/** `target(positional, name=named)` */
export interface Apply extends Span {
  readonly type: 'apply';
  readonly target: Node;
  readonly positional: readonly Node[];
  readonly named: readonly { readonly name: string; readonly value: Node }[];
  readonly tailstrict: boolean;
}

/** The operators between two values. */
export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||';

/** `left operator right`; `left { ... }` is `left + { ... }`. */
export interface Binary extends Span {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

/** `operator operand` */
export interface Unary extends Span {
  readonly type: 'unary';
  readonly operator: '!' | '-' | '+' | '~';
  readonly operand: Node;
}

/** `local binds; body` */
export interface Local extends Span {
  readonly type: 'local';
  readonly binds: readonly Bind[];
  readonly body: Node;
}

/** `if condition then yes else no`; without an `else` it is null. */
export interface Conditional extends Span {
  readonly type: 'if';
  readonly condition: Node;
  readonly yes: Node;
  readonly no: Node | undefined;
}

/** A parameter of a function. */
export interface Parameter extends Span {
  readonly name: string;
  readonly defaultValue: Node | undefined;
}

/** `function(parameters) body`, also where it is written as `local name(parameters) = body` or as a method. */
export interface FunctionNode extends Span {
  readonly type: 'function';
  readonly parameters: readonly Parameter[];
  readonly body: Node;
}

/** `error message` */
interface ErrorNode extends Span {
  readonly type: 'error';
  readonly message: Node;
}

/** `assert condition : message; body` */
export interface Assert extends Span {
  readonly type: 'assert';
  readonly condition: Node;
  readonly message: Node | undefined;
  readonly body: Node;
}

/** `import 'path'`, as Jsonnet, as a text or as bytes. */
export interface Import extends Span {
  readonly type: 'import';
  readonly form: 'import' | 'importstr' | 'importbin';
  readonly path: string;
}
