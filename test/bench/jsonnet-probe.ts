/** Prints how long the parts of a first evaluation take, in a process that has done nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';

const root = argv[2] ?? '.';
const begin = performance.now();
const { Jsonnet } = await import('#jsonnet/jsonnet.js');
const { virtualImporter } = await import('#jsonnet/virtual-importer.js');
const imported = performance.now();
const paths = [
  'templates/performer/performer.jsonnet',
  'templates/lib/kubernetes.libsonnet',
  'templates/lib/time.libsonnet',
];
const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const object = {
  metadata: { name: 'price-feed', namespace: 'avs' },
  spec: {
    avsAddress: 'a',
    image: 'b',
    imagePullPolicy: 'IfNotPresent',
    config: { grpcPort: 9090, environment: { A: 'b' } },
  },
};
const jsonnet = new Jsonnet(virtualImporter(files));
const evaluate = (): unknown => jsonnet.call(paths[0] as string, 'desired', [{ object, children: {} }]);
evaluate();
const first = performance.now();
evaluate();
const second = performance.now();
stdout.write(
  JSON.stringify({
    'read our Jsonnet': imported - begin,
    'compile a template and evaluate it': first - imported,
    'to the first result': first - begin,
    'evaluate it again': second - first,
  }),
);
