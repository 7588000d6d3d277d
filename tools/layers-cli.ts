import { argv, exit, stdout } from 'node:process';
import { checkLayers } from './check-layers.js';
import { MEANINGS } from './layers.js';

const violations = checkLayers(argv[2] ?? '.');
for (const { rule, file, line, detail } of violations) {
  stdout.write(`${file}:${line} ${rule}: ${detail}\n    ${MEANINGS[rule]}\n`);
}
stdout.write(`layers: ${violations.length === 0 ? 'clean' : `${violations.length} violations`}\n`);
exit(violations.length === 0 ? 0 : 1);
