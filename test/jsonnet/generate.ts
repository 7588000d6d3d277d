import { EXPRESSIONS, FORMATS, LITERALS, type Type } from './grammar.js';
import { Random } from './random.js';

/** How deep expressions are nested, and how many there are in one program, at most. */
const DEEPEST = 6;
const MOST = 120;

/** Fields and what they hold: the first letter tells. */
const FIELDS = ['n1', 'n2', 'n3', 't1', 't2', 'b1', 'l1', 's1', 'o1', 'o2', 'x1'];
const LETTERS: { readonly [letter: string]: Type } = {
  n: 'number',
  t: 'text',
  b: 'boolean',
  l: 'numbers',
  s: 'texts',
  o: 'object',
  x: 'any',
};
const TYPES = Object.values(LETTERS);
const ELEMENTS: { readonly [type: string]: Type } = { numbers: 'number', texts: 'text' };

/** A name of the program: a value, or a function of `parameters`, the last `optional` of which have defaults. */
interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly parameters?: readonly Type[];
  readonly optional?: number;
  /** The fields that it is known to have, if it is an object. */
  readonly fields?: readonly string[];
}

/** What can be named at a place. */
interface Scope {
  readonly variables: readonly Variable[];
  readonly self?: readonly string[];
  readonly above?: readonly string[];
  readonly outermost?: readonly string[];
}

interface MadeObject {
  readonly code: string;
  readonly fields: readonly string[];
}

/** A program, always the same for a seed. Its names mean something, and most of its types are right. */
export function generateProgram(seed: number): string {
  return new Generator(new Random(seed)).program();
}

class Generator {
  readonly #random: Random;
  #count = 0;
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  program(): string {
    let scope: Scope = { variables: [] };
    const lines: string[] = [];
    for (let count = this.#random.below(4); count > 0; count -= 1) {
      const { code, variable } = this.#random.chance(0.4) ? this.#function(scope, 2) : this.#value(scope, 2);
      lines.push(`local ${code};`);
      scope = { ...scope, variables: [...scope.variables, variable] };
    }
    return [...lines, this.#expression('any', scope, 0)].join('\n');
  }

  #name(hint: string): string {
    this.#names += 1;
    return `${hint}${this.#names}`;
  }

  #isSpent(depth: number): boolean {
    this.#count += 1;
    return depth >= DEEPEST || this.#count > MOST;
  }

  /** An expression that gives `type`, or now and then something else. */
  #expression(type: Type, scope: Scope, depth: number): string {
    const wanted = this.#random.chance(0.008) ? this.#random.pick(TYPES) : type;
    if (this.#isSpent(depth)) return this.#shallow(wanted, scope);
    const named = this.#random.chance(0.3) ? this.#named(wanted, scope, depth) : undefined;
    if (named !== undefined) return named;
    if (this.#random.chance(0.18)) return this.#construct(wanted, scope, depth + 1);
    if (wanted === 'object' && this.#random.chance(0.7)) return this.#object(scope, depth + 1).code;
    if (this.#random.chance(0.15) && wanted in LITERALS) return this.#shallow(wanted, scope);
    return `(${this.#filled(this.#random.pick(EXPRESSIONS[wanted]), scope, depth + 1)})`;
  }

  #shallow(type: Type, scope: Scope): string {
    const known = scope.variables.filter((each) => each.type === type && each.parameters === undefined);
    if (known.length > 0 && this.#random.chance(0.6)) return this.#random.pick(known).name;
    if (type === 'object') return this.#random.pick(['{}', '{ n1: 1 }', "{ t1: 'x', n2:: 2 }", '{ o1: { n1: 3 } }']);
    if (type === 'any' && this.#random.chance(0.3)) return 'null';
    const literal = this.#random.pick(LITERALS[type === 'any' ? this.#random.pick(['number', 'text'] as const) : type]);
    return literal.startsWith('-') || literal.includes(' / ') ? `(${literal})` : literal;
  }

  #filled(template: string, scope: Scope, depth: number): string {
    return template.replace(/<([a-z,>-]+)>(?![a-z])/g, (_, wanted: string) => {
      if (wanted === 'small') return String(this.#random.below(6));
      if (wanted === 'name') return `'${this.#random.pick(FIELDS)}'`;
      if (wanted === 'format') return this.#format(scope, depth);
      const [parameters, result] = wanted.split('->');
      if (result === undefined) return this.#expression(wanted as Type, scope, depth);
      return this.#lambda((parameters ?? '').split(',') as Type[], result as Type, { ...scope, depth });
    });
  }

  #format(scope: Scope, depth: number): string {
    const [format, ...types] = this.#random.pick(FORMATS);
    const values = types.map((type) => this.#filled(`<${type}>`, scope, depth));
    if (types.length === 1 && this.#random.chance(0.3)) {
      return `('${format.replace('%', '%(n1)').replace('(n1)*', '(n1)')}' % { n1: ${values[0]} })`;
    }
    return this.#random.chance(0.5) ? `('${format}' % [${values}])` : `std.format('${format}', [${values}])`;
  }

  #lambda(types: readonly Type[], result: Type, { depth, ...scope }: Scope & { readonly depth: number }): string {
    const parameters = types.map((type): Variable => ({ name: this.#name('p'), type }));
    const inside = { ...scope, variables: [...scope.variables, ...parameters] };
    return `function(${parameters.map(({ name }) => name)}) ${this.#expression(result, inside, depth)}`;
  }

  /** Something that has a name already: a variable, a call, or a field of what is around. */
  #named(type: Type, scope: Scope, depth: number): string | undefined {
    const choices: (() => string)[] = [];
    for (const variable of scope.variables) {
      if (variable.type === type) choices.push(() => this.#use(variable, scope, depth + 1));
      for (const field of fieldsOf(variable.fields, type)) choices.push(() => `${variable.name}.${field}`);
    }
    for (const field of fieldsOf(scope.self, type)) choices.push(() => `self.${field}`);
    for (const field of fieldsOf(scope.above, type))
      choices.push(() => this.#random.pick([`super.${field}`, `super['${field}']`]));
    for (const field of fieldsOf(scope.outermost, type)) choices.push(() => `$.${field}`);
    if (type === 'object' && scope.self !== undefined && this.#random.chance(0.05))
      choices.push(() => '(self { n1: 7 })');
    if (type === 'boolean' && scope.above !== undefined)
      choices.push(() => `('${this.#random.pick(FIELDS)}' in super)`);
    return choices.length === 0 ? undefined : this.#random.pick(choices)();
  }

  #use({ name, parameters, optional = 0 }: Variable, scope: Scope, depth: number): string {
    if (parameters === undefined) return name;
    const count = parameters.length - this.#random.below(optional + 1);
    const positional = this.#random.below(count + 1);
    const args = parameters.slice(0, count).map((type, index) => {
      const value = this.#expression(type, scope, depth);
      return index < positional ? value : `q${index}=${value}`;
    });
    return `${name}(${args.join(', ')})${optional === 0 && this.#random.chance(0.1) ? ' tailstrict' : ''}`;
  }

  /** What any type may be wrapped in. */
  #construct(type: Type, scope: Scope, depth: number): string {
    const of = (wanted: Type): string => this.#expression(wanted, scope, depth);
    const kind = this.#random.below(12);
    if (kind <= 2) return this.#local(type, scope, depth);
    if (kind <= 4) return `(if ${of('boolean')} then ${of(type)} else ${of(type)})`;
    if (kind === 5) return `(${this.#lambda(['number'], type, { ...scope, depth })})(${of('number')})`;
    if (kind === 6) return `[${of(type)}, ${of('any')}][0]`;
    if (kind === 7) return `(assert ${this.#random.chance(0.1) ? of('boolean') : 'true'} : ${of('text')}; ${of(type)})`;
    if (kind === 8 && this.#random.chance(0.2)) return `error ${of('text')}`;
    if (kind === 9 && type !== 'object') return this.#comprehension(type, scope, depth);
    if (kind === 10) return `{ n1: 1, x1: ${of(type)} }.x1`;
    return `std.id(${of(type)})`;
  }

  #local(type: Type, scope: Scope, depth: number): string {
    const { code, variable } = this.#random.chance(0.3) ? this.#function(scope, depth) : this.#value(scope, depth);
    const inside = { ...scope, variables: [...scope.variables, variable] };
    return `(local ${code}; ${this.#expression(type, inside, depth)})`;
  }

  #value(scope: Scope, depth: number): { readonly code: string; readonly variable: Variable } {
    const type = this.#random.pick(TYPES);
    const name = this.#name('v');
    if (type !== 'object')
      return { code: `${name} = ${this.#expression(type, scope, depth)}`, variable: { name, type } };
    const { code, fields } = this.#object(scope, depth);
    return { code: `${name} = ${code}`, variable: { name, type, fields } };
  }

  #function(scope: Scope, depth: number): { readonly code: string; readonly variable: Variable } {
    const name = this.#name('f');
    const type = this.#random.pick(TYPES);
    const types = Array.from({ length: this.#random.below(4) }, () => this.#random.pick(TYPES));
    const optional = this.#random.below(types.length + 1);
    const own = types.map((each, index): Variable => ({ name: `q${index}`, type: each }));
    const inside = {
      ...scope,
      variables: [...scope.variables.filter(({ name: other }) => !/^q\d/.test(other)), ...own],
    };
    const before = (index: number): Scope => ({
      ...inside,
      variables: inside.variables.slice(0, inside.variables.length - own.length + index),
    });
    const parameters = types.map((each, index) =>
      index < types.length - optional ? `q${index}` : `q${index}=${this.#expression(each, before(index), depth + 2)}`,
    );
    const body = this.#expression(type, inside, depth);
    const code = this.#random.chance(0.5)
      ? `${name}(${parameters.join(', ')}) = ${body}`
      : `${name} = function(${parameters.join(', ')}) ${body}`;
    return { code, variable: { name, type, parameters: types, optional } };
  }

  #comprehension(type: Type, scope: Scope, depth: number): string {
    const isOfNumbers = this.#random.chance(0.5);
    const variable: Variable = { name: this.#name('e'), type: isOfNumbers ? 'number' : 'text' };
    const inside = { ...scope, variables: [...scope.variables, variable] };
    const from = this.#expression(isOfNumbers ? 'numbers' : 'texts', scope, depth);
    const test = this.#random.chance(0.4) ? ` if ${this.#expression('boolean', inside, depth)}` : '';
    const again = this.#random.chance(0.2)
      ? ` for ${this.#name('e')} in ${this.#expression('numbers', inside, depth)}`
      : '';
    const element = ELEMENTS[type] ?? type;
    const array = `[${this.#expression(element, inside, depth)} for ${variable.name} in ${from}${test}${again}]`;
    return type === 'numbers' || type === 'texts' || type === 'any' ? array : `${array}[0]`;
  }

  /** An object, or several laid over each other. */
  #object(scope: Scope, depth: number): MadeObject {
    let made = this.#random.chance(0.12) ? this.#objectComprehension(scope, depth) : this.#literal(scope, [], depth);
    while (this.#random.chance(0.35) && !this.#isSpent(depth)) {
      const upper = this.#literal(scope, made.fields, depth + 1);
      const between = this.#random.chance(0.3) ? ' ' : ' + ';
      made = { code: `${made.code}${between}${upper.code}`, fields: [...new Set([...made.fields, ...upper.fields])] };
    }
    return { ...made, code: made.code.startsWith('{') && made.code.endsWith('}') ? `(${made.code})` : made.code };
  }

  #objectComprehension(scope: Scope, depth: number): MadeObject {
    const name = this.#name('k');
    const inside = { ...scope, variables: [...scope.variables, { name, type: 'text' as Type }], self: [], above: [] };
    const from = `std.set(${this.#expression('texts', scope, depth)})`;
    const local = this.#random.chance(0.3) ? `local l${name} = ${name} + '.', ` : '';
    const key = local !== '' && this.#random.chance(0.5) ? `'_' + ${name}` : name;
    const plus = this.#random.chance(0.2) ? '+' : '';
    return {
      code: `{ ${local}[${key}]${plus}: ${this.#expression('any', inside, depth + 1)} for ${name} in ${from} }`,
      fields: [],
    };
  }

  #literal(scope: Scope, below: readonly string[], depth: number): MadeObject {
    const names = [...new Set(Array.from({ length: this.#random.below(5) }, () => this.#random.pick(FIELDS)))];
    const members: string[] = [];
    const local = this.#random.chance(0.25) ? this.#name('w') : undefined;
    let self: readonly string[] = below;
    const at = (): Scope => ({
      variables: [...scope.variables, ...(local === undefined ? [] : [{ name: local, type: 'number' as Type }])],
      self,
      above: below,
      outermost: scope.outermost ?? self,
    });
    if (local !== undefined)
      members.push(
        `local ${local} = ${this.#expression('number', { ...at(), variables: scope.variables }, depth + 1)}`,
      );
    for (const name of names) {
      const type = typeOf(name);
      const plus =
        below.includes(name) && ['n', 't', 'l', 's', 'o'].includes(name[0] ?? '') && this.#random.chance(0.5);
      const colons = this.#random.pick([':', ':', ':', ':', '::', ':::']);
      const key = this.#random.pick([name, name, `'${name}'`, `['${name}']`, `['${name[0]}' + '${name.slice(1)}']`]);
      members.push(`${key}${plus ? '+' : ''}${colons} ${this.#expression(type, at(), depth + 1)}`);
      self = [...self, name];
    }
    if (this.#random.chance(0.12))
      members.push(
        `assert ${this.#random.chance(0.15) ? this.#expression('boolean', at(), depth + 1) : 'std.isObject(self)'}`,
      );
    return { code: `{ ${members.join(', ')} }`, fields: self };
  }
}

function typeOf(field: string): Type {
  return LETTERS[field[0] ?? ''] ?? 'any';
}

function fieldsOf(fields: readonly string[] | undefined, type: Type): readonly string[] {
  return (fields ?? []).filter((field) => typeOf(field) === type);
}
