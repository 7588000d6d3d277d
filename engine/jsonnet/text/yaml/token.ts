import type { Directive, Tag } from './tag.js';

/** Tokens that are all alike. */
export type Mark =
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'block-entry'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'document-start'
  | 'document-end'
  | 'stream-end';

/** A piece of a document. */
export type Token = { readonly line: number } & (
  | { readonly type: Mark }
  | { readonly type: 'scalar'; readonly value: string; readonly isPlain: boolean }
  | { readonly type: 'anchor' | 'alias'; readonly name: string }
  | { readonly type: 'tag'; readonly tag: Tag }
  | { readonly type: 'directive'; readonly directive: Directive }
);
