import type { Message } from '../api/message.ts';
import type { DescriptorPool } from '../api/descriptor.ts';
import { plainToStruct, structToPlain } from '../api/well_known.ts';
import { encodeWire } from '../api/wire.ts';
import { child, text } from '../tables/route_read.ts';

/**
 * What a proxy of a mesh tells its peers of itself: the parts of its node's metadata (envoy.config.core.v3.Node)
 * that say which workload it is.
 */
export type PeerMetadata = {
  /** What goes before the bytes of a connection (metadata_exchange): a magic number, the length, an Any. */
  readonly exchange: Uint8Array;
  /** What is in the header x-envoy-peer-metadata: a Struct in base64. */
  readonly header: string;
  /** What its own end is in metrics of the mesh (native/mesh/mesh.cc): values with a NUL between them. */
  readonly workload: Uint8Array;
};

type Plain = Readonly<Record<string, unknown>>;
const MAGIC = 0x3d230467;
const KEY = 'x-envoy-peer-metadata';
const STRUCT = 'type.googleapis.com/google.protobuf.Struct';
const OWNER_PREFIX = 'kubernetes://apis/apps/v1/namespaces/';
const KINDS = new Set(['pod', 'deployment', 'job', 'cronjob']);

const string = (of: Plain, key: string): string => {
  const value = of[key];
  return typeof value === 'string' ? value : '';
};
const object = (of: Plain, key: string): Plain => {
  const value = of[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
};
const filled = (entries: Plain): Plain =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== ''));

/** `kubernetes://apis/apps/v1/namespaces/<namespace>/deployments/<workload>` → `deployment`. */
function kindOf(owner: string, workload: string): string | undefined {
  const kind =
    owner
      .slice(0, Math.max(0, owner.length - workload.length - 2))
      .split('/')
      .at(-1) ?? '';
  return KINDS.has(kind) ? kind : undefined;
}

/** The metadata of a workload, reduced to what peers are told. */
export function workloadMetadata(metadata: Plain): Plain {
  const workload = string(metadata, 'WORKLOAD_NAME');
  const namespace = string(metadata, 'NAMESPACE');
  const kind = kindOf(string(metadata, 'OWNER'), workload);
  const labels = object(metadata, 'LABELS');
  const copied = [
    'NAME',
    'NAMESPACE',
    'WORKLOAD_NAME',
    'CLUSTER_ID',
    'IDENTITY',
    'REGION',
    'AVAILABILITY_ZONE',
  ];
  return {
    ...filled(Object.fromEntries(copied.map((key) => [key, string(metadata, key)]))),
    ...(kind === undefined ? {} : { OWNER: `${OWNER_PREFIX}${namespace}/${kind}s/${workload}` }),
    LABELS: filled({
      'service.istio.io/canonical-name': string(labels, 'service.istio.io/canonical-name'),
      'service.istio.io/canonical-revision': string(labels, 'service.istio.io/canonical-revision'),
      app: string(labels, 'app.kubernetes.io/name') || string(labels, 'app'),
      version: string(labels, 'app.kubernetes.io/version') || string(labels, 'version'),
    }),
  };
}

/** As the metadata has it; the release of Istio last, which is no label of requests. */
function ownLabels(metadata: Plain): Uint8Array {
  const labels = object(metadata, 'LABELS');
  const values = [
    string(metadata, 'WORKLOAD_NAME'),
    string(metadata, 'NAMESPACE'),
    string(labels, 'service.istio.io/canonical-name'),
    string(labels, 'service.istio.io/canonical-revision'),
    string(labels, 'app'),
    string(labels, 'version'),
    string(metadata, 'CLUSTER_ID'),
    string(metadata, 'ISTIO_VERSION'),
  ];
  return Buffer.from(values.map((value) => value.replaceAll('\0', '_')).join('\0'));
}

/** Of a node, whose id may be another one than it says. */
export function peerMetadata(pool: DescriptorPool, node: Message | undefined, id: string): PeerMetadata {
  const given = node === undefined ? undefined : child(node, 'metadata');
  const metadata = given === undefined ? {} : (structToPlain(given) as Plain);
  const own = workloadMetadata(metadata);
  const locality = node === undefined ? undefined : child(node, 'locality');
  const place = (field: string): string => (locality === undefined ? '' : text(locality, field));
  const placed = {
    ...filled({ REGION: place('region'), AVAILABILITY_ZONE: place('zone') }),
    ...own,
  };
  const header = Buffer.from(encodeWire(pool, plainToStruct(placed))).toString('base64');
  const told = plainToStruct({ [KEY]: own, ...(id === '' ? {} : { [`${KEY}-id`]: id }) });
  const any = encodeWire(pool, {
    $type: 'google.protobuf.Any',
    type_url: STRUCT,
    value: encodeWire(pool, told),
  });
  const exchange = Buffer.alloc(8 + any.length);
  exchange.writeUInt32BE(MAGIC, 0);
  exchange.writeUInt32BE(any.length, 4);
  exchange.set(any, 8);
  return { exchange, header, workload: ownLabels(metadata) };
}
