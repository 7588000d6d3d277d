import { isJsonObject, type Json } from './json.js';

/** A parsed path: `spec.applications[0].name` is `['spec', 'applications', 0, 'name']`. */
export type Path = readonly (string | number)[];

/** What `parsePath` takes, for the schemas that editors read. */
export const PATH_PATTERN =
  '^[^.\\[\\]"]+(\\.[^.\\[\\]"]+|\\[[0-9]+\\]|\\["([^"\\\\\\x00-\\x1f]|\\\\["\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*"\\])*$';

const WHOLE = new RegExp(PATH_PATTERN, 's');
const SEGMENT = /\.?([^.[\]"]+)|\[(\d+)\]|("(?:[^"\\]|\\.)*")\]/g;

/** Parses a path; keys with dots are written `metadata.annotations["example.org/x"]`. Gives undefined for what is no path. */
export function parsePath(text: string): Path | undefined {
  if (!WHOLE.test(text)) return undefined;
  return [...text.matchAll(SEGMENT)].map(([, field, index, quoted]) => {
    if (index !== undefined) return Number(index);
    return field ?? (JSON.parse(quoted ?? '""') as string);
  });
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
