/** A management server that takes every stream, keeps what it is told, and answers when a test says so. */
import * as grpc from '@grpc/grpc-js';
import type { Test } from 'tap';
import { eventually } from '../e2e/support.ts';
import { decode, encode, type Plain } from '../xds-server/client.ts';

export const DISCOVERY = 'envoy.service.discovery.v3';
const same = (bytes: Buffer): Buffer => bytes;
export const TYPE = 'type.googleapis.com/envoy';
export const CDS = `${TYPE}.config.cluster.v3.Cluster`;

export type Call = {
  readonly path: string;
  readonly metadata: grpc.Metadata;
  readonly authority: string;
  readonly begin: number;
  readonly requests: Plain[];
  readonly deadline: number;
  /** Of delta: `names` of the resources, where not those in them; an undefined one has no body. */
  send(
    typeUrl: string,
    version: string,
    resources: readonly (Plain | undefined)[],
    more?: {
      names?: readonly string[];
      removed?: readonly string[];
      aliases?: readonly (readonly string[])[];
    },
  ): void;
  /** Of what was sent last. */
  nonce: string;
  end(code?: number): void;
  cancelled: boolean;
};

/** A server that takes every stream and answers when it is told to. */
export async function server(
  test: Test,
  {
    address = '127.0.0.1:0',
    credentials = grpc.ServerCredentials.createInsecure(),
  }: { address?: string; credentials?: grpc.ServerCredentials } = {},
) {
  const calls: Call[] = [];
  let nonce = 0;
  const services: Record<string, string[]> = {
    [`${DISCOVERY}.AggregatedDiscoveryService`]: ['StreamAggregatedResources', 'DeltaAggregatedResources'],
    'envoy.service.cluster.v3.ClusterDiscoveryService': ['StreamClusters', 'DeltaClusters'],
    'envoy.service.endpoint.v3.EndpointDiscoveryService': ['StreamEndpoints', 'DeltaEndpoints'],
    'envoy.service.endpoint.v3.LocalityEndpointDiscoveryService': ['DeltaLocalityEndpoints'],
    'envoy.service.route.v3.VirtualHostDiscoveryService': ['DeltaVirtualHosts'],
  };
  const made = new grpc.Server();
  for (const [service, methods] of Object.entries(services)) {
    for (const method of methods) {
      const path = `/${service}/${method}`;
      const delta = method.startsWith('Delta');
      const definition = {
        path,
        requestStream: true,
        responseStream: true,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      } as const;
      const handle = (stream: grpc.ServerDuplexStream<Buffer, Buffer>): void => {
        const call: Call = {
          path,
          metadata: stream.metadata,
          authority: stream.getHost(),
          begin: performance.now(),
          deadline: Number(stream.getDeadline()),
          requests: [],
          nonce: '',
          cancelled: false,
          send: (typeUrl, version, resources, { names, removed, aliases } = {}) => {
            const list = resources.map((each) => (each === undefined ? each : { '@type': typeUrl, ...each }));
            const common = { type_url: typeUrl, nonce: `${++nonce}` };
            const message = delta
              ? {
                  ...common,
                  removed_resources: removed ?? [],
                  resources: list.map((resource, i) => ({
                    name: names?.[i] ?? String((resource as Plain).name ?? (resource as Plain).cluster_name),
                    version,
                    ...(aliases?.[i] === undefined ? {} : { aliases: aliases[i] }),
                    ...(resource === undefined ? {} : { resource }),
                  })),
                }
              : { ...common, version_info: version, resources: list };
            stream.write(encode(`${DISCOVERY}.${delta ? 'Delta' : ''}DiscoveryResponse`, message));
            call.nonce = common.nonce;
          },
          end: (code = 14) => stream.emit('error', { code, details: 'told to' }),
        };
        stream.on('data', (bytes: Buffer) =>
          call.requests.push(decode(`${DISCOVERY}.${delta ? 'Delta' : ''}DiscoveryRequest`, bytes)),
        );
        stream.on('cancelled', () => {
          call.cancelled = true;
        });
        stream.on('error', () => undefined);
        calls.push(call);
      };
      made.addService({ [method]: definition }, { [method]: handle as never });
    }
  }
  const port = await new Promise<number>((resolve, reject) =>
    made.bindAsync(address, credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  test.teardown(() => made.forceShutdown());
  const call = (n = 0): Promise<Call> => eventually(`stream ${n}`, () => calls[n]);
  const request = async (n: number, of = 0): Promise<Plain> => {
    const one = await call(of);
    return eventually(`request ${n}`, () => one.requests[n]);
  };
  return { port, calls, call, request };
}
