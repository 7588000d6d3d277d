import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { isDnsLabel } from '#model/names.js';
import { addAuthorVerbs, type Run } from './author-verbs.js';
import { addClusterOptions, type ClusterFlags, clusterOf } from './cluster-options.js';
import { apply, remove } from './commands/apply.js';
import { check } from './commands/check.js';
import { facts, plan, render } from './commands/look.js';
import { Console, faultText, printableLines } from './console.js';
import { type CliEnvironment, EXIT, type GlobalOptions } from './environment.js';
import { VERB_HELP } from './help.js';
import type { Invocation } from './invocation.js';
import { addManifestsVerb } from './manifests-verb.js';
import { addOperatorVerbs } from './operator-verbs.js';
import { faultData, formatData } from './output/data.js';
import { addRunVerb } from './run-verb.js';
import { openTools } from './tools.js';
import { openCatalog, openWorkspace } from './workspace.js';

type Verb<Options> = (invocation: Invocation, options: Options) => Promise<number>;

/** Runs one command line and gives its exit code: 0 nothing to do or done, 1 fault, 2 usage, 3 denied by policy. */
export async function runProgram(words: readonly string[], environment: CliEnvironment): Promise<number> {
  if (words[0] === 'jsonnet') {
    const { runJsonnet } = await import('./jsonnet/command.js');
    return runJsonnet(words.slice(1), environment);
  }
  let code: number = EXIT.done;
  const program = buildProgram(environment, (exitCode) => (code = exitCode));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const faults = isSystemError(error) ? [systemFault(error)] : faultsOf(error);
    for (const fault of faults) environment.stderr.write(`${faultText(fault)}\n`);
    const { output } = program.opts<GlobalOptions>();
    if (output !== 'text') environment.stdout.write(`${formatData({ faults: faultData(faults) }, output).trimEnd()}\n`);
    const [first] = faults;
    // Where a defect is helps who mends it.
    if (first?.code === 'InternalFault' && error instanceof Error)
      environment.stderr.write(`${printableLines(error.stack ?? '')}\n`);
    return first?.code === 'UsageInvalid' ? EXIT.usage : EXIT.fault;
  }
}

/** What the operating system refused, such as a folder that may not be written. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function systemFault({ message, path = '' }: NodeJS.ErrnoException): Fault {
  return {
    code: 'FileUnwritable',
    message: 'the system refused to work on it',
    location: { file: path },
    fragment: message,
    remedy: 'See whether it is there and may be written, and whether its disk is full.',
  };
}

function buildProgram(environment: CliEnvironment, finish: (code: number) => void): Command {
  const program = new Command('edict')
    .description('Kubernetes operators written as rules: check them, see what they would do, do it.')
    .version(environment.version)
    .option(
      '-C, --root <folder>',
      'folder of the rule set: rules/, crds/, templates/, policies/ and edict.yaml',
      named,
      '.',
    )
    .option('--state <folder>', 'local folder that stands for the cluster and its Git repositories', named, '.edict')
    .addOption(
      new Option('-o, --output <format>', 'format of the result').choices(['text', 'json', 'yaml']).default('text'),
    )
    .option('--color', 'colour, also where the output is no terminal')
    .option('--no-color', 'no colour')
    .option('-q, --quiet', 'no progress', false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.stdout.write(text),
      writeErr: (text) => environment.stderr.write(printableLines(text)),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('See `edict --help`, or `edict help` with the name of a command.')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP);
  const run = <Options>(verb: Verb<Options>, options: Options): Promise<void> =>
    invoke(verb, options, { environment, program, finish });
  addVerbs(program, run, environment.variables);
  return program;
}

const HELP = `
Exit codes: 0 nothing to do or done, 1 a fault, 2 the command line is wrong, 3 denied by policy.

Examples:
  edict check                            every fault of every file, or what the rule set holds
  edict plan examples/                   what applying these objects would create, change and delete
  edict render examples/                 the objects and files that should exist
  edict apply examples/                  publish them, to the local folder .edict
  edict test                             every case of test/domains and every test of a policy
  edict manifests | kubectl apply --server-side -f -

The first run builds the WebAssembly parts with Go, once; EDICT_WASM names a folder of ready ones.`;

interface ViewFlags extends ClusterFlags {
  readonly namespace: string;
}

function addVerbs(program: Command, run: Run, variables: CliEnvironment['variables']): void {
  const verb = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .allowExcessArguments(false)
      .addHelpText('after', VERB_HELP[name] ?? '');
  const withObjects = (command: Command): Command =>
    command
      .argument('[paths...]', 'files or folders of custom resources; without any, all that there are')
      .option('-n, --namespace <name>', 'namespace of objects that name none', namespace, 'default');

  const withView = (command: Command): Command => addClusterOptions(withObjects(command));

  verb('check', 'report every fault of every file of the rule set').action(() => run(check, undefined));
  withView(verb('facts', 'show all that the templates would be given'))
    .option('--save <folder>', 'make them the facts of a new test case', named)
    .action((paths: string[], { namespace: name, save, ...flags }: ViewFlags & { save?: string }) =>
      run(facts, { paths, namespace: name, save, cluster: clusterOf(flags) }),
    );
  withView(verb('render', 'show the objects and files that should exist')).action(
    (paths: string[], { namespace: name, ...flags }: ViewFlags) =>
      run(render, { paths, namespace: name, cluster: clusterOf(flags) }),
  );
  withView(verb('plan', 'show what would be created, changed and deleted, and every verdict'))
    .option('--why', 'show the line of a template that gave each field its value', false)
    .action((paths: string[], { namespace: name, why, ...flags }: ViewFlags & { why: boolean }) =>
      run(plan, { paths, namespace: name, why, cluster: clusterOf(flags) }),
    );
  withView(verb('audit', 'list what standing objects say that policies object to, and who is exempt'))
    .option('--strict', 'exit code 3 for warnings, too', false)
    .action(async (paths: string[], { namespace: name, strict, ...flags }: ViewFlags & { strict: boolean }) => {
      const { audit } = await import('./commands/audit.js');
      await run(audit, { paths, namespace: name, strict, cluster: clusterOf(flags) });
    });
  withObjects(verb('apply', 'publish what should exist'))
    .option('--tree', 'print what the local folder holds afterwards', false)
    .action((paths: string[], options: { namespace: string; tree: boolean }) => run(apply, { paths, ...options }));
  verb('delete', 'delete objects with everything that exists for them')
    .argument('<paths...>', 'files or folders of custom resources')
    .option('-n, --namespace <name>', 'namespace of objects that name none', namespace, 'default')
    .action((paths: string[], options: { namespace: string }) => run(remove, { paths, ...options }));
  addAuthorVerbs(verb, run);
  addManifestsVerb(verb, run);
  addRunVerb(verb, run, variables);
  addOperatorVerbs(verb, run);
}

function namespace(value: string): string {
  if (isDnsLabel(value)) return value;
  throw new InvalidArgumentError('A namespace is at most 63 of a-z, 0-9 and -.');
}

/** Refuses what an unset variable of a script gives: it would stand for the folder one is in. */
function named(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('It is empty.');
}

interface InvokeContext {
  readonly environment: CliEnvironment;
  readonly program: Command;
  readonly finish: (code: number) => void;
}

/** Runs a verb, and closes whatever it opened. */
async function invoke<Options>(
  verb: Verb<Options>,
  verbOptions: Options,
  { environment, program, finish }: InvokeContext,
): Promise<void> {
  const options = program.opts() as GlobalOptions;
  const console = new Console(environment, options);
  const opened: (() => Promise<void>)[] = [];
  const keep = <Thing>(thing: Thing, close: () => Promise<void>): Thing => {
    opened.push(close);
    return thing;
  };
  const invocation: Invocation = {
    environment,
    options,
    console,
    open: async (mode) => {
      const workspace = await openWorkspace(environment, options, console, mode);
      return keep(workspace, workspace.close);
    },
    view: async (cluster) => {
      if (cluster === undefined) return invocation.open('read');
      const { viewCluster } = await import('./run/view-cluster.js');
      const view = await viewCluster(invocation, await invocation.openCatalog(), cluster);
      return keep(view, view.close);
    },
    openCatalog: async () => {
      const loaded = await openCatalog(environment, options, console);
      return keep(loaded, loaded.tools.close);
    },
    openTools: () => {
      const tools = environment.tools ?? openTools(environment.variables, (message) => console.landmark(message));
      return keep(tools, tools.close);
    },
  };
  try {
    finish(await verb(invocation, verbOptions));
  } finally {
    for (const close of opened.reverse()) await close();
  }
}
