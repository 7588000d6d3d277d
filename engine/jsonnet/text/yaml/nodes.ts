import type { Scanner } from './scanner.js';
import type { Tag } from './tag.js';
import type { Token } from './token.js';
import { failYaml } from './yaml-failure.js';

const STANDARD = 'tag:yaml.org,2002:';
/** The deepest nesting that is read: beyond it JavaScript's own stack ends. */
const DEEPEST = 1000;

/** What may stand in a document: tags are in full, empty when there is none. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: string; readonly isImplicit: boolean }
  | { readonly kind: 'sequence'; readonly tag: string; readonly children: YamlNode[] }
  /** Keys and values by turns. */
  | { readonly kind: 'mapping'; readonly tag: string; readonly children: YamlNode[] }
  | { readonly kind: 'alias'; readonly name: string; readonly target: YamlNode };

/** Builds the first document of what is scanned; undefined when there is none. */
export function parseNodes(scanner: Scanner): YamlNode | undefined {
  return new NodeParser(scanner).document();
}

class NodeParser {
  readonly #scanner: Scanner;
  readonly #handles = new Map<string, string>();
  readonly #anchors = new Map<string, YamlNode>();
  #depth = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  document(): YamlNode | undefined {
    const first = this.#scanner.peek();
    if (first.type === 'stream-end') return undefined;
    const isExplicit = first.type === 'directive' || first.type === 'document-start';
    this.#directives();
    if (isExplicit) this.#expect('document-start');
    const isEmpty = isExplicit && this.#isAt('directive', 'document-start', 'document-end', 'stream-end');
    const node = isEmpty ? empty() : this.#node(true, false);
    // What follows the document is seen, though not read.
    this.#scanner.peek();
    return node;
  }

  #isAt(...types: readonly Token['type'][]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  #expect(type: Token['type']): void {
    const token = this.#scanner.peek();
    if (token.type !== type) failYaml(`did not find expected ${type}`, token.line);
    this.#scanner.skip();
  }

  #directives(): void {
    let hasVersion = false;
    for (let token = this.#scanner.peek(); token.type === 'directive'; token = this.#scanner.peek()) {
      const { directive } = token;
      if (directive.name === 'TAG') {
        if (this.#handles.has(directive.handle)) failYaml('found duplicate %TAG directive', token.line);
        this.#handles.set(directive.handle, directive.prefix);
      } else {
        if (hasVersion) failYaml('found duplicate %YAML directive', token.line);
        if (directive.version !== '1.1') failYaml('found incompatible YAML document', token.line);
        hasVersion = true;
      }
      this.#scanner.skip();
    }
    if (!this.#handles.has('!')) this.#handles.set('!', '!');
    if (!this.#handles.has('!!')) this.#handles.set('!!', STANDARD);
  }

  #node(isBlock: boolean, mayBeIndentless: boolean): YamlNode {
    if (++this.#depth > DEEPEST) failYaml(`exceeded max depth of ${DEEPEST}`, this.#scanner.peek().line);
    const node = this.#anyNode(isBlock, mayBeIndentless);
    this.#depth--;
    return node;
  }

  #anyNode(isBlock: boolean, mayBeIndentless: boolean): YamlNode {
    const first = this.#scanner.peek();
    if (first.type === 'alias') {
      this.#scanner.skip();
      const target = this.#anchors.get(first.name) ?? failYaml(`unknown anchor '${first.name}' referenced`, first.line);
      return { kind: 'alias', name: first.name, target };
    }
    const { tag, anchor } = this.#properties();
    const register = <Node extends YamlNode>(node: Node): Node => {
      if (anchor !== undefined) this.#anchors.set(anchor, node);
      return node;
    };
    const token = this.#scanner.peek();
    if (token.type === 'scalar') {
      this.#scanner.skip();
      const isImplicit = (tag === '' && token.isPlain) || tag === '!';
      return register({ kind: 'scalar', tag, value: token.value, isImplicit });
    }
    const collection = this.#collection(token.type, isBlock, mayBeIndentless);
    if (collection !== undefined) {
      const children: YamlNode[] = [];
      // An alias inside may mean the collection itself.
      const node = register<YamlNode>({ kind: collection.kind, tag, children });
      collection.fill(children);
      return node;
    }
    if (anchor === undefined && tag === '') failYaml('did not find expected node content', token.line);
    return register({ ...empty(), tag, isImplicit: tag === '' });
  }

  /** How the collection that the token begins is read, if it begins one that may stand here. */
  #collection(
    type: Token['type'],
    isBlock: boolean,
    mayBeIndentless: boolean,
  ): { readonly kind: 'sequence' | 'mapping'; readonly fill: (children: YamlNode[]) => void } | undefined {
    switch (type) {
      case 'block-entry':
        return mayBeIndentless
          ? { kind: 'sequence', fill: (children) => this.#indentlessSequence(children) }
          : undefined;
      case 'flow-sequence-start':
        return { kind: 'sequence', fill: (children) => this.#flowSequence(children) };
      case 'flow-mapping-start':
        return { kind: 'mapping', fill: (children) => this.#flowMapping(children) };
      case 'block-sequence-start':
        return isBlock ? { kind: 'sequence', fill: (children) => this.#blockSequence(children) } : undefined;
      case 'block-mapping-start':
        return isBlock ? { kind: 'mapping', fill: (children) => this.#blockMapping(children) } : undefined;
      default:
        return undefined;
    }
  }

  /** A tag and an anchor in either order. */
  #properties(): { readonly tag: string; readonly anchor: string | undefined } {
    let tag: string | undefined;
    let anchor: string | undefined;
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.type === 'tag' && tag === undefined) tag = this.#fullTag(token.tag, token.line);
      else if (token.type === 'anchor' && anchor === undefined) anchor = token.name;
      else return { tag: tag ?? '', anchor };
      this.#scanner.skip();
    }
  }

  #fullTag({ handle, suffix }: Tag, line: number): string {
    if (handle === '') return suffix;
    return (this.#handles.get(handle) ?? failYaml('found undefined tag handle', line)) + suffix;
  }

  #blockSequence(children: YamlNode[]): void {
    this.#scanner.skip();
    while (this.#isAt('block-entry')) {
      this.#scanner.skip();
      children.push(this.#isAt('block-entry', 'block-end') ? empty() : this.#node(true, false));
    }
    this.#expect('block-end');
  }

  #indentlessSequence(children: YamlNode[]): void {
    while (this.#isAt('block-entry')) {
      this.#scanner.skip();
      children.push(this.#isAt('block-entry', 'key', 'value', 'block-end') ? empty() : this.#node(true, false));
    }
  }

  #blockMapping(children: YamlNode[]): void {
    this.#scanner.skip();
    while (this.#isAt('key')) {
      this.#scanner.skip();
      children.push(this.#isAt('key', 'value', 'block-end') ? empty() : this.#node(true, true));
      if (this.#isAt('value')) {
        this.#scanner.skip();
        children.push(this.#isAt('key', 'value', 'block-end') ? empty() : this.#node(true, true));
      } else {
        children.push(empty());
      }
    }
    this.#expect('block-end');
  }

  #flowSequence(children: YamlNode[]): void {
    this.#scanner.skip();
    for (let isFirst = true; !this.#isAt('flow-sequence-end'); isFirst = false) {
      if (!isFirst) this.#expect('flow-entry');
      if (this.#isAt('key')) children.push(this.#pair());
      else if (!this.#isAt('flow-sequence-end')) children.push(this.#node(false, false));
    }
    this.#scanner.skip();
  }

  /** A mapping of one pair without braces. */
  #pair(): YamlNode {
    this.#scanner.skip();
    const isEmpty = this.#isAt('value', 'flow-entry', 'flow-sequence-end');
    const key = isEmpty ? empty() : this.#node(false, false);
    // The reference takes what stands for the empty key.
    if (isEmpty) this.#scanner.skip();
    return { kind: 'mapping', tag: '', children: [key, this.#flowValue('flow-sequence-end')] };
  }

  #flowMapping(children: YamlNode[]): void {
    this.#scanner.skip();
    for (let isFirst = true; !this.#isAt('flow-mapping-end'); isFirst = false) {
      if (!isFirst) this.#expect('flow-entry');
      if (this.#isAt('key')) {
        this.#scanner.skip();
        children.push(this.#isAt('value', 'flow-entry', 'flow-mapping-end') ? empty() : this.#node(false, false));
        children.push(this.#flowValue('flow-mapping-end'));
      } else if (!this.#isAt('flow-mapping-end')) {
        children.push(this.#node(false, false), empty());
      }
    }
    this.#scanner.skip();
  }

  #flowValue(end: Token['type']): YamlNode {
    if (!this.#isAt('value')) return empty();
    this.#scanner.skip();
    return this.#isAt('flow-entry', end) ? empty() : this.#node(false, false);
  }
}

function empty(): YamlNode & { readonly kind: 'scalar' } {
  return { kind: 'scalar', tag: '', value: '', isImplicit: true };
}
