import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import { extensionCategory, mapCategory } from './extension_sites.ts';
import { ANY_TYPE, typeNameOf } from './message.ts';
import { TYPE_ALIASES, v2Extension } from './v2_names.ts';
import { isRecord, type Json } from './v2_rules.ts';

/**
 * Whether nothing in the plain value of a message can be in v2's spelling: nearly always, and then the
 * upgrade, which keeps an account of every place, is left out. In doubt the answer is no.
 */
export class Modern {
  readonly #pool: DescriptorPool;

  constructor(pool: DescriptorPool) {
    this.#pool = pool;
  }

  /** `parent` and `field`: what holds the message. */
  message(desc: MessageDesc, value: unknown, parent?: MessageDesc, field?: FieldDesc): boolean {
    if (!isRecord(value)) return true;
    if (desc.wellKnown) return desc.fullName !== ANY_TYPE || this.#any(value, parent, field);
    for (const key in value) {
      if (key === '@type') continue;
      const own = desc.field(key);
      if (own === undefined || !this.#field(desc, own, value[key])) return false;
    }
    const { name } = value;
    if (typeof name !== 'string' || desc.field('typed_config') === undefined) return true;
    return isCurrent(extensionCategory(desc.fullName, parent?.fullName, field?.name), name);
  }

  #any(value: Json, parent?: MessageDesc, field?: FieldDesc): boolean {
    const url = value['@type'];
    if (typeof url !== 'string') return true;
    const type = typeNameOf(url);
    if (type.endsWith('.TypedStruct') || TYPE_ALIASES[type] !== undefined) return false;
    if (this.#pool.nextVersionOf(type) !== undefined) return false;
    const desc = this.#pool.message(type);
    return desc === undefined || this.message(desc, value, parent, field);
  }

  #field(desc: MessageDesc, field: FieldDesc, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      return typeof value !== 'string' || field.enum === undefined || field.enum.byName(value) !== undefined;
    }
    if (field.map !== undefined) return this.#map(desc, field, field.map.value, value);
    const type = field.message;
    if (type === undefined) return true;
    if (!Array.isArray(value)) return this.message(type, value, desc, field);
    return value.every((item) => this.message(type, item, desc, field));
  }

  #map(desc: MessageDesc, field: FieldDesc, item: FieldDesc, value: object): boolean {
    const category = mapCategory(desc.fullName, field.name);
    return Object.entries(value).every(([key, one]) => {
      if (!isCurrent(category, key)) return false;
      return item.message === undefined || this.message(item.message, one, desc, field);
    });
  }
}

/** Not a former name of an extension. */
function isCurrent(category: string | undefined, name: string): boolean {
  const known = category === undefined ? undefined : v2Extension(category, name);
  return known === undefined || known.name === name;
}
