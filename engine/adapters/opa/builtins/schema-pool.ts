import { isList, type JsonFields, type JsonTree } from './json-tree.js';
import { metaSchema } from './schema-drafts.js';
import { SchemaError } from './schema-model.js';
import { textOf, UrlError } from './url-escape.js';
import { parseUrl, type Url } from './url-parse.js';
import { inherited, urlText } from './url-reference.js';

/** A document or a part of one, and the draft it is written for, where it says so. */
export interface PoolDocument {
  readonly document: JsonTree;
  readonly draft: number | undefined;
}

/** What is read literally, not as schemas. */
const LITERAL: ReadonlySet<string> = new Set(['const', 'enum']);
/** What holds schemas by names, which are no keywords. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'dependencies', 'patternProperties']);
const [STEPS_PER_VALUE, STEPS_PER_URL] = [4, 200];
const META_SCHEMA = /^http:\/\/json-schema\.org\/draft-0([467])\/schema$/;

/** A URL in a schema. Throws SchemaError. */
export function schemaUrl(text: string): Url {
  try {
    return parseUrl(text);
  } catch (cause) {
    if (!(cause instanceof UrlError)) throw cause;
    throw new SchemaError(cause.message, { cause });
  }
}

/** The draft that a schema says it is written for. Throws SchemaError. */
export function draftOf(document: JsonTree): number | undefined {
  if (typeof document === 'boolean') return undefined;
  if (!(document instanceof Map)) throw new SchemaError('schema is invalid');
  const schema = document.get('$schema');
  if (schema === undefined) return undefined;
  if (typeof schema !== 'string') throw new SchemaError('$schema must be of type string');
  const [, version] = META_SCHEMA.exec(urlText(schemaUrl(schema))) ?? [];
  return version === undefined ? undefined : Number(version);
}

/**
 * The documents that references lead to, by their URLs: the schema itself, what in it has an identifier of its own, and
 * the schemas of the drafts. Nothing else is loaded, from wherever it could be.
 * @see internal/gojsonschema/schemaPool.go of OPA 1.22
 */
export class SchemaPool {
  readonly #documents = new Map<string, PoolDocument>();
  readonly #spend: (steps: number) => void;

  constructor(spend: (steps: number) => void) {
    this.#spend = spend;
  }

  /** Takes in a document, in which it makes all references absolute. Throws SchemaError. */
  add(document: JsonTree, url: Url): void {
    const name = urlText(url);
    if (this.#documents.has(name)) throw new SchemaError(`Reference already exists: "${name}"`);
    const found = { document, draft: draftOf(document) };
    this.#scan(document, url, found.draft);
    this.#documents.set(name, found);
  }

  /** What a URL leads to. Throws SchemaError. */
  document(url: Url): PoolDocument {
    const name = urlText(url);
    const known = this.#documents.get(name);
    if (known !== undefined) return known;
    const base = this.#base(url, name);
    const found = { document: pointedAt(base.document, textOf(url.fragment)), draft: base.draft };
    this.#documents.set(name, found);
    return found;
  }

  #base(url: Url, name: string): PoolDocument {
    const whole = { ...url, fragment: '', rawFragment: '' };
    const wholeName = urlText(whole);
    const known = this.#documents.get(wholeName);
    if (known !== undefined) return known;
    const isAbsolute = url.scheme === 'file' ? url.path.startsWith('/') : url.scheme !== '' && url.host !== '';
    if (!isAbsolute) throw new SchemaError(`Reference ${name} must be canonical`);
    const [, version] = META_SCHEMA.exec(wholeName) ?? [];
    if (version === undefined) throw new SchemaError(`remote reference loading disabled: ${wholeName}`);
    this.add(metaSchema(Number(version)), whole);
    return this.#documents.get(wholeName)!;
  }

  #scan(value: JsonTree, base: Url, version: number | undefined): void {
    this.#spend(STEPS_PER_VALUE);
    if (isList(value)) for (const item of value) this.#scan(item, base, version);
    if (!(value instanceof Map)) return;
    const url = this.#identify(value, base, version);
    const reference = value.get('$ref');
    const target = typeof reference === 'string' ? this.#inherited(url, reference) : undefined;
    if (target !== undefined) value.set('$ref', urlText(target));
    for (const [keyword, item] of value) {
      if (LITERAL.has(keyword)) continue;
      if (!NAMED.has(keyword)) this.#scan(item, url, version);
      else if (item instanceof Map) for (const schema of item.values()) this.#scan(schema, url, version);
    }
  }

  #inherited(base: Url, reference: string): Url | undefined {
    this.#spend(STEPS_PER_URL + base.path.length + reference.length);
    return inherited(base, reference);
  }

  /** The URL that references in a schema are relative to. */
  #identify(schema: JsonFields, base: Url, version: number | undefined): Url {
    const id = schema.get(schema.has('id') ? 'id' : '$id');
    const url = typeof id === 'string' ? this.#inherited(base, id) : undefined;
    if (url === undefined) return base;
    const name = urlText(url);
    if (this.#documents.has(name)) throw new SchemaError(`Reference already exists: "${name}"`);
    this.#documents.set(name, { document: schema, draft: version });
    return url;
  }
}

/** What a JSON pointer leads to; another fragment is none, and leads to the whole. Throws SchemaError. */
function pointedAt(document: JsonTree, pointer: string): JsonTree {
  if (!pointer.startsWith('/')) return document;
  return pointer.slice(1).split('/').reduce<JsonTree>(child, document);
}

function child(parent: JsonTree, token: string): JsonTree {
  if (parent instanceof Map) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const value = parent.get(key);
    if (value === undefined) throw new SchemaError(`Object has no key '${key}'`);
    return value;
  }
  if (!isList(parent)) throw new SchemaError(`Invalid token reference '${token}'`);
  if (!/^[+-]?\d{1,18}$/.test(token)) throw new SchemaError(`Invalid array index '${token}'`);
  const index = Number(token);
  const item = index < 0 ? undefined : parent[index];
  if (item === undefined) throw new SchemaError(`Out of bound array[0,${parent.length}] index '${index}'`);
  return item;
}
