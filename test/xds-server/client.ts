// A client of xDS that does what a test says, message by message.
import * as grpc from '@grpc/grpc-js';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { encodeJson } from '../../src/api/json_encode.ts';
import { decodeWire, encodeWire } from '../../src/api/wire.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  Listener,
  RouteConfiguration,
} from '../../src/xds-server/index.ts';

export type Plain = { [key: string]: unknown };

const DISCOVERY = 'envoy.service.discovery.v3';
export const ADS_PATH = `/${DISCOVERY}.AggregatedDiscoveryService`;
const pool = DescriptorPool.load();

export function encode(type: string, value: Plain): Buffer {
  const diagnostics = new Diagnostics();
  const message = decodeJson(pool, type, value, { diagnostics });
  if (diagnostics.hasErrors) throw new Error(JSON.stringify(diagnostics.list));
  return Buffer.from(encodeWire(pool, message));
}

export const decode = (type: string, bytes: Uint8Array): Plain =>
  encodeJson(pool, decodeWire(pool, type, bytes)) as Plain;

export type Answer = {
  readonly version: string;
  readonly nonce: string;
  readonly typeUrl: string;
  readonly resources: readonly Plain[];
  /** Of state of the world: the names in the messages. Of delta: those beside them. */
  readonly names: readonly string[];
  readonly removed: readonly string[];
  readonly raw: Plain;
  readonly size: number;
};

function answerOf(type: string, bytes: Buffer): Answer {
  const raw = decode(type, bytes);
  const resources = (raw.resources ?? []) as Plain[];
  return {
    version: String(raw.version_info ?? raw.system_version_info ?? ''),
    nonce: String(raw.nonce ?? ''),
    typeUrl: String(raw.type_url ?? ''),
    resources,
    names: resources.map((each) => String(each.name ?? each.cluster_name ?? '')),
    removed: (raw.removed_resources ?? []) as string[],
    raw,
    size: bytes.length,
  };
}

const same = (bytes: Buffer): Buffer => bytes;

/** One stream. */
export class XdsStream {
  readonly #call: grpc.ClientDuplexStream<Buffer, Buffer>;
  readonly #request: string;
  readonly #response: string;
  readonly #answers: (Answer | Error)[] = [];
  readonly #waiting: ((answer: Answer | Error | undefined) => void)[] = [];
  readonly status: Promise<grpc.StatusObject>;
  #ended = false;

  constructor(client: grpc.Client, path: string, headers: Record<string, string>) {
    const delta = path.includes('/Delta');
    this.#request = `${DISCOVERY}.${delta ? 'DeltaDiscoveryRequest' : 'DiscoveryRequest'}`;
    this.#response = `${DISCOVERY}.${delta ? 'DeltaDiscoveryResponse' : 'DiscoveryResponse'}`;
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    this.#call = client.makeBidiStreamRequest(path, same, same, metadata);
    this.#call.on('data', (bytes: Buffer) => {
      const answer = this.#read(bytes);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#answers.push(answer);
      else waiting(answer);
    });
    this.status = new Promise((resolve) => this.#call.on('status', resolve));
    this.#call.on('error', () => undefined);
    void this.status.then(() => {
      this.#ended = true;
      for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
  }

  #read(bytes: Buffer): Answer | Error {
    try {
      return answerOf(this.#response, bytes);
    } catch (error) {
      return error as Error;
    }
  }

  send(request: Plain): void {
    this.#call.write(encode(this.#request, request));
  }

  raw(bytes: Buffer): void {
    this.#call.write(bytes);
  }

  /** The next response; rejects when it is none, the stream ends first, or nothing comes. */
  async next(): Promise<Answer> {
    const answer = this.#answers.shift() ?? (await this.#coming());
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw new Error(`the stream ended: ${(await this.status).details}`);
    return answer;
  }

  #coming(): Promise<Answer | Error | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no response came')), 10_000);
      this.#waiting.push((each) => {
        clearTimeout(timer);
        resolve(each);
      });
      if (this.#ended) for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
  }

  /** Takes a response; `more` are fields of the request. */
  ack(answer: Answer, more: Plain = {}): void {
    const version = this.#request.includes('Delta') ? {} : { version_info: answer.version };
    this.send({ type_url: answer.typeUrl, response_nonce: answer.nonce, ...version, ...more });
  }

  nack(answer: Answer, message: string, more: Plain = {}): void {
    const error_detail = { code: 3, message };
    this.send({ type_url: answer.typeUrl, response_nonce: answer.nonce, error_detail, ...more });
  }

  /** What has come and was not asked for yet. */
  get waiting(): number {
    return this.#answers.length;
  }

  /** Stops reading: what the server sends stays on the way. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  end(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }
}

export class XdsClient {
  readonly #client: grpc.Client;

  constructor(port: number, credentials = grpc.credentials.createInsecure()) {
    this.#client = new grpc.Client(`127.0.0.1:${port}`, credentials, {
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.ssl_target_name_override': 'localhost',
    });
  }

  /** `path`: of the method; `sotw` and `delta` are those of the aggregated service. */
  stream(path: string, headers: Record<string, string> = {}): XdsStream {
    const known: Record<string, string> = {
      sotw: `${ADS_PATH}/StreamAggregatedResources`,
      delta: `${ADS_PATH}/DeltaAggregatedResources`,
    };
    return new XdsStream(this.#client, known[path] ?? path, headers);
  }

  fetch(path: string, request: Plain): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = encode(`${DISCOVERY}.DiscoveryRequest`, request);
      this.#client.makeUnaryRequest(path, same, same, bytes, (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error('no answer'));
        else resolve(answerOf(`${DISCOVERY}.DiscoveryResponse`, answer));
      });
    });
  }

  close(): void {
    this.#client.close();
  }
}

// ---- resources -------------------------------------------------------------------------------

export const cluster = (name: string, fields: Cluster = {}): Cluster => ({
  name,
  type: 'EDS',
  connect_timeout: '1s',
  eds_cluster_config: { eds_config: { ads: {}, resource_api_version: 'V3' } },
  ...fields,
});

export const endpoints = (name: string, ...ports: number[]): ClusterLoadAssignment => ({
  cluster_name: name,
  endpoints: [
    {
      lb_endpoints: ports.map((port_value) => ({
        endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
      })),
    },
  ],
});

export const listener = (name: string, port: number, route: string): Listener => ({
  name,
  address: { socket_address: { address: '127.0.0.1', port_value: port } },
  filter_chains: [
    {
      filters: [
        {
          name: 'http',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: name,
            rds: { route_config_name: route, config_source: { ads: {}, resource_api_version: 'V3' } },
            http_filters: [
              {
                name: 'envoy.filters.http.router',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                },
              },
            ],
          },
        },
      ],
    },
  ],
});

export const route = (name: string, to: string): RouteConfiguration => ({
  name,
  virtual_hosts: [
    { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: to } }] },
  ],
});
