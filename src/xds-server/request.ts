import { createHash } from 'node:crypto';
import protobuf from 'protobufjs/minimal.js';
import { DescriptorPool } from '../api/descriptor.ts';
import { encodeJson } from '../api/json_encode.ts';
import type { Message } from '../api/message.ts';
import { decodeWire, WireError } from '../api/wire.ts';
import type { NodeInfo } from './view.ts';

/** Why a client refuses a response. */
export type ErrorDetail = { readonly code: number; readonly message: string };

type Common = {
  readonly typeUrl: string;
  /** Of the first request of a stream at least. */
  readonly node: NodeInfo | undefined;
  readonly responseNonce: string;
  /** There in a NACK. */
  readonly error: ErrorDetail | undefined;
};

/** A DiscoveryRequest. */
export type SotwRequest = Common & {
  readonly protocol: 'sotw';
  readonly versionInfo: string;
  /** Equal lists of names are one object, whichever stream they came from. */
  readonly names: ReadonlySet<string>;
};

/** A DeltaDiscoveryRequest. */
export type DeltaRequest = Common & {
  readonly protocol: 'delta';
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** What the client has, from an earlier stream. */
  readonly initialVersions: ReadonlyMap<string, string>;
};

export type Request = SotwRequest | DeltaRequest;

const NODE = 'envoy.config.core.v3.Node';
const STATUS = 'google.rpc.Status';
const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Names that clients of state-of-the-world streams repeat in every request: a hundred of them may ask for the
 * same ten thousand. The bytes are compared, and the names kept once.
 */
export class NameSets {
  readonly #sets = new Map<string, WeakRef<ReadonlySet<string>>>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.#sets.get(key)?.deref() === undefined) this.#sets.delete(key);
  });

  /** `bytes`: the fields as they came. */
  of(bytes: readonly Uint8Array[], read: () => readonly string[]): ReadonlySet<string> {
    if (bytes.length === 0) return NO_NAMES;
    const hash = createHash('sha1');
    for (const part of bytes) hash.update(part);
    const key = hash.digest('base64');
    let set = this.#sets.get(key)?.deref();
    if (set === undefined) {
      set = new Set(read());
      this.#sets.set(key, new WeakRef(set));
      this.#gone.register(set, key);
    }
    return set;
  }
}

/** Where a run of fields with one number is. */
type Run = { readonly begin: number; end: number };

type Fields = {
  readonly text: Map<number, string>;
  readonly parts: Map<number, Uint8Array[]>;
  readonly runs: Run[];
};

/** Walks over a message: `texts` are read, `parts` kept as bytes, of `runs` only the places are noted. */
function walk(bytes: Buffer, texts: readonly number[], parts: readonly number[], runs: number): Fields {
  const reader = protobuf.Reader.create(bytes);
  const found: Fields = { text: new Map(), parts: new Map(), runs: [] };
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    const tag = reader.uint32();
    const number = tag >>> 3;
    if (number === 0 || (tag & 7) === 4) throw new WireError('a field that cannot be');
    if ((tag & 7) !== 2) reader.skipType(tag & 7, 0, number);
    else if (texts.includes(number)) found.text.set(number, reader.string());
    else if (parts.includes(number)) {
      const list = found.parts.get(number);
      if (list === undefined) found.parts.set(number, [reader.bytes()]);
      else list.push(reader.bytes());
    } else {
      reader.skip(reader.uint32());
      const last = found.runs.at(-1);
      if (number !== runs) continue;
      if (last?.end === begin) last.end = reader.pos;
      else found.runs.push({ begin, end: reader.pos });
    }
  }
  return found;
}

function guarded<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(`not a ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nodeOf(parts: readonly Uint8Array[] | undefined): NodeInfo | undefined {
  const bytes = parts?.at(-1);
  if (bytes === undefined) return undefined;
  const pool = DescriptorPool.load();
  return nodeInfo(decodeWire(pool, NODE, bytes));
}

/** A decoded envoy.config.core.v3.Node as programs see it. */
export function nodeInfo(message: Message): NodeInfo {
  return { id: '', cluster: '', ...(encodeJson(DescriptorPool.load(), message) as Partial<NodeInfo>) };
}

function errorOf(parts: readonly Uint8Array[] | undefined): ErrorDetail | undefined {
  const bytes = parts?.at(-1);
  if (bytes === undefined) return undefined;
  const { code, message } = decodeWire(DescriptorPool.load(), STATUS, bytes);
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : '',
  };
}

const texts = (parts: readonly Uint8Array[] | undefined): string[] =>
  (parts ?? []).map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));

/** Reads a DiscoveryRequest. Throws WireError. */
export function readSotw(bytes: Buffer, names: NameSets): SotwRequest {
  return guarded('DiscoveryRequest', () => {
    const { text, parts, runs } = walk(bytes, [1, 4, 5], [2, 6], 3);
    const pieces = runs.map(({ begin, end }) => bytes.subarray(begin, end));
    const read = (): string[] => pieces.flatMap((piece) => texts(walk(piece, [], [3], 0).parts.get(3)));
    return {
      protocol: 'sotw',
      versionInfo: text.get(1) ?? '',
      typeUrl: text.get(4) ?? '',
      responseNonce: text.get(5) ?? '',
      node: nodeOf(parts.get(2)),
      error: errorOf(parts.get(6)),
      names: names.of(pieces, read),
    };
  });
}

/** Reads a DeltaDiscoveryRequest. Throws WireError. */
export function readDelta(bytes: Buffer): DeltaRequest {
  return guarded('DeltaDiscoveryRequest', () => {
    const { text, parts } = walk(bytes, [2, 6], [1, 3, 4, 5, 7], 0);
    const initialVersions = new Map<string, string>();
    for (const entry of parts.get(5) ?? []) {
      const pair = walk(Buffer.from(entry.buffer, entry.byteOffset, entry.length), [1, 2], [], 0).text;
      initialVersions.set(pair.get(1) ?? '', pair.get(2) ?? '');
    }
    return {
      protocol: 'delta',
      typeUrl: text.get(2) ?? '',
      responseNonce: text.get(6) ?? '',
      node: nodeOf(parts.get(1)),
      error: errorOf(parts.get(7)),
      subscribe: texts(parts.get(3)),
      unsubscribe: texts(parts.get(4)),
      initialVersions,
    };
  });
}
