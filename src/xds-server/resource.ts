import crypto from 'node:crypto';
import { DescriptorPool } from '../api/descriptor.ts';
import { type Diagnostic, Diagnostics, formatPath, type Path } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import { encodeJson } from '../api/json_encode.ts';
import { type Message, TYPE_URL_PREFIX } from '../api/message.ts';
import { validate } from '../api/validate.ts';
import type { Json } from '../api/well_known.ts';
import { decodeWire, encodeWire } from '../api/wire.ts';
import { type ResourceKind, type TypeInfo, typeFrom, typeOf } from './resource_types.ts';
import {
  bytesPart,
  durationBytes,
  messagePart,
  type Part,
  putPart,
  sizeOfPart,
  textPart,
} from './wire_parts.ts';

/** One thing that is wrong with a resource. */
export type ResourceFinding = {
  /** `clusters[2].connect_timeout` */
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
};

/** Resources that Envoy's API does not allow, with everything that is wrong. */
export class ResourceError extends Error {
  readonly findings: readonly ResourceFinding[];
  /** The same for those who can say more of the places. */
  readonly #diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], text?: string) {
    const findings = diagnostics.filter(({ severity }) => severity === 'error').map(findingOf);
    super(text ?? findings.map(sentence).join('\n'));
    this.name = 'ResourceError';
    this.findings = findings;
    this.#diagnostics = diagnostics;
  }

  /** What an error of this kind is about. */
  static diagnosticsOf(error: ResourceError): readonly Diagnostic[] {
    return error.#diagnostics;
  }
}

/** One thing to say about a resource. */
export function problem(path: Path, message: string): Diagnostic {
  return { severity: 'error', code: 'resource', path, message };
}

function findingOf({ path, message, expected, suggestion }: Diagnostic): ResourceFinding {
  return {
    path: formatPath(path),
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function sentence({ path, message, expected, suggestion }: ResourceFinding): string {
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `${path}: ${message}${expected === undefined ? '' : ` (expected ${expected})`}${hint}`;
}

export type ResourceOptions = {
  /** Where the message has none, or another one. */
  readonly name?: string;
  /** Default: a hash of the content. */
  readonly version?: string;
  /** Clients drop the resource when they have not heard of it for so long; the server repeats it in time. */
  readonly ttlMs?: number;
  /** Other names that a client may ask for it by: VHDS, `<route table>/<host name>`. */
  readonly aliases?: readonly string[];
};

const WRAPPER_URL = `${TYPE_URL_PREFIX}envoy.service.discovery.v3.Resource`;

/** The field that holds the message of a resource: the same in DiscoveryResponse and in Resource. */
const RESOURCES = 2;

/**
 * A resource in one version: encoded once, when it is made. All streams send the same bytes. It does not
 * change.
 */
export class Resource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
  /** The message on the wire. */
  readonly bytes: Uint8Array;
  /** `resources` of a DeltaDiscoveryResponse with this one; ends with that of a DiscoveryResponse. */
  readonly #delta: Buffer;
  readonly #plain: Buffer;
  #wrapped: Buffer | undefined;

  /** `bytes`: the message of the type; not to be changed afterwards. */
  constructor(typeUrl: string, name: string, bytes: Uint8Array, options: Omit<ResourceOptions, 'name'> = {}) {
    this.typeUrl = typeUrl;
    this.name = name;
    this.ttlMs = options.ttlMs;
    this.aliases = options.aliases ?? [];
    this.version = options.version ?? hashOf(bytes);
    const any = messagePart(RESOURCES, [textPart(1, typeUrl), bytesPart(2, bytes)]);
    const whole = messagePart(RESOURCES, [textPart(1, this.version), ...this.#parts(), any]);
    this.#delta = Buffer.allocUnsafe(sizeOfPart(whole));
    putPart(this.#delta, 0, whole);
    this.#plain = this.#delta.subarray(this.#delta.length - sizeOfPart(any));
    this.bytes = this.#delta.subarray(this.#delta.length - bytes.length);
  }

  /**
   * A resource of a kind (`clusters`) or a type URL, from plain JSON (proto3's, in either spelling) or from
   * the bytes of its message. Throws ResourceError; `path` is what its paths begin with.
   */
  static of(
    type: ResourceKind | (string & {}),
    value: object,
    options: ResourceOptions = {},
    path: Path = [],
  ): Resource {
    const info = typeFrom(type);
    const [bytes, own] = value instanceof Uint8Array ? [value, undefined] : encode(info, value, path);
    const name = options.name ?? (own === undefined ? nameIn(info, bytes) : nameOf(info, own));
    if (name === undefined || name === '') {
      throw new ResourceError([problem(path, `has no ${info.nameField}, and none is given beside it`)]);
    }
    // Envoy removes it by this name, and finds its table by what is before the slash.
    if (info.namespaced && !name.includes('/'))
      throw new ResourceError([problem([...path, info.nameField], 'is not "<route table>/<name>"')]);
    return new Resource(info.typeUrl, name, bytes, options);
  }

  /** The same for clients: nothing is to be sent when one takes the other's place. */
  equals(other: Resource): boolean {
    if (this === other) return true;
    return (
      this.version === other.version &&
      this.ttlMs === other.ttlMs &&
      this.aliases.length === other.aliases.length &&
      this.aliases.every((alias, i) => alias === other.aliases[i])
    );
  }

  /** `resources` of a DiscoveryResponse: tag, length, Any. One with a time to live is wrapped, to say so. */
  get sotwField(): Buffer {
    if (this.ttlMs === undefined) return this.#plain;
    const content = this.#content(this.#delta);
    this.#wrapped ??= written(messagePart(RESOURCES, [textPart(1, WRAPPER_URL), bytesPart(2, content)]));
    return this.#wrapped;
  }

  /** `resources` of a DeltaDiscoveryResponse. */
  get deltaField(): Buffer {
    return this.#delta;
  }

  /** `resources` of a DeltaDiscoveryResponse that says only that it is still there. */
  get heartbeat(): Buffer {
    return written(messagePart(RESOURCES, [textPart(1, this.version), ...this.#parts()]));
  }

  /** The decoded message. Throws WireError when the bytes are none of the type. */
  message(): Message {
    return decodeWire(DescriptorPool.load(), typeOf(this.typeUrl).message, this.bytes);
  }

  /** The message as plain proto3 JSON, with the names of the .proto files. */
  json(): Json {
    return encodeJson(DescriptorPool.load(), this.message());
  }

  #parts(): Part[] {
    const parts = [textPart(3, this.name), ...this.aliases.map((alias) => textPart(4, alias))];
    return this.ttlMs === undefined ? parts : [...parts, bytesPart(6, durationBytes(this.ttlMs))];
  }

  /** What is in a field, without its tag and length. */
  #content(field: Buffer): Buffer {
    let at = 1;
    while ((field[at] as number) > 127) at++;
    return field.subarray(at + 1);
  }
}

/** What tells a client that a name (an alias) stands for nothing: VHDS. */
export function nothingBehind(name: string): Buffer {
  return written(messagePart(RESOURCES, [textPart(3, name), textPart(4, name)]));
}

function written(part: Part): Buffer {
  const out = Buffer.allocUnsafe(sizeOfPart(part));
  putPart(out, 0, part);
  return out;
}

type Hash = (algorithm: string, data: Uint8Array, encoding: 'base64url') => string;
/** In one step, where Node has it (from 20.12 on). */
const { hash: hashAtOnce } = crypto as unknown as { readonly hash?: Hash };

/** Short for a text of its own: 96 bits. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const [first] = parts;
  if (hashAtOnce !== undefined && parts.length === 1 && first instanceof Uint8Array)
    return hashAtOnce('sha1', first, 'base64url').slice(0, 16);
  const hash = crypto.createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}

function encode(info: TypeInfo, value: object, path: Path): readonly [Uint8Array, Message] {
  const pool = DescriptorPool.load();
  if (pool.message(info.message) === undefined) {
    const message = `there is no message ${info.message} in Envoy's API: give its bytes`;
    throw new ResourceError([problem(path, message)]);
  }
  const diagnostics = new Diagnostics();
  const message = decodeJson(pool, info.message, value, { diagnostics, path });
  validate(pool, message, path, diagnostics);
  if (diagnostics.hasErrors) throw new ResourceError(diagnostics.list);
  return [encodeWire(pool, message), message];
}

function nameIn(info: TypeInfo, bytes: Uint8Array): string | undefined {
  return nameOf(info, decodeWire(DescriptorPool.load(), info.message, bytes));
}

function nameOf({ nameField }: TypeInfo, message: Message): string | undefined {
  const name = message[nameField];
  return typeof name === 'string' ? name : undefined;
}
