import type { CompiledResource } from './compiled.ts';
import { ResourcePacker } from './packed_resource.ts';

/** The memory of an answer of the configuration thread: both buffers are transferred, not copied. */
export type Packed = {
  /** Bytes of messages, which are kept for /config_dump. */
  readonly kept: ArrayBuffer;
  /** Compiled resources, which are let go once they are published. */
  readonly passing: ArrayBuffer;
};

type Holder = Record<string | number, unknown>;
type Place = { readonly holder: Holder; readonly key: string | number };

/**
 * Moves all byte arrays of a plain value into one buffer and its compiled resources, as bytes, into another,
 * in place: two transfers instead of one for each, and far fewer objects. The value must be the caller's own.
 */
export function pack(value: unknown): Packed {
  const bytes: (Place & { readonly bytes: Uint8Array })[] = [];
  const resources: (Place & { readonly resource: CompiledResource })[] = [];
  const visit = (holder: Holder, key: string | number): void => {
    const child = holder[key];
    if (typeof child !== 'object' || child === null) return;
    if (child instanceof Uint8Array) bytes.push({ holder, key, bytes: child });
    else if (isCompiled(child)) resources.push({ holder, key, resource: child });
    else if (Array.isArray(child))
      for (let i = 0; i < child.length; i++) visit(child as unknown as Holder, i);
    else if (isPlain(child)) for (const name in child) visit(child as Holder, name);
  };
  visit({ value }, 'value');
  return { kept: packBytes(bytes), passing: packResources(resources) };
}

function packBytes(places: readonly (Place & { readonly bytes: Uint8Array })[]): ArrayBuffer {
  // Parts of a buffer that is there as a whole (a cluster in the bootstrap) are not copied again.
  const wholes = new Map<ArrayBufferLike, number>();
  let size = 0;
  for (const { bytes } of places) {
    if (bytes.length === 0 || bytes.length < bytes.buffer.byteLength || wholes.has(bytes.buffer)) continue;
    wholes.set(bytes.buffer, size);
    size += aligned(bytes.length);
  }
  for (const { bytes } of places) if (!wholes.has(bytes.buffer)) size += aligned(bytes.length);
  const buffer = new ArrayBuffer(size);
  let end = 0;
  for (const [whole, at] of wholes) {
    new Uint8Array(buffer, at).set(new Uint8Array(whole));
    end = at + aligned(whole.byteLength);
  }
  for (const { holder, key, bytes } of places) {
    const whole = wholes.get(bytes.buffer);
    const view = new Uint8Array(buffer, whole === undefined ? end : whole + bytes.byteOffset, bytes.length);
    holder[key] = view;
    if (whole !== undefined) continue;
    view.set(bytes);
    end += aligned(bytes.length);
  }
  return buffer;
}

function packResources(places: readonly (Place & { readonly resource: CompiledResource })[]): ArrayBuffer {
  const packer = new ResourcePacker();
  const ends = places.map(({ resource }) => packer.add(resource));
  const buffer = packer.finish();
  places.forEach(({ holder, key }, i) => {
    const begin = i === 0 ? 0 : (ends[i - 1] as number);
    holder[key] = new Uint8Array(buffer, begin, (ends[i] as number) - begin);
  });
  return buffer;
}

const aligned = (size: number): number => (size + 7) & ~7;

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

const isCompiled = (value: object): value is CompiledResource =>
  Array.isArray((value as { records?: unknown }).records);
