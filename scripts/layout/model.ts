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
  readonly enums: ReadonlyMap<string, readonly string[]> | Record<string, readonly string[]>;
  readonly structs: readonly Struct[];
};

const SCALARS: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i32: 4, i64: 8, f64: 8, bool: 1 };
/** Words that are filled in when a record is published. */
const WORDS = new Set(['regex', 'socket']);

export const splitType = (type: string): [string, string] => {
  const at = type.indexOf(':');
  return at < 0 ? [type, ''] : [type.slice(0, at), type.slice(at + 1)];
};
export const isScalar = (type: string): boolean => type in SCALARS;

function measure(type: string, sized: Map<string, Struct>): { size: number; align: number } {
  const array = /^u8\[(\d+)\]$/.exec(type);
  if (array) return { size: Number(array[1]), align: 1 };
  const scalar = SCALARS[type];
  if (scalar) return { size: scalar, align: scalar };
  const [kind, name] = splitType(type);
  if (kind === 'enum') return { size: 1, align: 1 };
  if (kind === 'str' || kind === 'bytes' || kind === 'vec' || kind === 'ext') return { size: 8, align: 4 };
  if (kind === 'opt' || kind === 'ref' || kind === 'id' || kind === 'stats' || WORDS.has(kind)) {
    return { size: 4, align: 4 };
  }
  const struct = kind === 'struct' ? sized.get(name) : undefined;
  if (struct) return struct;
  throw new Error(`unknown type ${type}`);
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Lays everything out: natural alignment, declared order, inline structs first. */
export function buildModel(modules: readonly LayoutModule[]): Model {
  const enums: Record<string, readonly string[]> = {};
  const defs = new Map<string, LayoutModule['structs'][string]>();
  for (const module of modules) {
    for (const [name, values] of Object.entries(module.enums ?? {})) enums[name] = values;
    for (const [name, def] of Object.entries(module.structs)) {
      if (defs.has(name)) throw new Error(`struct ${name} is declared twice`);
      defs.set(name, def);
    }
  }
  const kinds = [...defs].filter(([, d]) => d.record).map(([name]) => name).sort();
  const extensions = [...defs.values()].flatMap((d) => (d.extension ? [d.extension] : [])).sort();
  const sized = new Map<string, Struct>();
  const layOut = (name: string): void => {
    const def = defs.get(name);
    if (!def) throw new Error(`unknown struct ${name}`);
    if (sized.has(name)) return;
    for (const type of Object.values(def.fields)) {
      const [kind, inner] = splitType(type);
      if (kind === 'struct') layOut(inner);
    }
    let at = def.record ? 8 : 0;
    let align = def.record ? 8 : 1;
    const fields: Field[] = [];
    for (const [field, type] of Object.entries(def.fields)) {
      const m = measure(type, sized);
      at = roundUp(at, m.align);
      align = Math.max(align, m.align);
      fields.push({ name: field, type, offset: at, size: m.size });
      at += m.size;
    }
    sized.set(name, {
      name,
      size: Math.max(roundUp(at, align), align),
      align,
      fields,
      kind: def.record ? kinds.indexOf(name) + 1 : 0,
      ...(def.extension ? { extension: { id: extensions.indexOf(def.extension) + 1, name: def.extension } } : {}),
      ...(def.doc ? { doc: def.doc } : {}),
    });
  };
  for (const name of defs.keys()) layOut(name);
  return { enums, structs: [...sized.values()] };
}

export const enumsOf = (model: Model): [string, readonly string[]][] =>
  Object.entries(model.enums as Record<string, readonly string[]>);
