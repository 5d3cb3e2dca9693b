/** The messages of envoy.service.load_stats.v3 on the wire, by the numbers of their fields. */
import protobuf from 'protobufjs/minimal.js';

type Writer = InstanceType<typeof protobuf.Writer>;

/** Requests of a host, or of the hosts of a locality. */
export type Load = {
  readonly successes: number;
  readonly active: number;
  readonly errors: number;
  readonly issued: number;
};
export type Place = {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
  readonly priority: number;
};
export type LocalityLoad = Load &
  Place & { readonly endpoints: readonly (Load & { readonly address: string })[] };
export type ClusterLoad = {
  readonly name: string;
  readonly serviceName: string;
  readonly localities: readonly LocalityLoad[];
  readonly dropped: number;
  readonly intervalUs: number;
};

const VARINT = 0;
const BYTES = 2;
const tag = (field: number, type: number): number => (field << 3) | type;

function number(writer: Writer, field: number, value: number): void {
  if (value !== 0) writer.uint32(tag(field, VARINT)).uint64(value);
}
function text(writer: Writer, field: number, value: string): void {
  if (value !== '') writer.uint32(tag(field, BYTES)).string(value);
}
function message(writer: Writer, field: number, write: () => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  write();
  writer.ldelim();
}

/** envoy.config.core.v3.Address of `10.0.0.1:80`, `[::1]:80` or the path of a Unix socket. */
function address(writer: Writer, field: number, written: string): void {
  const [, ipv6, ipv4, port] = /^(?:\[(.*)\]|([^:/@]+)):(\d+)$/.exec(written) ?? [];
  message(writer, field, () => {
    if (port === undefined) message(writer, 2, () => text(writer, 1, written));
    else
      message(writer, 1, () => {
        text(writer, 2, ipv6 ?? ipv4 ?? '');
        writer.uint32(tag(3, VARINT)).uint32(Number(port));
      });
  });
}

/** `issued`: the number of its field, the one in which hosts and localities differ. */
function load(writer: Writer, { successes, active, errors, issued }: Load, issuedField: number): void {
  number(writer, 2, successes);
  number(writer, 3, active);
  number(writer, 4, errors);
  number(writer, issuedField, issued);
}

/** envoy.config.endpoint.v3.UpstreamLocalityStats */
function locality(writer: Writer, one: LocalityLoad): void {
  message(writer, 1, () => {
    text(writer, 1, one.region);
    text(writer, 2, one.zone);
    text(writer, 3, one.subZone);
  });
  load(writer, one, 8);
  number(writer, 6, one.priority);
  for (const endpoint of one.endpoints)
    message(writer, 7, () => {
      address(writer, 1, endpoint.address);
      load(writer, endpoint, 7);
    });
}

/** envoy.config.endpoint.v3.ClusterStats */
function cluster(writer: Writer, one: ClusterLoad): void {
  text(writer, 1, one.name);
  for (const each of one.localities) message(writer, 2, () => locality(writer, each));
  number(writer, 3, one.dropped);
  message(writer, 4, () => {
    number(writer, 1, Math.floor(one.intervalUs / 1e6));
    number(writer, 2, (one.intervalUs % 1e6) * 1000);
  });
  text(writer, 6, one.serviceName);
}

/** LoadStatsRequest; `node` is an envoy.config.core.v3.Node. */
export function encodeLoads(node: Uint8Array, clusters: readonly ClusterLoad[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1, BYTES)).bytes(node);
  for (const each of clusters) message(writer, 2, () => cluster(writer, each));
  return writer.finish();
}

/** The node that says what else is understood. */
export function withFeature(node: Uint8Array, feature: string): Uint8Array {
  const writer = protobuf.Writer.create();
  text(writer, 10, feature);
  return Buffer.concat([node, writer.finish()]);
}

/** What a server wants to be told (LoadStatsResponse). */
export type Wanted = {
  readonly clusters: readonly string[];
  readonly all: boolean;
  readonly intervalMs: number;
  readonly endpoints: boolean;
};

/** Throws when the bytes are none. */
export function decodeWanted(bytes: Uint8Array): Wanted {
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const clusters: string[] = [];
  let [all, endpoints, intervalMs] = [false, false, 0];
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (key === tag(1, BYTES)) clusters.push(reader.string());
    else if (key === tag(2, BYTES)) intervalMs += duration(reader);
    else if (key === tag(3, VARINT)) endpoints = reader.bool();
    else if (key === tag(4, VARINT)) all = reader.bool();
    else reader.skipType(key & 7);
  }
  return { clusters, all, intervalMs, endpoints };
}

/** google.protobuf.Duration in ms. */
function duration(reader: InstanceType<typeof protobuf.Reader>): number {
  const end = reader.uint32() + reader.pos;
  let ms = 0;
  while (reader.pos < end) {
    const key = reader.uint32();
    if (key === tag(1, VARINT)) ms += Number(reader.int64()) * 1000;
    else if (key === tag(2, VARINT)) ms += reader.int32() / 1e6;
    else reader.skipType(key & 7);
  }
  return ms;
}
