import { Script } from 'node:vm';
import { CODE_RUNTIME } from './code-runtime.js';
import { type CompiledFile, compile } from './compile/compile.js';
import type { CompileOptions } from './compile/context.js';
import type { Mark } from './compile/scope.js';
import type { ObjectValue, Value } from './runtime/value.js';
import { stdObject } from './std/std-object.js';
import type { Source } from './syntax/source.js';

/** What is particular to a file: its imports, its `std`, and who counts what of it is evaluated. */
interface Particular {
  readonly load: (number: number) => Value;
  readonly cover: (part: number) => void;
}

const PROLOGUE = `"use strict";const {${[...Object.keys(CODE_RUNTIME), 'load', 'std', 'cover'].join(',')}}=R;`;
const OPENING = `(function(K,R){${PROLOGUE}`;

let loaded = 0;

/** A file of Jsonnet that is ready to be evaluated, again and again. */
export class LoadedFile {
  readonly compiled: CompiledFile;
  /** What JavaScript stacks call its code. */
  readonly name: string;
  readonly #evaluate: () => Value;

  /** Throws SyntaxFailure. */
  constructor(source: Source, particular: (compiled: CompiledFile) => Particular, options: CompileOptions = {}) {
    this.compiled = compile(source, options);
    loaded += 1;
    this.name = `jsonnet-${loaded}`;
    const script = new Script(`${OPENING}${this.compiled.code}})`, { filename: this.name });
    let std: ObjectValue | undefined;
    const own = {
      ...particular(this.compiled),
      std: (): ObjectValue => {
        std ??= stdObject(source.path);
        return std;
      },
    };
    this.#evaluate = script.runInThisContext()(this.compiled.constants, { ...CODE_RUNTIME, ...own });
  }

  /** The value of the file; each time a new one. */
  evaluate(): Value {
    return this.#evaluate();
  }

  /** What a column of its code stands for. Columns count from 1. */
  markAt(column: number): Mark | undefined {
    const { offsets, marks } = this.compiled;
    const offset = column - 1 - OPENING.length;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return marks[low - 1];
  }
}
