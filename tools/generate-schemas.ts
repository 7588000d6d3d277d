/** Writes the JSON Schemas that editors read: `npm run generate`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './generated.js';

mkdirSync('engine/schema', { recursive: true });
for (const [path, text] of Object.entries(generatedFiles())) writeFileSync(path, text);
