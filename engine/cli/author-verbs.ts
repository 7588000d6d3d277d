import { type Command, Option } from 'commander';
import { EdictError } from '#errors/edict-error.js';
import type { Invocation } from './invocation.js';
import { HELP } from './jsonnet/help.js';

/** Runs one verb with its options. */
export type Run = <Options>(
  verb: (invocation: Invocation, options: Options) => Promise<number>,
  options: Options,
) => Promise<void>;

interface TestFlags {
  readonly update: boolean;
  readonly coverage: boolean;
  readonly cases?: true;
  readonly policies?: true;
}

interface NewFlags {
  readonly group?: string;
  readonly apiVersion: string;
  readonly plural?: string;
  readonly clusterScoped: boolean;
}

/** Adds the verbs of who writes rules. Each is loaded when it is asked for, so that the others start no slower. */
export function addAuthorVerbs(verb: (name: string, description: string) => Command, run: Run): void {
  verb('test', 'run the cases of test/domains and the tests of the policies')
    .argument('[filters...]', 'parts of names: only what has one of them is run')
    .option('-u, --update', 'accept what the cases come to as golden files (as UPDATE_GOLDEN=1 does)', false)
    .option('--coverage', 'show how much of each template and policy the cases and tests run', false)
    .addOption(new Option('--cases', 'only the cases').conflicts('policies'))
    .addOption(new Option('--policies', 'only the tests of the policies').conflicts('cases'))
    .action(async (filters: string[], { update, coverage, cases, policies }: TestFlags) => {
      const { test } = await import('./commands/test.js');
      const only = (cases && 'cases') || (policies && 'policies') || undefined;
      await run(test, { filters, update, coverage, only });
    });
  verb('new', 'add a kind: all its files, with an allowed and a denied case that pass')
    .argument('<domain>', 'folder that the kind belongs to, such as storage')
    .argument('<Kind>', 'the kind in CamelCase, such as BackupPlan')
    .option('--group <name>', 'API group (default: <domain>.example.com)')
    .option('--api-version <version>', 'version of the API', 'v1alpha1')
    .option('--plural <name>', 'plural in lower case (default: derived)')
    .option('--cluster-scoped', 'the kind belongs to no namespace', false)
    .action(async (domain: string, kind: string, { group, plural, apiVersion, clusterScoped }: NewFlags) => {
      const { scaffold } = await import('./commands/new.js');
      await run(scaffold, { domain, kind, group, plural, version: apiVersion, isClusterScoped: clusterScoped });
    });
  verb('show', 'print everything about one kind on one page')
    .argument('<kind>', 'its slug, kind or plural')
    .action(async (kind: string) => {
      const { show } = await import('./commands/show.js');
      await run(show, kind);
    });
  // Its flags are those of the jsonnet command, some of which mean something else here: it is run before words are read.
  verb('jsonnet', 'evaluate Jsonnet, with the flags of the jsonnet command; `--repl` to try expressions')
    .argument('[words...]')
    .configureHelp({ formatHelp: () => HELP })
    .action(() => {
      throw new EdictError({
        code: 'UsageInvalid',
        message: '`edict jsonnet` takes no options of edict before its name',
        location: {},
        remedy: 'Write `edict jsonnet` first, then its own flags: see `edict jsonnet --help`.',
      });
    });
  verb('fmt', 'format policies and templates')
    .argument('[paths...]', 'files or folders; without any, all of policies/ and templates/')
    .option('--check', 'change nothing, and fail where something is to be done', false)
    .action(async (paths: string[], { check }: { check: boolean }) => {
      const { format } = await import('./commands/fmt.js');
      await run(format, { paths, check });
    });
}
