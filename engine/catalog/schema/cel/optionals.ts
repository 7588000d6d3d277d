import { type Environment, Optional } from '@marcbachmann/cel-js';

/** The parts of the library's macro interface that `optMap` and `optFlatMap` use; it has no typings. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  setMeta(key: string, value: unknown): Node;
}

interface Type {
  readonly kind: string;
  readonly valueType?: Type;
}

interface Checker {
  check(node: Node, context: Context): Type;
  getType(name: string): Type;
  readonly registry: { getOptionalType(type: Type): Type };
}

interface Context {
  forkWithVariable(name: string, type: Type): Context;
  reuse(context: Context): Context;
  setIterValue(value: unknown, evaluator: Evaluator): Context;
}

interface Evaluator {
  run(node: Node, context: Context): unknown;
}

interface Call {
  readonly args: readonly [Node, Node];
  readonly receiver: Node;
}

/** Registers `optMap` and `optFlatMap` of cel-go's optional types, which the library lacks. */
export function registerOptionals(environment: Environment): Environment {
  return environment
    .registerFunction('optional.optMap(ast, ast): optional<dyn>', macroOf(true))
    .registerFunction('optional.optFlatMap(ast, ast): optional<dyn>', macroOf(false));
}

function macroOf(wraps: boolean): (call: Call) => unknown {
  return ({ args: [variable, body], receiver }) => {
    if (variable.op !== 'id') throw new Error('optMap takes the name of a variable first');
    let inner: Context | undefined;
    return {
      async: false,
      typeCheck(checker: Checker, _macro: unknown, context: Context): Type {
        const type = checker.check(receiver, context);
        if (type.kind !== 'optional' && type.kind !== 'dyn')
          throw new Error('optMap is called on what is not optional');
        inner = context.forkWithVariable(variable.args as string, type.valueType ?? checker.getType('dyn'));
        const result = checker.check(body, inner);
        return wraps ? checker.registry.getOptionalType(result) : result;
      },
      evaluate(evaluator: Evaluator, _macro: unknown, context: Context): unknown {
        const optional = evaluator.run(receiver, context);
        if (!(optional instanceof Optional)) throw new Error('optMap is called on what is not optional');
        if (!optional.hasValue() || inner === undefined) return optional;
        const result = evaluator.run(body, inner.reuse(context).setIterValue(optional.value(), evaluator));
        return wraps ? Optional.of(result) : result;
      },
    };
  };
}
