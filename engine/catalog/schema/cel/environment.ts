import { Environment } from '@marcbachmann/cel-js';
import { registerFormats } from './formats.js';
import { registerLists } from './lists.js';
import { registerNetworks } from './network.js';
import { registerOptionals } from './optionals.js';
import { registerQuantities } from './quantity.js';
import { registerStrings } from './strings.js';
import { registerURLs } from './url.js';
import { registerVersions } from './versions.js';

const libraries = [
  registerStrings,
  registerLists,
  registerQuantities,
  registerNetworks,
  registerURLs,
  registerOptionals,
  registerFormats,
  registerVersions,
];
const kubernetes = libraries.reduce(
  (environment, register) => register(environment),
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }),
);

/** A new CEL environment with the libraries that Kubernetes gives to expressions, and no variables yet. */
export function createEnvironment(): Environment {
  return kubernetes.clone();
}
