import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** As an ES module: bundled as CommonJS, which prom-client asks for, two of its variables get one name (rolldown 1). */
const telemetry = fileURLToPath(import.meta.resolve('@opentelemetry/api'));

/** Writes the command as few files: resolving its two hundred modules would be half of every start. */
await build({
  input: {
    edict: 'dist/engine/main.js',
    'worker-thread': 'dist/engine/wasm/worker-thread.js',
    'jsonnet-thread': 'dist/engine/cli/jsonnet/jsonnet-thread.js',
  },
  platform: 'node',
  resolve: { alias: { '@opentelemetry/api': telemetry } },
  logLevel: 'warn',
  output: {
    dir: 'dist/bin',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
  },
});
