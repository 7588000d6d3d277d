/** What `edict jsonnet --help` prints. */
export const HELP = `Usage: edict jsonnet [flags] FILE
       edict jsonnet [flags] --exec 'CODE'
       edict jsonnet --repl [--facts FILE]

Evaluates Jsonnet as the jsonnet command does: the same language, flags, output and exit codes. \`-\` is standard
input. Short flags may be joined (-yS), and after \`--\` nothing is a flag.

What is evaluated:
  -e, --exec                   the argument is the program itself
  -J, --jpath DIR              look for imports in DIR too; the last one given is looked in first, and
                               those of JSONNET_PATH=a:b after them, a before b

What the program is given; without =VALUE the environment variable of that name:
  -V, --ext-str NAME[=VALUE]   std.extVar(NAME) is a text
      --ext-code NAME[=CODE]   std.extVar(NAME) is the value of an expression
      --ext-str-file NAME=FILE, --ext-code-file NAME=FILE
                               the same, from a file
  -A, --tla-str NAME[=VALUE]   an argument, where the program is a function; also --tla-code,
                               --tla-str-file and --tla-code-file

What is written:
  -o, --output-file FILE       to a file, not to standard output
  -m, --multi DIR              each field of the result is a file in DIR; their paths go to standard output
  -c, --create-output-dirs     make the folders that are missing
  -y, --yaml-stream            the result is an array: each element is a document of a YAML stream
  -S, --string                 the result is a text, written as it is; with --multi each file is one
      --no-trailing-newline    no new line at the end

How far it may go:
  -s, --max-stack N            calls inside each other (default 500)
  -t, --max-trace N            frames shown of an error (default 20, 0: all)

To try expressions:
      --repl                   read expressions and print what they give; local x = ... stays bound;
                               :help, :load FILE [NAME], :quit
      --facts FILE             bind \`facts\`: a facts.yaml of a test case, or what \`edict facts\` prints

Exit codes: 0 done, 1 anything else.

Examples:
  edict jsonnet -e 'std.format("%05.1f", 3.14159)'
  edict jsonnet -J templates/lib -A name=welcome page.jsonnet
  edict facts examples/note.yaml > facts.yaml && edict jsonnet --repl --facts facts.yaml
  > :load templates/office/note.jsonnet
  > template.desired(facts)
`;
