import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { statsHash } from '../stats/generated/groups.ts';
import { layoutHash } from '../tables/generated/hash.ts';
import type { NativeAddon, RecordInput } from './native.ts';

/** This system has no addon, or not that of this code; the message says what there is. */
export class UnsupportedPlatform extends Error {}

/** Which C library this node runs on. (process.report knows it too, and takes 10 ms to say so.) */
function libc(): 'glibc' | 'musl' {
  try {
    return /\/(?:ld-musl-|libc\.musl-)/.test(readFileSync('/proc/self/maps', 'latin1')) ? 'musl' : 'glibc';
  } catch {
    return 'glibc';
  }
}

/** The folder of prebuilds/ for this process. */
export function platformName(): string {
  return `${process.platform}-${process.arch}${libc() === 'musl' ? '-musl' : ''}`;
}

/** Finds the addon of this platform. */
function addonPath(): string {
  const name = platformName();
  const folder = join(packageRoot, 'prebuilds');
  const file = join(folder, name, 'attache.node');
  if (existsSync(file)) return file;
  const built = existsSync(folder) ? readdirSync(folder).join(', ') : '';
  throw new UnsupportedPlatform(
    `attache has no native part for ${name} (it is built for ${built || 'nothing yet'}). ` +
      'It supports linux on x64 and arm64, with glibc or musl; `npm run build` builds it for this system.',
  );
}

let loaded: NativeAddon | undefined;

/** The native addon; loaded once per thread. Throws UnsupportedPlatform with a text for the user. */
export function loadAddon(): NativeAddon {
  if (loaded !== undefined) return loaded;
  const path = addonPath();
  const addon = createRequire(import.meta.url)(path) as NativeAddon;
  // Records and statistics of another layout would be read as something else, or refused one by one.
  if (addon.layoutHash !== layoutHash || addon.statsHash !== statsHash)
    throw new UnsupportedPlatform(
      `the native part (${path}) is of another version than the rest of attache: they have to be of one build, ` +
        'so install the package again, or run `npm run build`.',
    );
  loaded = addon;
  return loaded;
}

/** A refusal of the verifier: a bug of a compiler, never of a configuration. */
export class RecordRefused extends Error {}

const SLAB_BYTES = 256 << 20;
const NEED_SLAB = 'needSlab';

/** The primary's handle on the data plane: slabs grow by themselves, refusals are thrown. */
export class Engine {
  readonly native: NativeAddon;
  readonly #slabBytes: number;

  constructor(native: NativeAddon, slabBytes = SLAB_BYTES) {
    this.native = native;
    this.#slabBytes = slabBytes;
  }

  get slabBytes(): number {
    return this.#slabBytes;
  }

  /** Publishes a batch, all or nothing; the references of its records in order. */
  publish(records: readonly RecordInput[]): Uint32Array {
    let answer = this.native.publish(records);
    if (answer === NEED_SLAB) {
      this.native.addSlab(new SharedArrayBuffer(this.#slabBytes));
      answer = this.native.publish(records);
    }
    if (typeof answer === 'string') throw new RecordRefused(answer);
    return answer;
  }
}
