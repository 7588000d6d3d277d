// The part of the WebAssembly API that Node 20's types leave out and this project uses.
// Written from https://webassembly.github.io/spec/js-api/.
declare global {
  namespace WebAssembly {
    type ExportValue = Memory | Table | Global | ((...values: never[]) => unknown);
    type Exports = Record<string, ExportValue>;
    type Imports = Record<string, Record<string, unknown>>;

    class Module {
      constructor(bytes: ArrayBuffer | Uint8Array);
      private readonly brand: 'Module';
    }
    class Instance {
      constructor(module: Module, imports?: Imports);
      readonly exports: Exports;
    }
    class Memory {
      constructor(descriptor: { initial: number; maximum?: number });
      readonly buffer: ArrayBuffer;
      grow(pages: number): number;
    }
    class Table {
      readonly length: number;
    }
    class Global {
      value: unknown;
    }
    class RuntimeError extends Error {}
    class CompileError extends Error {}

    function compile(bytes: ArrayBuffer | Uint8Array): Promise<Module>;
    function instantiate(module: Module, imports?: Imports): Promise<Instance>;
    function validate(bytes: ArrayBuffer | Uint8Array): boolean;
  }
}

export {};
