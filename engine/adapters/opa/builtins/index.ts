import type { Builtins } from './builtin.js';
import { cryptoBuiltins } from './crypto.js';
import { encodingBuiltins } from './encoding.js';
import { jsonPatchBuiltins } from './json-patch.js';
import { jsonSchemaBuiltins } from './json-schema.js';
import { netBuiltins } from './net.js';
import { regexBuiltins } from './regex.js';
import { semverBuiltins } from './semver.js';
import { stringBuiltins } from './strings.js';
import { timeBuiltins } from './time.js';
import { unitBuiltins } from './units.js';
import { uriBuiltins } from './uri.js';
import { uuidBuiltins } from './uuid.js';
import { valueBuiltins } from './values.js';
import { yamlBuiltins } from './yaml.js';

/** Every built-in that Edict supplies; the others are OPA's own within the module, or refused when compiling. */
export const hostBuiltins: Builtins = {
  ...cryptoBuiltins,
  ...encodingBuiltins,
  ...jsonPatchBuiltins,
  ...jsonSchemaBuiltins,
  ...netBuiltins,
  ...regexBuiltins,
  ...semverBuiltins,
  ...stringBuiltins,
  ...timeBuiltins,
  ...unitBuiltins,
  ...uriBuiltins,
  ...uuidBuiltins,
  ...valueBuiltins,
  ...yamlBuiltins,
};
