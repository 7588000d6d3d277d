import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';

/** All files of the project, as Git sees them: committed, or new and not ignored. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(path));
const texts = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));

/** `path:line: text` of every line that matches, in the files that `select` keeps; this file names what it looks for. */
function occurrences(pattern: RegExp, select: (path: string) => boolean): readonly string[] {
  return [...texts]
    .filter(([path]) => select(path) && path !== 'test/contract/hygiene.test.ts')
    .flatMap(([path, text]) => text.split('\n').map((line, index) => ({ place: `${path}:${index + 1}`, line })))
    .filter(({ line }) => pattern.test(line))
    .map(({ place, line }) => `${place}: ${line.trim().slice(0, 120)}`);
}

test('nothing is left to do in a comment', () => {
  assert.deepEqual(
    occurrences(/\b(TODO|FIXME|XXX|HACK)\b/, () => true),
    [],
  );
});

test('no test is skipped, left to do or run alone', () => {
  const isTest = (path: string): boolean => path.startsWith('test/') && path.endsWith('.ts');
  assert.deepEqual(occurrences(/\.(only|skip|todo)\(|\b(only|skip|todo): (true|'|")/, isTest), []);
});

test('no file names a folder of somebody’s machine', () => {
  assert.deepEqual(
    occurrences(/(^|[^\w.~-])\/(home|root|work|farm|Users)\/\w/, () => true),
    [],
  );
});

interface Lockfile {
  readonly packages: Readonly<Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>>;
}

const lockfiles = files
  .filter((path) => path.endsWith('package-lock.json'))
  .map((path) => (JSON.parse(texts.get(path) ?? '') as Lockfile).packages);

test('the lockfiles name no registry', () => {
  assert.ok(lockfiles.length > 0);
  assert.deepEqual(
    lockfiles.flatMap((packages) => Object.values(packages).flatMap(({ resolved }) => resolved ?? [])),
    [],
  );
});

test('the lockfiles hold the packages of every platform, without which npm ci refuses to start', () => {
  const missing = lockfiles.flatMap((packages) =>
    Object.values(packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
      .filter((name) => packages[`node_modules/${name}`] === undefined),
  );
  assert.deepEqual(missing, []);
});

test('every relative link in a document leads to a file', () => {
  const broken = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => linksOf(texts.get(path) ?? '').map((link) => ({ path, link })))
    .filter(({ path, link }) => !existsSync(posix.join(posix.dirname(path), decodeURI(link))));
  assert.deepEqual(broken, []);
});

test('the scripts that are run by name are executable', () => {
  const scripts = files.filter((path) => (texts.get(path) ?? '').startsWith('#!/') && !path.endsWith('.ts'));
  assert.ok(scripts.includes('.ci/run') && scripts.includes('.githooks/pre-commit'));
  assert.deepEqual(
    scripts.filter((path) => (statSync(path).mode & 0o111) === 0),
    [],
  );
});

/** Targets of Markdown links without scheme and anchor; what stands in code is no link. */
function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => (match[1] ?? '').replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z+]+:/.test(link));
}
