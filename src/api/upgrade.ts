import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, PathSegment } from './diagnostics.ts';
import { extensionCategory, mapCategory } from './extension_sites.ts';
import { Modern } from './modern.ts';
import { Origins, type Place, spellings } from './origins.ts';
import { isTypedStruct } from './typed_struct.ts';
import { ENUM_VALUES, FORMER_TYPES, TYPE_ALIASES, v2Extension } from './v2_names.ts';
import { flow, isRecord, type Json, type Site, V2_RULES } from './v2_rules.ts';

/** What an upgrade needs besides the value. */
export type UpgradeOptions = {
  readonly pool: DescriptorPool;
  readonly diagnostics: Diagnostics;
  /** Learns where moved values came from, so that later findings point at the text. */
  readonly origins?: Origins;
  /** The text the value was read from. */
  readonly file?: string;
};

/**
 * Turns the v2 spellings in a plain value (of the v3 message `type`) into v3: by rule where the descriptors
 * tell (a v2 field and the v3 field of the same number; the v3 message that names the v2 one as its former
 * type), by the table of v2_rules.ts where they cannot. Each gives one warning that shows the modern form.
 * The input is not changed; parts without v2 spellings are shared with the result.
 */
export function upgrade(type: string, value: unknown, options: UpgradeOptions): unknown {
  const desc = options.pool.message(type);
  if (desc === undefined || new Modern(options.pool).message(desc, value)) return value;
  return new Upgrader(options).run(desc, value);
}

/** A place in the text, linked to its parent: made into a path only for a warning. */
type Trail = { readonly up?: Trail; readonly key?: PathSegment; readonly place?: Place };

function placeOf(trail: Trail, file: string | undefined): Place {
  if (trail.place !== undefined) return trail.place;
  if (trail.up === undefined || trail.key === undefined) return { file, path: [] };
  const up = placeOf(trail.up, file);
  return { file: up.file, path: [...up.path, trail.key] };
}

/** A message that is being walked. */
type Frame = {
  readonly up: Frame | undefined;
  readonly desc: MessageDesc;
  readonly at: Trail;
  /** The field of the enclosing message that holds it. */
  readonly field: string | undefined;
  readonly original: Json;
  /** The result: the original until the first change. */
  out: Json;
  /** Something in it or around it was in v2's spelling. */
  v2: boolean;
};

const ANY = 'google.protobuf.Any';

class Upgrader {
  readonly #pool: DescriptorPool;
  readonly #diagnostics: Diagnostics;
  readonly #origins: Origins;
  readonly #file: string | undefined;

  constructor({ pool, diagnostics, origins, file }: UpgradeOptions) {
    this.#pool = pool;
    this.#diagnostics = diagnostics;
    this.#origins = origins ?? new Origins();
    this.#file = file;
  }

  run(desc: MessageDesc, value: unknown): unknown {
    return this.#message(desc, value, {}, undefined, undefined);
  }

  #message(
    desc: MessageDesc,
    value: unknown,
    trail: Trail,
    up: Frame | undefined,
    field: string | undefined,
  ): unknown {
    if (!isRecord(value)) return value;
    const place = this.#origins.get(value);
    const at = place === undefined ? trail : { place };
    if (desc.fullName === ANY) return this.#any(value, at, up, field);
    if (desc.fullName.startsWith('google.protobuf.')) return value;
    const frame: Frame = { up, desc, at, field, original: value, out: value, v2: up?.v2 ?? false };
    this.#ownFields(frame);
    this.#name(frame);
    for (const key of Object.keys(frame.out)) {
      const child = desc.field(key);
      if (child !== undefined) this.#child(frame, key, child);
    }
    return frame.out;
  }

  /** The `@type` of v2 becomes that of v3; then what is inside. */
  #any(value: Json, at: Trail, up: Frame | undefined, field: string | undefined): Json {
    const url = value['@type'];
    if (typeof url !== 'string') return value;
    const name = url.slice(url.lastIndexOf('/') + 1);
    if (isTypedStruct(name)) return this.#typedStruct(value, at, up, field);
    const desc = this.#modern(name);
    if (desc === undefined) return value;
    let out = value;
    if (desc.fullName !== name) {
      out = this.#renamedType(value, '@type', at, desc);
    }
    return this.#message(desc, out, { place: placeOf(at, this.#file) }, up, field) as Json;
  }

  #typedStruct(value: Json, at: Trail, up: Frame | undefined, field: string | undefined): Json {
    const key = 'typeUrl' in value ? 'typeUrl' : 'type_url';
    const url = value[key];
    if (typeof url !== 'string') return value;
    const name = url.slice(url.lastIndexOf('/') + 1);
    const desc = this.#modern(name);
    if (desc === undefined) return value;
    let out = desc.fullName === name ? value : this.#renamedType(value, key, at, desc);
    const inner = this.#message(desc, value.value, { up: at, key: 'value' }, up, field);
    if (inner !== value.value) out = { ...out, value: inner };
    if (out !== value) this.#origins.set(out, placeOf(at, this.#file));
    return out;
  }

  #renamedType(value: Json, key: string, at: Trail, desc: MessageDesc): Json {
    const url = `type.googleapis.com/${desc.fullName}`;
    const out = { ...value, [key]: url };
    this.#origins.set(out, placeOf(at, this.#file));
    this.#warn({ up: at, key }, 'is a type of the v2 API', `"${key}": ${url}`, false);
    return out;
  }

  /** The v3 message for a name of either version. */
  #modern(name: string): MessageDesc | undefined {
    let current = TYPE_ALIASES[name] ?? name;
    for (let hops = 0; hops < 4; hops++) {
      const next = this.#pool.nextVersionOf(current);
      if (next === undefined) break;
      current = next;
    }
    return this.#pool.message(current);
  }

  /** The v2 message that a v3 one grew from. */
  #former(desc: MessageDesc): MessageDesc | undefined {
    const name = FORMER_TYPES[desc.fullName] ?? desc.previousMessageType;
    return name === undefined ? undefined : this.#pool.message(name);
  }

  /**
   * Fields that the v3 message does not have: renamed by number, or rewritten by the table. A name that v3
   * gave to another field (`host_rewrite`) means the v2 one only where v2 is written anyway.
   */
  #ownFields(frame: Frame): void {
    const { desc, original } = frame;
    for (const key of Object.keys(original)) {
      const own = desc.field(key);
      if ((own !== undefined && !frame.v2) || key === '@type') continue;
      const former = this.#former(desc);
      const old = former?.field(key);
      if (former === undefined || old === undefined || old.number === own?.number) continue;
      const rule = V2_RULES[`${former.fullName}.${old.name}`];
      const same = desc.fieldByNumber(old.number);
      if (rule === undefined && same === undefined) continue;
      frame.v2 = true;
      this.#copy(frame);
      delete frame.out[key];
      const site = this.#site(frame, key, original[key]);
      if (rule !== undefined) rule(site);
      else if (same !== undefined) {
        site.set(same.name, original[key]);
        site.warn(`${same.name}: ${flow(original[key], 60)}`);
      }
    }
  }

  /** An extension's former name; and in v2 the name alone was enough. */
  #name(frame: Frame): void {
    const { name } = frame.out;
    if (typeof name !== 'string' || frame.desc.field('typed_config') === undefined) return;
    const category = this.#category(frame);
    const known = category === undefined ? undefined : v2Extension(category, name);
    if (known === undefined) return;
    const former = known.name !== name;
    const bare = !CONFIGURED.some((field) => spellings(field).some((key) => key in frame.out));
    if (!former && !(bare && frame.v2)) return;
    const out = this.#copy(frame);
    const place = placeOf({ up: frame.at, key: 'name' }, this.#file);
    let modern = `name: ${known.name}`;
    if (former) {
      out.name = known.name;
      this.#origins.setField(out, 'name', place);
    }
    if (bare) {
      const any = { '@type': `type.googleapis.com/${known.type}` };
      this.#origins.set(any, place);
      out.typed_config = any;
      modern += `, typed_config: ${flow(any)}`;
    }
    const message = former ? `${JSON.stringify(name)} is the former name` : 'a name alone is the v2 spelling';
    this.#warn({ up: frame.at, key: 'name' }, message, modern, false);
  }

  #category(frame: Frame): string | undefined {
    return extensionCategory(frame.desc.fullName, frame.up?.desc.fullName, frame.field);
  }

  #child(frame: Frame, key: string, field: FieldDesc): void {
    const value = frame.out[key];
    if (typeof value !== 'object' || value === null) {
      this.#enumValue(frame, key, field, value);
      return;
    }
    const at = this.#trail(frame, key);
    const made = field.map ? this.#map(frame, value, field, at) : this.#values(frame, value, field, at);
    if (made === value) return;
    this.#copy(frame)[key] = made;
  }

  /** Where an entry of a frame is in the text. */
  #trail(frame: Frame, key: PathSegment): Trail {
    const place = frame.out === frame.original ? undefined : this.#origins.field(frame.out, key);
    return place === undefined ? { up: frame.at, key } : { place };
  }

  #values(frame: Frame, value: object, field: FieldDesc, at: Trail): unknown {
    const type = field.message;
    if (type === undefined) return value;
    if (!Array.isArray(value)) return this.#message(type, value, at, frame, field.name);
    return this.#items(value, (item, i) => this.#message(type, item, { up: at, key: i }, frame, field.name));
  }

  #items(list: readonly unknown[], each: (item: unknown, i: number) => unknown): readonly unknown[] {
    let out: unknown[] | undefined;
    for (const [i, item] of list.entries()) {
      const made = each(item, i);
      if (made === item) continue;
      if (out === undefined) {
        out = [...list];
        const place = this.#origins.get(list as object);
        if (place !== undefined) this.#origins.set(out, place);
      }
      out[i] = made;
    }
    return out ?? list;
  }

  #map(frame: Frame, value: object, field: FieldDesc, at: Trail): unknown {
    const type = field.map?.value.message;
    if (type === undefined || !isRecord(value)) return value;
    const category = mapCategory(frame.desc.fullName, field.name);
    let changed = false;
    const out: Json = {};
    for (const [key, item] of Object.entries(value)) {
      const trail: Trail = { up: at, key };
      const name = (category && v2Extension(category, key)?.name) ?? key;
      if (name !== key) this.#warn(trail, `${JSON.stringify(key)} is the former name`, `${name}: ...`);
      const made = this.#message(type, item, trail, frame, field.name);
      out[name] = made;
      if (name === key && made === item) continue;
      changed = true;
      if (isRecord(made) && this.#origins.get(made) === undefined) {
        this.#origins.set(made, placeOf(trail, this.#file));
      }
    }
    if (!changed) return value;
    this.#origins.set(out, placeOf(at, this.#file));
    return out;
  }

  /** Enum values that were renamed keep their number. */
  #enumValue(frame: Frame, key: string, field: FieldDesc, value: unknown): void {
    if (field.enum === undefined || typeof value !== 'string' || field.enum.byName(value) !== undefined)
      return;
    const former = this.#former(frame.desc)?.fieldByNumber(field.number)?.enum;
    if (former === undefined) return;
    const number = former.byName(value);
    const modern =
      ENUM_VALUES[`${former.fullName}.${value}`] ??
      (number === undefined ? undefined : field.enum.byNumber(number));
    if (modern === undefined) return;
    this.#copy(frame)[key] = modern;
    this.#origins.setField(frame.out, key, placeOf({ up: frame.at, key }, this.#file));
    this.#warn({ up: frame.at, key }, `${value} is the v2 spelling`, `${key}: ${modern}`, false);
  }

  /** The frame's result, made a copy of the original by the first change. */
  #copy(frame: Frame): Json {
    if (frame.out === frame.original) {
      frame.out = { ...frame.original };
      this.#origins.set(frame.out, placeOf(frame.at, this.#file));
    }
    return frame.out;
  }

  #warn(at: Trail, message: string, modern: string, keyError = true): void {
    const { file, path } = placeOf(at, this.#file);
    this.#diagnostics.warning(path, 'v2', message, { suggestion: modern, keyError, file, original: true });
  }

  /** Notes where the pieces of a former field are, before a rule puts them elsewhere. */
  #claim(value: unknown, at: Trail): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, piece] of Object.entries(value)) {
      if (typeof piece !== 'object' || piece === null || this.#origins.get(piece) !== undefined) continue;
      this.#origins.set(
        piece,
        placeOf({ up: at, key: Array.isArray(value) ? Number(key) : key }, this.#file),
      );
    }
  }

  #site(frame: Frame, key: string, value: unknown): Site {
    const at: Trail = { up: frame.at, key };
    this.#claim(value, at);
    const mark = (object: unknown, trail: Trail): void => {
      if (typeof object !== 'object' || object === null || this.#origins.get(object) !== undefined) return;
      const place = placeOf(trail, this.#file);
      this.#origins.set(object, place);
      for (const [name, inner] of Object.entries(object)) {
        if (typeof inner === 'object') mark(inner, trail);
        else if (isRecord(value) && value[name] === inner) continue;
        else this.#origins.setField(object, Array.isArray(object) ? Number(name) : name, place);
      }
    };
    const get = (field: string): unknown => {
      for (const spelling of spellings(field)) {
        if (spelling in frame.original) return frame.original[spelling];
        if (spelling in frame.out) return frame.out[spelling];
      }
      return undefined;
    };
    return {
      value,
      category: this.#category(frame),
      get,
      from: (piece, ...path) => {
        const place = placeOf(at, this.#file);
        if (typeof piece === 'object' && piece !== null && this.#origins.get(piece) === undefined) {
          this.#origins.set(piece, { file: place.file, path: [...place.path, ...path] });
        }
        return piece;
      },
      set: (field, made) => {
        const out = this.#copy(frame);
        const present = spellings(field).find((spelling) => spelling in out);
        if (made !== value) mark(made, at);
        if (typeof made !== 'object' || made === null || made === value) {
          this.#origins.setField(out, present ?? field, placeOf(at, this.#file));
        }
        out[present ?? field] =
          present === undefined ? made : this.#merge(out[present], made, frame, present);
      },
      warn: (modern, note) =>
        this.#warn(at, note === undefined ? 'is the v2 spelling' : `is the v2 spelling (${note})`, modern),
      refuse: (message, expected) => {
        const { file, path } = placeOf(at, this.#file);
        this.#diagnostics.error(path, 'v2-removed', message, {
          expected,
          keyError: true,
          file,
          original: true,
        });
      },
      enclosing: (message) => {
        for (let f: Frame | undefined = frame.up; f !== undefined; f = f.up) {
          if (f.desc.fullName === message) return this.#site(f, key, undefined);
        }
        return undefined;
      },
    };
  }

  /** Several former fields may end in one: lists are joined, messages get both's fields. */
  #merge(present: unknown, made: unknown, frame: Frame, key: string): unknown {
    if (Array.isArray(present) && Array.isArray(made)) {
      const place = placeOf({ up: frame.at, key }, this.#file);
      const out = [...present, ...made];
      for (const [i, item] of out.entries()) {
        if (typeof item === 'object' && item !== null && this.#origins.get(item) === undefined) {
          this.#origins.set(item, { file: place.file, path: [...place.path, i] });
        }
      }
      return out;
    }
    if (!isRecord(present) || !isRecord(made)) return made;
    const out = { ...made, ...present };
    const place = placeOf({ up: frame.at, key }, this.#file);
    this.#origins.set(out, this.#origins.get(present) ?? place);
    for (const name of Object.keys(made)) {
      const inner = this.#origins.field(made, name);
      if (!(name in present) && inner !== undefined) this.#origins.setField(out, name, inner);
    }
    return out;
  }
}

/** What makes an extension's settings complete; without any of them its name stood alone. */
const CONFIGURED = ['typed_config', 'config_discovery', 'config', 'hidden_envoy_deprecated_config'];
