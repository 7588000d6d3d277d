import { build } from 'rolldown';

/** Writes the command as few files: resolving its two hundred modules would be half of every start. */
await build({
  input: {
    edict: 'dist/engine/main.js',
    'worker-thread': 'dist/engine/wasm/worker-thread.js',
    'jsonnet-thread': 'dist/engine/cli/jsonnet/jsonnet-thread.js',
  },
  platform: 'node',
  // Bundled, two of its variables get one name (rolldown 1, with @opentelemetry/api).
  external: ['prom-client'],
  logLevel: 'warn',
  output: {
    dir: 'dist/bin',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
  },
});
