import type { Console } from './console.js';
import type { CliEnvironment, GlobalOptions } from './environment.js';
import type { ClusterChoice } from './run/connect.js';
import type { Tools } from './tools.js';
import type { LoadedCatalog, View, Workspace } from './workspace.js';

/** One run of the CLI: what a verb is given. Whatever it opens is closed when it ends. */
export interface Invocation {
  readonly environment: CliEnvironment;
  readonly options: GlobalOptions;
  readonly console: Console;
  /** Opens the local folder with an engine on it. */
  readonly open: (mode: 'read' | 'write') => Promise<Workspace>;
  /** Opens what is looked at: the local folder, or the cluster that is chosen. */
  readonly view: (cluster: ClusterChoice | undefined) => Promise<View>;
  /** Opens the rule set alone. */
  readonly openCatalog: () => Promise<LoadedCatalog>;
  /** Opens the compilers alone. */
  readonly openTools: () => Tools;
}
