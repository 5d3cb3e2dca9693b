// An origin that takes a PROXY header in front of anything it speaks, and proxies that put one there.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, createServer as createHttp2 } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { type Pair, pem } from './certificates.ts';
import { cluster, type Fields, type Json, listener, toCluster } from './support.ts';
import { proxied } from './tcp_support.ts';
import { upstream } from './tls_support.ts';

const kType = 'type.googleapis.com/envoy.extensions';
const kSignature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** How long a header at the beginning is; undefined: there is none, or not all of it. */
function headerSize(data: Buffer): number | undefined {
  if (data.subarray(0, 12).equals(kSignature)) {
    const size = data.length < 16 ? Number.POSITIVE_INFINITY : 16 + data.readUInt16BE(14);
    return data.length < size ? undefined : size;
  }
  const line = data.indexOf('\r\n');
  return data.toString('latin1', 0, 6) === 'PROXY ' && line > 0 ? line + 2 : undefined;
}

/** What a request was answered with. */
export type Told = {
  readonly header: string;
  readonly connection: number;
  readonly nth: number;
  readonly version: string;
  readonly tls: boolean;
};

/** Answers each request with the header of its connection (latin1; '' for none) and which one it was. */
export class HeaderOrigin {
  /** The headers of all connections so far. */
  readonly headers: string[] = [];
  port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #about = new Map<number, { connection: number; header: string; nth: number }>();

  constructor(pair: Pair) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const port = request.socket.remotePort ?? 0;
      const about = this.#about.get(port) ?? { connection: -1, header: '?', nth: 0 };
      about.nth++;
      const tls = 'encrypted' in request.socket && request.socket.encrypted === true;
      response.end(JSON.stringify({ ...about, version: request.httpVersion, tls }));
    };
    const handler = answer as never;
    const http1 = createHttp(answer);
    const http2 = createHttp2(handler);
    const secure = createSecureServer(
      { cert: pem(pair.cert), key: pem(pair.key), allowHTTP1: true },
      handler,
    );
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      let have = Buffer.alloc(0);
      const look = (): void => {
        for (let more = socket.read(); more !== null; more = socket.read())
          have = Buffer.concat([have, more as Buffer]);
        const size = headerSize(have) ?? (/^[A-Z]+ [*/]/.test(have.toString('latin1')) ? 0 : undefined);
        if (size === undefined || have.length <= size) return;
        socket.off('readable', look);
        const header = have.toString('latin1', 0, size);
        this.#about.set(socket.remotePort ?? 0, { connection: this.headers.length, header, nth: 0 });
        this.headers.push(header);
        const rest = have.subarray(size);
        socket.unshift(rest);
        const server = rest[0] === 0x16 ? secure : rest.subarray(0, 3).toString() === 'PRI' ? http2 : http1;
        server.emit('connection', socket);
      };
      socket.on('readable', look);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

const raw: Fields = {
  name: 'raw',
  typed_config: { '@type': `${kType}.transport_sockets.raw_buffer.v3.RawBuffer` },
};

/** The transport socket, around another one. */
export const withHeader = (config: Fields, inner: Fields = raw): Fields => ({
  name: 'envoy.transport_sockets.upstream_proxy_protocol',
  typed_config: {
    '@type': `${kType}.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport`,
    config,
    transport_socket: inner,
  },
});

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const speaking = (options: Fields): Fields => ({
  typed_extension_protocol_options: { [OPTIONS]: { '@type': `type.googleapis.com/${OPTIONS}`, ...options } },
});
export const HTTP2 = speaking({ explicit_http_config: { http2_protocol_options: {} } });
export const AUTO = speaking({ auto_config: { http2_protocol_options: {} } });

/** How a listener of the tests goes on, and to what cluster. */
export type Place = { readonly kind: 'tcp' | 'http' | 'connect'; readonly cluster: Fields };

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const added = [
  { type: 0xf0, value: b64('added') },
  { type: 0xea, value: b64('mine') },
];
const all = { match_type: 'INCLUDE_ALL' };
const CONFIGS: Readonly<Record<string, Fields>> = {
  one: { version: 'V1' },
  two: { version: 'V2' },
  default: {},
  all: { version: 'V2', pass_through_tlvs: all },
  some: { version: 'V2', pass_through_tlvs: { match_type: 'INCLUDE', tlv_type: [0xea, 1] } },
  added: { version: 'V2', added_tlvs: added },
  both: { version: 'V2', pass_through_tlvs: all, added_tlvs: added },
  useless: { version: 'V1', pass_through_tlvs: all, added_tlvs: added },
  large: {
    version: 'V2',
    added_tlvs: [
      { type: 0xf1, value: b64('x'.repeat(40_000)) },
      { type: 0xf2, value: b64('y'.repeat(40_000)) },
      { type: 0xf3, value: b64('z'.repeat(25_000)) },
    ],
  },
};

/** Every configuration through the TCP proxy and HTTP/1; every way to a host with one of them. */
export function places(): Readonly<Record<string, Place>> {
  const tls = upstream({ alpn_protocols: ['http/1.1'] });
  const h2 = upstream({ alpn_protocols: ['h2'] });
  const found: Record<string, Place> = {};
  for (const [name, config] of Object.entries(CONFIGS)) {
    found[`tcp_${name}`] = { kind: 'tcp', cluster: { transport_socket: withHeader(config) } };
    found[`http_${name}`] = { kind: 'http', cluster: { transport_socket: withHeader(config) } };
  }
  const both = CONFIGS.both as Fields;
  const ways: Readonly<Record<string, Fields>> = {
    tls: { transport_socket: withHeader(both, tls) },
    http2: { transport_socket: withHeader(both), ...HTTP2 },
    tls_http2: { transport_socket: withHeader(both, h2), ...HTTP2 },
    auto: { transport_socket: withHeader(both, upstream()), ...AUTO },
    matched: matching({ kind: 'a' }, both),
    unmatched: matching({ kind: 'b' }, both),
  };
  for (const [name, fields] of Object.entries(ways)) found[name] = { kind: 'http', cluster: fields };
  found.connect = { kind: 'connect', cluster: { transport_socket: withHeader(both) } };
  return found;
}

const matching = (match: Json, config: Fields): Fields => ({
  transport_socket_matches: [{ name: 'match', match, transport_socket: withHeader(config) }],
});

/** What hosts of the clusters are labelled with. */
const metadata = { filter_metadata: { 'envoy.transport_socket_match': { kind: 'a' } } };

/** The resources of the places; all hosts are the one origin. */
export function resources(
  all: Readonly<Record<string, Place>>,
  ports: Readonly<Record<string, number>>,
  origin: number,
): Fields {
  const filter: Fields = {
    listener_filters: [
      {
        name: 'envoy.filters.listener.proxy_protocol',
        typed_config: {
          '@type': `${kType}.filters.listener.proxy_protocol.v3.ProxyProtocol`,
          allow_requests_without_proxy_protocol: true,
          pass_through_tlvs: { match_type: 'INCLUDE_ALL' },
        },
      },
    ],
  };
  const listeners = Object.entries(all).map(([name, { kind }]) => {
    const port = ports[name] as number;
    if (kind === 'tcp') return proxied(name, port, { cluster: name }, filter);
    const config = { upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: {} }] };
    const route = kind === 'http' ? toCluster(name) : toCluster(name, config, { connect_matcher: {} });
    const manager: Fields = {
      route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
      ...(kind === 'http' ? {} : { upgrade_configs: [{ upgrade_type: 'CONNECT' }] }),
    };
    return listener(name, port, manager, filter);
  });
  const host = { address: { socket_address: { address: '127.0.0.1', port_value: origin } } };
  const clusters = Object.entries(all).map(([name, { cluster: fields }]) =>
    cluster(name, [], {
      load_assignment: {
        cluster_name: name,
        endpoints: [{ lb_endpoints: [{ endpoint: host, metadata }] }],
      },
      ...fields,
    }),
  );
  return { listeners, clusters };
}
