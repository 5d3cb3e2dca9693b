/** The hash of a domain (bytes, in lower case) as native/route/hash.h computes it while matching. */
export function hashLowered(bytes: Uint8Array): number {
  const n = bytes.length;
  let h = Math.imul(n, 0xcc9e2d51);
  let i = 0;
  for (; i + 4 <= n; i += 4) h = mix(h, word(bytes, i, 4));
  if (i < n) h = mix(h, word(bytes, i, n - i));
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function word(bytes: Uint8Array, at: number, count: number): number {
  let v = 0;
  for (let k = 0; k < count; k++) v |= (bytes[at + k] as number) << (8 * k);
  return v;
}

function mix(h: number, v: number): number {
  const m = Math.imul(h ^ v, 0x85ebca6b);
  return m ^ (m >>> 15);
}

/** Open addressing over a power of two, at most half full: 0 is free, else 1 + the hash's number. */
export function openAddressing(hashes: readonly number[]): Uint32Array {
  let size = 4;
  while (size < hashes.length * 2) size *= 2;
  const slots = new Uint32Array(size);
  hashes.forEach((hash, number) => {
    let i = hash & (size - 1);
    while (slots[i] !== 0) i = (i + 1) & (size - 1);
    slots[i] = number + 1;
  });
  return slots;
}

/** The slots of texts, in lower case. */
export const hashSlots = (keys: readonly Uint8Array[]): Uint32Array => openAddressing(keys.map(hashLowered));
