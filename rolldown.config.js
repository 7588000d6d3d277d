import { defineConfig } from 'rolldown';

// The command starts from one file instead of two hundred: resolving modules is half of a start.
export default defineConfig({
  input: { edict: 'dist/engine/main.js', 'worker-thread': 'dist/engine/wasm/worker-thread.js' },
  platform: 'node',
  output: {
    dir: 'dist/bin',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
  },
});
