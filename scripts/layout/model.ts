import type { LayoutModule } from '../../src/tables/layout/dsl.ts';

export type Field = {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly size: number;
};
export type Struct = {
  readonly name: string;
  readonly size: number;
  readonly align: number;
  readonly fields: readonly Field[];
  /** Number of the record kind, 0: not a record. */
  readonly kind: number;
  /** Number and name of the extension whose configuration it is. */
  readonly extension?: { readonly id: number; readonly name: string };
  readonly doc?: string;
};
export type Model = {
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** A struct comes after those that it holds inline. */
  readonly structs: readonly Struct[];
};

/** Bytes of a scalar; its alignment too. */
const SCALARS: Readonly<Record<string, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i32: 4,
  i64: 8,
  f64: 8,
  bool: 1,
};
/** Fields of 4 bytes: where something lies, or what is filled in when a record is published. */
const WORDS = new Set(['opt', 'ref', 'id', 'stats', 'regex', 'tls', 'socket']);
/** An offset and a length, count or number. */
const PAIRS = new Set(['str', 'bytes', 'vec', 'ext']);
const HEADER_BYTES = 8;

/** `vec:Route` → `['vec', 'Route']`. */
export const splitType = (type: string): [kind: string, inner: string] => {
  const at = type.indexOf(':');
  return at < 0 ? [type, ''] : [type.slice(0, at), type.slice(at + 1)];
};
export const isScalar = (type: string): boolean => type in SCALARS;
/** The length of `u8[16]`; undefined for other types. */
export const arrayLength = (type: string): number | undefined => {
  const length = /^u8\[(\d+)\]$/.exec(type)?.[1];
  return length === undefined ? undefined : Number(length);
};

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Lays everything out: natural alignment, declared order. */
class Layouter {
  readonly enums: Record<string, readonly string[]> = {};
  readonly #defs = new Map<string, LayoutModule['structs'][string]>();
  readonly #done = new Map<string, Struct>();
  readonly #under = new Set<string>();

  add({ enums, structs }: LayoutModule): void {
    for (const [name, values] of Object.entries(enums ?? {})) {
      if (name in this.enums) throw new Error(`enum ${name} is declared twice`);
      if (values.length > 256) throw new Error(`enum ${name} does not fit a byte`);
      this.enums[name] = values;
    }
    for (const [name, def] of Object.entries(structs)) {
      if (this.#defs.has(name)) throw new Error(`struct ${name} is declared twice`);
      this.#defs.set(name, def);
    }
  }

  finish(): Model {
    const defs = [...this.#defs];
    const kinds = defs.flatMap(([name, { record }]) => (record ? [name] : [])).sort();
    const extensions = defs.flatMap(([, { extension }]) => (extension ? [extension] : [])).sort();
    for (const [name] of defs) this.#layOut(name, kinds, extensions);
    return { enums: this.enums, structs: [...this.#done.values()] };
  }

  #layOut(name: string, kinds: readonly string[], extensions: readonly string[]): void {
    const def = this.#defs.get(name);
    if (def === undefined) throw new Error(`unknown struct ${name}`);
    if (this.#done.has(name)) return;
    if (this.#under.has(name)) throw new Error(`struct ${name} holds itself`);
    this.#under.add(name);
    for (const type of Object.values(def.fields)) {
      const [kind, inner] = splitType(type);
      if (kind === 'struct') this.#layOut(inner, kinds, extensions);
    }
    const fields: Field[] = [];
    let at = def.record ? HEADER_BYTES : 0;
    let align = def.record ? 8 : 1;
    for (const [field, type] of Object.entries(def.fields)) {
      const place = this.#measure(`${name}.${field}`, type, kinds);
      at = roundUp(at, place.align);
      align = Math.max(align, place.align);
      fields.push({ name: field, type, offset: at, size: place.size });
      at += place.size;
    }
    this.#done.set(name, {
      name,
      size: Math.max(roundUp(at, align), align),
      align,
      fields,
      kind: def.record ? kinds.indexOf(name) + 1 : 0,
      ...(def.extension
        ? { extension: { id: extensions.indexOf(def.extension) + 1, name: def.extension } }
        : {}),
      ...(def.doc ? { doc: def.doc } : {}),
    });
  }

  #measure(where: string, type: string, kinds: readonly string[]): { size: number; align: number } {
    const length = arrayLength(type);
    if (length !== undefined) return { size: length, align: 1 };
    const scalar = SCALARS[type];
    if (scalar !== undefined) return { size: scalar, align: scalar };
    const [kind, inner] = splitType(type);
    const known =
      kind === 'enum'
        ? inner in this.enums
        : kind === 'ref' || kind === 'id'
          ? kinds.includes(inner)
          : kind === 'opt' || (kind === 'vec' && !isScalar(inner) && inner !== 'str')
            ? this.#defs.has(inner)
            : true;
    if (known && kind === 'enum') return { size: 1, align: 1 };
    if (known && PAIRS.has(kind)) return { size: 8, align: 4 };
    if (known && WORDS.has(kind)) return { size: 4, align: 4 };
    const struct = kind === 'struct' ? this.#done.get(inner) : undefined;
    if (struct === undefined) throw new Error(`${where} has the unknown type ${type}`);
    return struct;
  }
}

/** Lays all modules out together. */
export function buildModel(modules: readonly LayoutModule[]): Model {
  const layouter = new Layouter();
  for (const module of modules) layouter.add(module);
  return layouter.finish();
}
