import { installationSchema } from '#catalog/installation-schema.js';
import { ruleSchema } from '#catalog/rule-schema.js';

/** Every generated file of the tree: its text by its path. */
export function generatedFiles(): { readonly [path: string]: string } {
  return {
    'engine/schema/installation.schema.json': `${JSON.stringify(installationSchema, null, 2)}\n`,
    'engine/schema/rule.schema.json': `${JSON.stringify(ruleSchema, null, 2)}\n`,
  };
}
