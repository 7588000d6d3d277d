/** What the help of a verb says below its options: what one could not guess, and how it is called. */
export const VERB_HELP: { readonly [verb: string]: string } = {
  check: `
Reads rules/, crds/, templates/, policies/ and edict.yaml, and changes nothing. A fault stalls only the kinds that use
the faulty file. What a template returns is checked when it is rendered: see \`edict test\`.`,
  facts: `
Facts are what a rule reads, by the names it gives them. Of a Secret only the names of its keys are shown.

Examples:
  edict facts invoice.yaml
  edict facts invoice.yaml --save test/domains/billing/invoice/a-real-invoice-is-kept
  edict facts invoice.yaml --context staging`,
  render: `
Evaluates the templates, and checks what they return against the rule. Policies are asked for the request only; what
exists already is not compared: see \`edict plan\`.

Example:
  edict render examples/ -o json`,
  plan: `
Publishes nothing. Signs: + create, ~ update, ± replace (delete and make anew), - delete, o leave behind, ! held.
Exit code 3 where a policy denies, 1 where something has a fault, else 0, also where there is something to do.

Examples:
  edict plan examples/                   the files as if they were applied
  edict plan                             what the local folder holds, with the rule set as it is now
  edict plan --cluster                   what a real cluster holds, which needs rights to read what the rules are about
  edict plan invoice.yaml -o json        for programs`,
  audit: `
Judges what stands as if it were asked for now: policies that only warn, those that deny, and those that an object is exempt
from. An object that waits or has a fault is not judged whole, which is exit code 1. Exit code 3 where a policy denies.

Examples:
  edict audit --cluster                  before a policy goes from Warn to Deny
  edict audit examples/ --strict -o json`,
  apply: `
Stores the objects in the local folder as \`kubectl apply\` would, and publishes what should exist for them: objects into
.edict/cluster, commits into the bare repositories below .edict/git. Safe to repeat, and to kill at any moment.

Examples:
  edict apply examples/
  edict apply                            publish again for all that is stored
  edict apply examples/ --tree`,
  delete: `
Removes the objects from the local folder with all that was published for them, files in Git included. What a rule
says to leave behind (deletion: Orphan) stays. Exit code 1 where an object is not there.

Example:
  edict delete examples/invoice.yaml`,
  test: `
A case is a folder test/domains/<domain>/<slug>/<sentence>/ with facts.yaml; the files beside it are golden. Read what
--update wrote before you commit it.

Examples:
  edict test invoice                     what has "invoice" in its path or name
  edict test --update invoice/a-real-invoice-is-kept
  edict test --policies --coverage`,
  new: `
Writes a definition, a rule, a template, a policy with its test, an example, a page and two cases. Nothing that is there
is overwritten. In an empty folder it begins a rule set.

Examples:
  edict new billing Invoice
  edict new storage Bucket --group storage.acme.io --api-version v1 --cluster-scoped`,
  show: `
Example:
  edict show invoice`,
  fmt: `
As OPA formats Rego. Templates and YAML are left alone.

Example:
  edict fmt --check policies/billing     for a Git hook or a pipeline`,
  run: `
Whoever runs it needs the rights that \`edict manifests\` generates, and the CRDs in the cluster. Repositories and charts
are local, as for the other verbs. SIGTERM lets passes that have begun to write come to their end. Changed files of the
rule set are taken once they are left alone, at once by SIGHUP. The log is on standard error: LOG_LEVEL (debug, info, warn,
error), LOG_FORMAT (json, text).

Examples:
  edict run
  edict run --context staging --watch-namespace avs
  edict run --leader-elect               as one of several replicas`,
  uninstall: `
Remove the Deployment of the engine first: one that runs would take everything back. Removed are its finalizers, and those
of operators that it replaced, from custom resources, its records, its lease, and what asks its webhooks. Custom resources,
their children and files in Git stay. Safe to repeat, and to kill at any moment. Without --yes it is only shown, with exit
code 2 where there is something to do.

By default children keep their owner references: when a custom resource is deleted later, or its CRD, the cluster deletes
those of its children that have one. With --children Orphan they are removed, too, so that the children stay.

Examples:
  edict uninstall --dry-run
  edict uninstall --children Orphan --yes`,
  manifests: `
The rights are those that the rules need: what they read and write, with the verbs that the engine uses, and no more.
Where a rule names a namespace or an object, they end there. A rule set with a fault gives no manifests.

Examples:
  edict manifests | kubectl apply --server-side -f -
  edict manifests --only rbac --watch-namespace avs
  edict manifests --output-dir config    as files: config/crd/bases, config/rbac, config/manager
  edict manifests --name hourglass-operator --namespace hourglass-system --image registry.example.com/edict:1.0.0`,
};
