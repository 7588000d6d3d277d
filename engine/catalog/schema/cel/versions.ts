import type { Environment } from '@marcbachmann/cel-js';
import SemVer from 'semver/classes/semver.js';
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/** Registers Kubernetes' semver library, without its `normalize` argument. */
export function registerVersions(environment: Environment): Environment {
  const read = (text: string): SemVer | undefined => (/^\d/.test(text) ? (parse(text) ?? undefined) : undefined);
  return environment
    .registerType('Semver', SemVer)
    .registerOperator('Semver == Semver', (left: SemVer, right: SemVer) => compare(left, right) === 0)
    .registerFunction('isSemver(string): bool', (text: string) => read(text) !== undefined)
    .registerFunction('semver(string): Semver', (text: string) => {
      const version = read(text);
      if (version === undefined) throw new Error('the text is no semantic version');
      return version;
    })
    .registerFunction('Semver.major(): int', ({ major }: SemVer) => BigInt(major))
    .registerFunction('Semver.minor(): int', ({ minor }: SemVer) => BigInt(minor))
    .registerFunction('Semver.patch(): int', ({ patch }: SemVer) => BigInt(patch))
    .registerFunction('Semver.isLessThan(Semver): bool', (left: SemVer, right: SemVer) => compare(left, right) < 0)
    .registerFunction('Semver.isGreaterThan(Semver): bool', (left: SemVer, right: SemVer) => compare(left, right) > 0)
    .registerFunction('Semver.compareTo(Semver): int', (left: SemVer, right: SemVer) => BigInt(compare(left, right)));
}
