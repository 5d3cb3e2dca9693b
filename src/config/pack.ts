/**
 * Moves all byte arrays of a plain value into one buffer, in place, and answers it: one transfer
 * instead of one for each, and no copy. The value must be the caller's own.
 */
export function packBytes(value: unknown): ArrayBuffer {
  const places: { holder: Record<string | number, unknown>; key: string | number; bytes: Uint8Array }[] = [];
  let size = 0;
  const walk = (holder: Record<string | number, unknown>): void => {
    for (const key of Object.keys(holder)) {
      const child = holder[key];
      if (child instanceof Uint8Array) {
        places.push({ holder, key, bytes: child });
        size += (child.length + 7) & ~7;
      } else if (Array.isArray(child) || (typeof child === 'object' && child !== null && isPlain(child))) {
        walk(child as Record<string | number, unknown>);
      }
    }
  };
  if (typeof value === 'object' && value !== null) walk(value as Record<string | number, unknown>);
  const buffer = new ArrayBuffer(size);
  let at = 0;
  for (const { holder, key, bytes } of places) {
    const view = new Uint8Array(buffer, at, bytes.length);
    view.set(bytes);
    holder[key] = view;
    at += (bytes.length + 7) & ~7;
  }
  return buffer;
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;
