import { RECORDS } from '#model/records.js';

const SEGMENT = /^[A-Za-z0-9._-]{1,255}$/;
const MAXIMUM_PATH = 1024;

/** What CI systems run: written only where the rule names it. */
const CI_PLACES: ReadonlySet<string> = new Set([
  '.azure-pipelines',
  '.buildkite',
  '.ci',
  '.circleci',
  '.drone.yaml',
  '.drone.yml',
  '.forgejo',
  '.gitea',
  '.github',
  '.gitlab',
  '.gitlab-ci.yaml',
  '.gitlab-ci.yml',
  '.tekton',
  '.travis.yml',
  '.woodpecker',
  '.woodpecker.yaml',
  '.woodpecker.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'jenkinsfile',
]);

/** Why a path must not be written to a repository, whose rule allows what `patterns` match; undefined where it may. */
export function pathObjection(path: string, patterns: readonly string[]): string | undefined {
  const objection = segmentsObjection(path);
  if (objection !== undefined) return objection;
  const place = firstOf(path);
  if (place === RECORDS) return 'it names the records of Edict';
  if (!CI_PLACES.has(place) || patterns.some((pattern) => firstOf(pattern) === place)) return undefined;
  return 'CI would run it, and the rule does not name that folder';
}

/** Why `name` cannot be a repository below a remote; undefined where it can. */
export function repositoryObjection(name: string): string | undefined {
  return segmentsObjection(name) ?? (/(^|\/)-/.test(name) ? 'a segment begins with -' : undefined);
}

/** Why `name` cannot be a branch (git-check-ref-format); undefined where it can. */
export function branchObjection(name: string): string | undefined {
  const objection = repositoryObjection(name);
  if (objection !== undefined) return objection;
  if (/(^|\/)\.|\.\.|\.$|\.lock(\/|$)/.test(name)) return 'Git does not accept it';
  return name === 'HEAD' || name.startsWith('refs/') ? 'it is the name of something else' : undefined;
}

function segmentsObjection(path: string): string | undefined {
  const segments = path.split('/');
  if (path.startsWith('/')) return 'it is absolute';
  if (path.length > MAXIMUM_PATH) return `it is longer than ${MAXIMUM_PATH} characters`;
  if (segments.includes('..') || segments.includes('.')) return 'it has a segment . or ..';
  if (!segments.every((segment) => SEGMENT.test(segment))) return 'its segments must be 1 to 255 of [A-Za-z0-9._-]';
  return segments.some((segment) => /^\.git\.*$/i.test(segment)) ? 'it names .git' : undefined;
}

function firstOf(path: string): string {
  return (path.split('/')[0] ?? '').toLowerCase();
}
