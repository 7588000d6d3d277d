import type { Origin } from '../syntax/source.js';
import { compareCodePoints } from '../text/code-points.js';

/** How a field is shown: as the field that it overrides, never, or always. */
export const INHERIT = 0;
export const HIDDEN = 1;
export const VISIBLE = 2;

/** One of INHERIT, HIDDEN and VISIBLE. */
export type Visibility = 0 | 1 | 2;

/** Combinations of two shapes that are kept; beyond that they are made anew. */
const MERGES_KEPT = 64;

/** The fields of an object: their names, and where the code of each is. Most objects of one place share one. */
export interface Fields {
  readonly names: readonly string[];
  readonly visibilities: readonly Visibility[];
  /** The values of fields that are literals, by field; undefined where code has to be run. Values are of no concern here. */
  readonly constants?: readonly unknown[];
  /** How many asserts there are: they are numbered from -1 down. */
  readonly asserts?: number;
  /** Where the value of each field is written. */
  readonly origins?: readonly (Origin | undefined)[];
}

/** Which layer of an object has a field, and where in its code. Layers count from 0, the deepest. */
interface Owners {
  readonly layers: number;
  readonly owner: readonly number[];
  readonly slot: readonly number[];
}

/** The fields of an object, or of several that are laid over each other. */
export class Shape {
  readonly names: readonly string[];
  readonly visibilities: readonly Visibility[];
  readonly constants: readonly unknown[] | undefined;
  readonly asserts: number;
  readonly origins: readonly (Origin | undefined)[] | undefined;
  readonly #owners: Owners | undefined;
  readonly #index = new Map<string, number>();
  #merged: Map<Shape, Shape> | undefined;
  #visible: readonly number[] | undefined;

  constructor(fields: Fields, owners?: Owners) {
    this.names = fields.names;
    this.visibilities = fields.visibilities;
    this.constants = fields.constants;
    this.asserts = fields.asserts ?? 0;
    this.origins = fields.origins;
    this.#owners = owners;
    for (let field = 0; field < this.names.length; field += 1) this.#index.set(this.names[field] as string, field);
  }

  /** The number of the field `name`, if there is one. */
  find(name: string): number | undefined {
    return this.#index.get(name);
  }

  /** How many layers an object of this shape has. */
  get layers(): number {
    return this.#owners?.layers ?? 1;
  }

  /** The layer that has the field. */
  ownerOf(field: number): number {
    return this.#owners?.owner[field] ?? 0;
  }

  /** Where in the code of its layer the field is. */
  slotOf(field: number): number {
    return this.#owners?.slot[field] ?? field;
  }

  /** Whether the field is left out where the object is written. */
  isHidden(field: number): boolean {
    return this.visibilities[field] === HIDDEN;
  }

  /** The fields that are shown, in the order of their names. */
  get visible(): readonly number[] {
    this.#visible ??= this.sorted(false);
    return this.#visible;
  }

  /** All fields, or those that are shown, in the order of their names. */
  sorted(includeHidden: boolean): readonly number[] {
    const fields: number[] = [];
    for (let field = 0; field < this.names.length; field += 1) {
      if (includeHidden || !this.isHidden(field)) fields.push(field);
    }
    return fields.sort((left, right) => compareCodePoints(this.names[left] as string, this.names[right] as string));
  }

  /** The shape of an object of shape `upper` laid over one of this shape. */
  under(upper: Shape): Shape {
    const kept = this.#merged?.get(upper);
    if (kept !== undefined) return kept;
    const made = overlay(this, upper);
    if (this.#merged === undefined || this.#merged.size >= MERGES_KEPT) this.#merged = new Map();
    this.#merged.set(upper, made);
    return made;
  }

  /** This shape without one field. Who looks from above does not see it; code of the layers below still does. */
  without(name: string): Shape {
    const kept = this.names.map((_, field) => field).filter((field) => this.names[field] !== name);
    return new Shape(select(this, kept), {
      layers: this.layers + 1,
      owner: kept.map((field) => this.ownerOf(field)),
      slot: kept.map((field) => this.slotOf(field)),
    });
  }
}

function select(shape: Shape, fields: readonly number[]): Fields {
  return {
    names: fields.map((field) => shape.names[field] as string),
    visibilities: fields.map((field) => shape.visibilities[field] as Visibility),
    constants: fields.map((field) => shape.constants?.[field]),
    origins: fields.map((field) => shape.origins?.[field]),
  };
}

function overlay(lower: Shape, upper: Shape): Shape {
  const names: string[] = [];
  const visibilities: Visibility[] = [];
  const constants: unknown[] = [];
  const origins: (Origin | undefined)[] = [];
  const owner: number[] = [];
  const slot: number[] = [];
  const take = (shape: Shape, field: number, from: number, visibility: Visibility): void => {
    names.push(shape.names[field] as string);
    visibilities.push(visibility);
    constants.push(shape.constants?.[field]);
    origins.push(shape.origins?.[field]);
    owner.push(from + shape.ownerOf(field));
    slot.push(shape.slotOf(field));
  };
  for (let field = 0; field < lower.names.length; field += 1) {
    if (upper.find(lower.names[field] as string) === undefined) {
      take(lower, field, 0, lower.visibilities[field] as Visibility);
    }
  }
  for (let field = 0; field < upper.names.length; field += 1) {
    const own = upper.visibilities[field] as Visibility;
    const below = own === INHERIT ? lower.find(upper.names[field] as string) : undefined;
    take(upper, field, lower.layers, below === undefined ? own : (lower.visibilities[below] as Visibility));
  }
  const layers = lower.layers + upper.layers;
  return new Shape({ names, visibilities, constants, origins }, { layers, owner, slot });
}
