/** Rings and tables as Envoy documents them, made and looked through the slow way. */
import { xxhash64 } from '../../src/xxhash64.ts';

export type Shared = { readonly key: string; readonly share: number };
type Find = (hash: bigint) => number;
type Hash = (text: string) => bigint;

const MASK = 0xffffffffffffffffn;
const MUL = 0xc6a4a7935bd1e995n;

/** MurmurHash2 with 64 bits and the seed of libstdc++. */
export function murmur2(text: string): bigint {
  const bytes = Buffer.from(text);
  const fold = (v: bigint): bigint => v ^ (v >> 47n);
  let hash = 0xc70f6907n ^ ((BigInt(bytes.length) * MUL) & MASK);
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const word = (bytes.readBigUInt64LE(at) * MUL) & MASK;
    hash = ((hash ^ ((fold(word) * MUL) & MASK)) * MUL) & MASK;
  }
  let rest = 0n;
  for (let i = bytes.length - 1; i >= at; i--) rest = (rest << 8n) | BigInt(bytes[i] as number);
  if (at < bytes.length) hash = ((hash ^ rest) * MUL) & MASK;
  return fold((fold(hash) * MUL) & MASK);
}

/** The number of the host whose point on the ring comes next. */
export function ring(hosts: readonly Shared[], least: number, most: number, hash: Hash): Find {
  const smallest = Math.min(...hosts.map(({ share }) => share));
  const scale = Math.min(Math.ceil(smallest * least) / smallest, most);
  const points: { readonly at: bigint; readonly host: number }[] = [];
  let wanted = 0;
  for (const [host, { key, share }] of hosts.entries()) {
    wanted += scale * share;
    for (let i = 0; points.length < wanted; i++) points.push({ at: hash(`${key}_${i}`), host });
  }
  points.sort((a, b) => (a.at < b.at ? -1 : 1));
  return (wantedHash) => (points.find(({ at }) => at >= wantedHash) ?? points[0])?.host ?? -1;
}

/** XXH64 with seed 1 is what the tables step by. */
export function maglev(hosts: readonly Shared[], size: number): Find {
  const places = BigInt(size);
  const most = Math.max(...hosts.map(({ share }) => share));
  const claims = hosts
    .map(({ key, share }, host) => ({
      key,
      share,
      host,
      at: xxhash64(key) % places,
      step: (xxhash64(key, 1n) % (places - 1n)) + 1n,
      target: 0,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const table = new Map<bigint, number>();
  for (let round = 1; table.size < size; round++) {
    for (const claim of claims) {
      if (table.size === size || round * claim.share < claim.target) continue;
      claim.target += most;
      while (table.has(claim.at)) claim.at = (claim.at + claim.step) % places;
      table.set(claim.at, claim.host);
    }
  }
  return (hash) => table.get(hash % places) ?? -1;
}
