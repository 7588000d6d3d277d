/** Writes what is made from other files, and is committed: `npm run generate`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeText } from '#adapters/files/file-access.js';
import { GENERATED_FOLDERS, generatedFiles } from './generated.js';

const files = await generatedFiles('.');
for (const folder of GENERATED_FOLDERS) rmSync(folder, { recursive: true, force: true });
for (const [path, text] of Object.entries(files)) writeText(join('.', path), text);
