import { type Fault, fragmentOf } from '#errors/fault.js';
import type { RegoDiagnostic, RegoPackage } from '#wasm/rego-types.js';
import { refusedBuiltins } from './capabilities.js';

/** What to do about each kind of finding, where OPA's message does not say it. */
const REMEDIES: Readonly<Record<string, string>> = {
  rego_parse_error: 'Correct the syntax: Edict reads Rego v1 (`if`, `contains`).',
  rego_unsafe_var_error: 'Give the variable a value before it is used, or declare it with `some`.',
  rego_type_error: 'Use values of the types that the expression can take.',
  rego_recursion_error: 'Break the cycle: a rule must not depend on itself.',
  rego_compile_error: 'Correct the rule; policies are checked strictly.',
};

const REFUSED =
  'Decide without it: Edict has the built-ins of OPA except private keys and certificates (crypto), graphql.*, http.send, io.jwt.*, net.lookup_ip_addr, opa.runtime, providers.*, rand.*, rego.parse_module, strings.render_template and uuid.rfc4122.';

/** The fault of one finding; `texts` are the policies by file. */
export function faultOfDiagnostic(diagnostic: RegoDiagnostic, texts: Texts): Fault {
  const { code, file, row, column } = diagnostic;
  const isSyntax = code === 'rego_parse_error';
  // The details of a syntax error are the line and a caret.
  const shown = file === undefined || row === undefined ? undefined : texts[file]?.split('\n')[row - 1];
  const line = isSyntax ? (diagnostic.details?.[0] ?? shown) : shown;
  const unknown = /^undefined function (\S+)/.exec(diagnostic.message)?.[1];
  const isRefused = unknown !== undefined && refusedBuiltins.has(unknown);
  const message = isRefused ? `Edict has no built-in ${unknown}` : diagnostic.message;
  const undefinedRemedy = isRefused ? REFUSED : 'Correct the name of the function, or define it.';
  const remedy = unknown === undefined ? REMEDIES[code] : undefinedRemedy;
  return {
    code: 'PolicyInvalid',
    message: isSyntax ? message : [message, ...(diagnostic.details ?? [])].join('; '),
    location: {
      ...(file === undefined ? {} : { file: `policies/${file}` }),
      ...(row === undefined ? {} : { line: row }),
      ...(column === undefined ? {} : { column }),
    },
    ...(line === undefined ? {} : { fragment: fragmentOf(line) }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

const PACKAGE = /^\s*package\s+(\S+)/m;

/** The fault of a file whose package is not named as its path; undefined where it is, or where there is no package to name. */
export function packageMismatch(path: string, text: string): Fault | undefined {
  const match = PACKAGE.exec(text);
  if (match === null) return undefined;
  const expected = packagePath(path);
  const actual = match[1]!.replaceAll(/\["([^"]*)"\]/g, '.$1').replaceAll('.', '/');
  if (actual === expected) return undefined;
  const before = text.slice(0, match.index + match[0].length);
  const line = before.split('\n').length;
  const name = expected
    .split('/')
    .map((part, index) => (/^[A-Za-z_]\w*$/.test(part) ? (index === 0 ? '' : '.') + part : `["${part}"]`));
  return {
    code: 'PolicyPackageMismatch',
    message: `the package is named ${match[1]}, its file ${path}`,
    location: { file: `policies/${path}`, line, column: before.length - before.lastIndexOf('\n') - match[1]!.length },
    fragment: fragmentOf(match[0]),
    remedy: `Write \`package ${name.join('')}\`, or move the file.`,
  };
}

/** The package path that a file must have: its path below `policies/` without the ending. */
export function packagePath(path: string): string {
  return path.replace(/\.rego$/, '');
}

type Texts = Readonly<Record<string, string>>;

const ROOT = 'parameters';

/** Faults of references to data that there is not: they would be undefined for ever, and a `deny` that needs one never hold. */
export function unknownDataFaults({ data, files }: RegoPackage, texts: Texts): readonly Fault[] {
  const unknown = data.filter((name) => name !== ROOT && !name.startsWith(`${ROOT}.`));
  return unknown.flatMap((name) =>
    files.flatMap((file) => {
      const place = placeOf(texts[file] ?? '', name === '' ? 'data' : `data.${name}`);
      return place === undefined
        ? []
        : {
            code: 'PolicyInvalid' as const,
            message: `there is no package data.${name}`,
            location: { file: `policies/${file}`, line: place.line, column: place.column },
            fragment: fragmentOf(place.text),
            remedy: 'Policies see input, data.parameters and the packages below policies/: correct the name.',
          };
    }),
  );
}

/** Faults of a `deny` or `warn` that is not a set: of any other kind it could hold and still deny nothing. */
export function ruleFaults({ rules }: RegoPackage, texts: Texts): readonly Fault[] {
  const wrong = rules.filter(({ name, kind }) => (name === 'deny' || name === 'warn') && kind !== 'set');
  return wrong.map(({ name, kind, file, row }) => ({
    code: 'PolicyInvalid',
    message: `${name} is a ${kind} rule, not a set of messages`,
    location: { file: `policies/${file}`, line: row },
    fragment: fragmentOf(texts[file]?.split('\n')[row - 1] ?? ''),
    remedy: `Write \`${name} contains message if { ... }\`.`,
  }));
}

/** Faults of a `deny` or `warn` that nobody would ever ask, so that it never forbids: a slip in the name of its file. */
export function unaskedFaults({ name, files, rules }: RegoPackage, used: ReadonlySet<string>): readonly Fault[] {
  const isAsked = used.has(name) || files.some((file) => /(^|\/)(request|change)\.rego$/.test(file));
  const judging = rules.find((rule) => rule.name === 'deny' || rule.name === 'warn');
  if (isAsked || judging === undefined) return [];
  return [
    {
      code: 'CatalogFileOrphaned',
      message: `nobody asks for ${judging.name} of this file, and no other policy uses it`,
      location: { file: `policies/${judging.file}`, line: judging.row },
      fragment: judging.file,
      remedy: 'Name the file request.rego or change.rego, or use the package in one that is named so.',
    },
  ];
}

/** The fault of a package that is sound but for what it uses. */
export function leftOutFault({ name, files }: RegoPackage, used: readonly string[]): Fault {
  return {
    code: 'PolicyInvalid',
    message: `package ${name} uses ${used.join(', ')}, which has faults`,
    location: { file: `policies/${files[0] ?? ''}` },
    remedy: 'Mend the faults of the packages that it uses.',
  };
}

function placeOf(
  text: string,
  wanted: string,
): { readonly line: number; readonly column: number; readonly text: string } | undefined {
  for (const [index, line] of text.split('\n').entries()) {
    const column = line.search(new RegExp(`\\b${wanted.replaceAll('.', '\\.')}\\b`));
    if (column !== -1 && !line.trimStart().startsWith('#')) return { line: index + 1, column: column + 1, text: line };
  }
  return undefined;
}
