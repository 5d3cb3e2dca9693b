import protobuf from 'protobufjs/minimal.js';

/**
 * The envelopes of envoy.service.discovery.v3 on the wire. They are read and written by the numbers of their
 * fields: the resources in them stay the bytes that came, and no descriptor is needed for what did not change.
 */
type Reader = protobuf.Reader;

/** Bytes that are not a response. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

/** One resource of a response. */
export type WireResource = {
  readonly name: string;
  /** Of delta's resources; those of a state of the world have that of the response. */
  readonly version: string;
  readonly typeUrl: string;
  /** The message itself; absent: a heartbeat, which only renews the time to live. */
  readonly bytes: Uint8Array | undefined;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
};

/** envoy.service.discovery.v3.DiscoveryResponse or DeltaDiscoveryResponse. */
export type DiscoveryResponse = {
  readonly typeUrl: string;
  /** A state of the world: of types that are asked for as a whole, what is not in it is gone. */
  readonly full: boolean;
  /** version_info, or system_version_info, which is for people. */
  readonly version: string;
  readonly nonce: string;
  readonly resources: readonly WireResource[];
  /** Names; of delta only. */
  readonly removed: readonly string[];
  /** control_plane.identifier */
  readonly controlPlane: string | undefined;
};

const WRAPPER = 'type.googleapis.com/envoy.service.discovery.v3.Resource';

/** Calls `field` for each field of length-delimited or other wire type; what it does not read is skipped. */
function fields(reader: Reader, end: number, field: (number: number, wireType: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new EnvelopeError('a field with the number 0');
    if (!field(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new EnvelopeError('a value that goes past the end of its message');
}

/** Reads a message in a message. */
function within(reader: Reader, field: (number: number, wireType: number) => boolean): void {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new EnvelopeError('cut off');
  fields(reader, end, field);
}

/** google.protobuf.Duration in ms. */
function duration(reader: Reader): number {
  let ms = 0;
  within(reader, (number, wireType) => {
    if (wireType !== 0) return false;
    if (number === 1) ms += Number(reader.int64()) * 1000;
    else if (number === 2) ms += reader.int32() / 1e6;
    else return false;
    return true;
  });
  return ms;
}

type Any = { typeUrl: string; value: Uint8Array };

/** google.protobuf.Any; its value is a part of the bytes that are read. */
function any(reader: Reader): Any {
  const read: Any = { typeUrl: '', value: new Uint8Array() };
  within(reader, (number, wireType) => {
    if (wireType !== 2) return false;
    if (number === 1) read.typeUrl = reader.string();
    else if (number === 2) read.value = reader.bytes();
    else return false;
    return true;
  });
  return read;
}

/** The name of a resource: the first field of every type of them. */
export function nameIn(bytes: Uint8Array): string {
  const reader = readerOf(bytes);
  let name = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) name = reader.string();
    else if (tag >>> 3 > 1 && name !== '') return name;
    else reader.skipType(tag & 7);
  }
  return name;
}

/** envoy.service.discovery.v3.Resource */
function wrapped(reader: Reader, end: number): WireResource {
  let name = '';
  let version = '';
  let ttlMs: number | undefined;
  let inner: Any | undefined;
  const aliases: string[] = [];
  fields(reader, end, (number, wireType) => {
    if (wireType !== 2) return false;
    if (number === 1) version = reader.string();
    else if (number === 2) inner = any(reader);
    else if (number === 3) name = reader.string();
    else if (number === 4) aliases.push(reader.string());
    else if (number === 6) ttlMs = duration(reader);
    else return false;
    return true;
  });
  return {
    name: name || (inner === undefined ? '' : safeName(inner.value)),
    version,
    typeUrl: inner?.typeUrl ?? '',
    bytes: inner?.value,
    ttlMs,
    aliases,
  };
}

const readerOf = (bytes: Uint8Array): Reader =>
  protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

/** What is not a message has no name; the compiler will say what is wrong with it. */
function safeName(bytes: Uint8Array): string {
  try {
    return nameIn(bytes);
  } catch {
    return '';
  }
}

/** A resource of a state of the world, out of its wrapper if it has one. */
function sotwResource({ typeUrl, value }: Any): WireResource {
  if (typeUrl === WRAPPER) return wrapped(readerOf(value), value.length);
  return { name: safeName(value), version: '', typeUrl, bytes: value, ttlMs: undefined, aliases: [] };
}

function controlPlane(reader: Reader): string {
  let identifier = '';
  within(reader, (number, wireType) => {
    if (number !== 1 || wireType !== 2) return false;
    identifier = reader.string();
    return true;
  });
  return identifier;
}

function guarded<T>(bytes: Uint8Array, read: (reader: Reader) => T): T {
  try {
    return read(readerOf(bytes));
  } catch (error) {
    if (error instanceof EnvelopeError) throw error;
    throw new EnvelopeError(error instanceof Error ? error.message : String(error));
  }
}

/** Throws EnvelopeError. The resources are parts of `bytes`. */
export function decodeSotw(bytes: Uint8Array): DiscoveryResponse {
  return guarded(bytes, (reader) => {
    let [version, typeUrl, nonce] = ['', '', ''];
    let identifier: string | undefined;
    const resources: WireResource[] = [];
    fields(reader, reader.len, (number, wireType) => {
      if (wireType !== 2) return false;
      if (number === 1) version = reader.string();
      else if (number === 2) resources.push(sotwResource(any(reader)));
      else if (number === 4) typeUrl = reader.string();
      else if (number === 5) nonce = reader.string();
      else if (number === 6) identifier = controlPlane(reader);
      else return false;
      return true;
    });
    return { typeUrl, full: true, version, nonce, resources, removed: [], controlPlane: identifier };
  });
}

/** Throws EnvelopeError. The resources are parts of `bytes`. */
export function decodeDelta(bytes: Uint8Array): DiscoveryResponse {
  return guarded(bytes, (reader) => {
    let [version, typeUrl, nonce] = ['', '', ''];
    let identifier: string | undefined;
    const resources: WireResource[] = [];
    const removed: string[] = [];
    fields(reader, reader.len, (number, wireType) => {
      if (wireType !== 2) return false;
      if (number === 1) version = reader.string();
      else if (number === 2) {
        const end = reader.uint32() + reader.pos;
        if (end > reader.len) throw new EnvelopeError('cut off');
        resources.push(wrapped(reader, end));
      } else if (number === 4) typeUrl = reader.string();
      else if (number === 5) nonce = reader.string();
      else if (number === 6) removed.push(reader.string());
      else if (number === 7) identifier = controlPlane(reader);
      else return false;
      return true;
    });
    return { typeUrl, full: false, version, nonce, resources, removed, controlPlane: identifier };
  });
}

/** google.rpc.Status with the code INTERNAL, as Envoy's. */
function status(writer: protobuf.Writer, tag: number, message: string): void {
  writer.uint32(tag).fork().uint32(8).int32(13).uint32(18).string(message).ldelim();
}

function strings(writer: protobuf.Writer, tag: number, values: Iterable<string>): void {
  for (const value of values) writer.uint32(tag).string(value);
}

export type SotwRequest = {
  readonly version: string;
  readonly node: Uint8Array | undefined;
  readonly names: Iterable<string>;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly error: string | undefined;
};

/** envoy.service.discovery.v3.DiscoveryRequest */
export function encodeSotw({ version, node, names, typeUrl, nonce, error }: SotwRequest): Uint8Array {
  const writer = protobuf.Writer.create();
  if (version !== '') writer.uint32(10).string(version);
  if (node !== undefined) writer.uint32(18).bytes(node);
  strings(writer, 26, names);
  writer.uint32(34).string(typeUrl);
  if (nonce !== '') writer.uint32(42).string(nonce);
  if (error !== undefined) status(writer, 50, error);
  return writer.finish();
}

export type DeltaRequest = {
  readonly node: Uint8Array | undefined;
  readonly typeUrl: string;
  readonly subscribe: Iterable<string>;
  readonly unsubscribe: Iterable<string>;
  readonly initial: Iterable<readonly [name: string, version: string]>;
  readonly nonce: string;
  readonly error: string | undefined;
};

/** envoy.service.discovery.v3.DeltaDiscoveryRequest */
export function encodeDelta(request: DeltaRequest): Uint8Array {
  const { node, typeUrl, nonce, error } = request;
  const writer = protobuf.Writer.create();
  if (node !== undefined) writer.uint32(10).bytes(node);
  writer.uint32(18).string(typeUrl);
  strings(writer, 26, request.subscribe);
  strings(writer, 34, request.unsubscribe);
  for (const [name, version] of request.initial) {
    writer.uint32(42).fork().uint32(10).string(name).uint32(18).string(version).ldelim();
  }
  if (nonce !== '') writer.uint32(50).string(nonce);
  if (error !== undefined) status(writer, 58, error);
  return writer.finish();
}
