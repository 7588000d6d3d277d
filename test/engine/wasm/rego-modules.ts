import type { RegoModules } from '#wasm/rego-types.js';

const LIBRARY = `# METADATA
# title: Containers
package lib.containers

all contains container if some container in input.object.spec.containers

double(x) := 2 * x
`;

const REQUEST = `# METADATA
# title: Images
# description: Every container names its image.
# custom:
#   severity: high
package apps.request

import data.lib.containers as library
import input.facts as known

# METADATA
# title: no image
deny contains message if {
	some container in library.all
	not container.image
	message := sprintf("%s has no image", [container.name])
}

warn contains data.parameters.text if known.old

level := library.double(2)
`;

/** A package that is asked, and the library that it uses. */
export const MODULES: RegoModules = { 'lib/containers.rego': LIBRARY, 'apps/request.rego': REQUEST };
