import type { Path, PathSegment } from './diagnostics.ts';

/** A place in one of the texts. */
export type Place = { readonly file?: string; readonly path: Path };

/**
 * Remembers where values came from when the plain value that is decoded is not the text's own shape: after
 * the v2 upgrade or after merging `--config-yaml`. Entries hang on the objects themselves, so a value that
 * was never moved costs nothing.
 */
export class Origins {
  readonly #objects = new WeakMap<object, Place>();
  readonly #fields = new WeakMap<object, Map<PathSegment, Place>>();

  /** The object or array as a whole came from `place`. */
  set(value: object, place: Place): void {
    this.#objects.set(value, place);
  }

  /** One entry of it did: for scalars, which cannot carry a place of their own. */
  setField(value: object, key: PathSegment, place: Place): void {
    let fields = this.#fields.get(value);
    if (fields === undefined) {
      fields = new Map();
      this.#fields.set(value, fields);
    }
    fields.set(key, place);
  }

  get(value: object): Place | undefined {
    return this.#objects.get(value);
  }

  /** Where an entry came from, if that was recorded for it or for the object that it holds. */
  field(value: object, key: PathSegment): Place | undefined {
    const place = this.#fields.get(value)?.get(key);
    if (place !== undefined) return place;
    const child = childOf(value, key)?.value;
    return typeof child === 'object' && child !== null ? this.#objects.get(child) : undefined;
  }

  /** Translates a path into `root` to the text that it came from. */
  resolve(root: unknown, path: Path, file?: string): Place {
    let place: Place = { file, path: [] };
    let value = root;
    if (typeof root === 'object' && root !== null) place = this.#objects.get(root) ?? place;
    for (const segment of path) {
      const object = typeof value === 'object' && value !== null ? value : undefined;
      const child = object && childOf(object, segment);
      if (child?.skipped) continue;
      const key = child ? child.key : segment;
      const recorded = object && this.field(object, key);
      place = recorded ?? { file: place.file, path: [...place.path, key] };
      value = child?.value;
    }
    return place;
  }
}

export type Child = {
  /** The key as it is spelt in the value. */
  readonly key: PathSegment;
  readonly value: unknown;
  /** The segment has no counterpart: index 0 of a single value given for a list. */
  readonly skipped?: boolean;
};

/**
 * One step into a plain value as a path means it: snake_case and camelCase are the same field, a single
 * value may stand for a list of one.
 */
export function childOf(value: object, segment: PathSegment): Child | undefined {
  if (Array.isArray(value)) {
    return typeof segment === 'number' && segment < value.length
      ? { key: segment, value: value[segment] }
      : undefined;
  }
  const record = value as Record<string, unknown>;
  if (typeof segment === 'number') return segment === 0 ? { key: 0, value, skipped: true } : undefined;
  for (const key of spellings(segment)) {
    if (Object.hasOwn(record, key)) return { key, value: record[key] };
  }
  return undefined;
}

/** The spellings of a field name that ProtoJSON takes: as given, camelCase, snake_case. */
export function spellings(name: string): string[] {
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [...new Set([name, camel, snake])];
}
