const MASK = 0xffffffffffffffffn;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const rotl = (x: bigint, r: bigint): bigint => ((x << r) | (x >> (64n - r))) & MASK;
const round = (acc: bigint, lane: bigint): bigint => (rotl((acc + lane * P2) & MASK, 31n) * P1) & MASK;
const merge = (hash: bigint, acc: bigint): bigint => ((hash ^ round(0n, acc)) * P1 + P4) & MASK;

/** XXH64 of a text: what Envoy shows of a version in its `version` gauges. For short texts. */
export function xxhash64(text: string, seed = 0n): bigint {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  let hash = (seed + P5) & MASK;
  if (bytes.length >= 32) {
    let [a, b, c, d] = [seed + P1 + P2, seed + P2, seed, seed - P1].map((lane) => lane & MASK) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    for (; at + 32 <= bytes.length; at += 32) {
      a = round(a, bytes.readBigUInt64LE(at));
      b = round(b, bytes.readBigUInt64LE(at + 8));
      c = round(c, bytes.readBigUInt64LE(at + 16));
      d = round(d, bytes.readBigUInt64LE(at + 24));
    }
    hash = (rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n)) & MASK;
    for (const acc of [a, b, c, d]) hash = merge(hash, acc);
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotl(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((BigInt(bytes.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++)
    hash = (rotl(hash ^ ((BigInt(bytes[at] as number) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}
