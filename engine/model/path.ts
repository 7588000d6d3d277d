import { type Json, isJsonObject } from './json.js';

/** A parsed path: `spec.applications[0].name` is `['spec', 'applications', 0, 'name']`. */
export type Path = readonly (string | number)[];

const SEGMENT = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;

/** Parses a path; keys with dots are written `metadata.annotations["example.org/x"]`. Gives undefined for what is no path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  let end = 0;
  for (const match of text.matchAll(SEGMENT)) {
    const [whole, field, index, quoted] = match;
    end = match.index + whole.length;
    if (field !== undefined) path.push(field);
    else if (index !== undefined) path.push(Number(index));
    else path.push(JSON.parse(`"${quoted}"`) as string);
  }
  return end === text.length && path.length > 0 ? path : undefined;
}

/** The inverse of `parsePath`. */
export function formatPath(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');
}

/** The value at `path`, or undefined where there is none. Own fields only. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let current = value;
  for (const segment of path) {
    if (Array.isArray(current) && typeof segment === 'number') current = current[segment];
    else if (isJsonObject(current) && Object.hasOwn(current, segment)) current = current[segment as string];
    else return undefined;
  }
  return current;
}
