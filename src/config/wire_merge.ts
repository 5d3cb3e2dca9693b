import protobuf from 'protobufjs/minimal.js';

/** Messages that are made of others without being decoded: by the numbers of their fields. */

const LENGTH_DELIMITED = 2;
/** ClusterLoadAssignment.endpoints, LocalityLbEndpoints.lb_endpoints, RouteConfiguration.virtual_hosts. */
const ENDPOINTS = 2;
const LB_ENDPOINTS = 2;
const VIRTUAL_HOSTS = 2;

/** A field of a message or of bytes. */
function piece(field: number, content: readonly Uint8Array[]): Uint8Array[] {
  const head = [(field << 3) | LENGTH_DELIMITED];
  let length = content.reduce((sum, part) => sum + part.length, 0);
  for (; length > 127; length = Math.floor(length / 128)) head.push((length & 127) | 128);
  head.push(length);
  return [Uint8Array.from(head), ...content];
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** The fields of a message: their numbers, all their bytes, and the content where that has a length. */
function* fields(
  bytes: Uint8Array,
): Generator<{ number: number; raw: Uint8Array; content: Uint8Array | undefined }> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    const tag = reader.uint32();
    let content: Uint8Array | undefined;
    if ((tag & 7) === LENGTH_DELIMITED) content = reader.bytes();
    else reader.skipType(tag & 7);
    yield { number: tag >>> 3, raw: bytes.subarray(begin, reader.pos), content };
  }
}

/** A route table with more virtual hosts behind its own, which is how messages are merged. */
export function withHosts(table: Uint8Array, hosts: readonly Uint8Array[]): Uint8Array {
  return joined([table, ...hosts.flatMap((host) => piece(VIRTUAL_HOSTS, [host]))]);
}

/** An assignment in which localities, by their place in it, have these endpoints instead of their own. */
export function withEndpoints(
  assignment: Uint8Array,
  hosts: ReadonlyMap<number, readonly Uint8Array[]>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let place = 0;
  for (const { number, raw, content } of fields(assignment)) {
    const own = number === ENDPOINTS && content !== undefined ? hosts.get(place++) : undefined;
    if (own === undefined || content === undefined) {
      parts.push(raw);
      continue;
    }
    const rest = [...fields(content)]
      .filter((field) => field.number !== LB_ENDPOINTS)
      .map((field) => field.raw);
    const more = own.flatMap((host) => piece(LB_ENDPOINTS, [host]));
    parts.push(...piece(ENDPOINTS, [...rest, ...more]));
  }
  return joined(parts);
}
