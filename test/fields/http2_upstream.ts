/** Which version of HTTP a host is spoken to, and with what settings. */
import {
  createSecureServer,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { pem } from '../e2e/certificates.ts';
import { ask, Client, type Fields, get, type Json } from '../e2e/support.ts';
import { upstream } from '../e2e/tls_support.ts';
import { body, session } from './http2_support.ts';
import { type Case, of, type See, type Site, statuses } from './support.ts';
import { certificates } from './tls_support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** How often a session was pinged. */
const PINGS = new WeakMap<object, number>();

/** Says what it was asked with. */
function answer(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const session = 'stream' in request ? request.stream.session : undefined;
  request.resume();
  request.on('end', () => {
    const { httpVersion: version, trailers } = request;
    const pings = session === undefined ? 0 : (PINGS.get(session) ?? 0);
    (response as ServerResponse).end(
      JSON.stringify({ version, trailers, table: session?.remoteSettings.headerTableSize, pings }),
    );
  });
}

/** Hosts at Unix sockets: HTTP/2 in the clear, either version under TLS, HTTP/1 under TLS. */
export async function http2Hosts(folder: string): Promise<() => Promise<void>> {
  const { server } = certificates();
  const pair = { cert: pem(server.cert), key: pem(server.key) };
  const sessions = new Set<{ destroy(): void }>();
  const all = {
    h2: createServer(answer),
    either: createSecureServer({ ...pair, allowHTTP1: true }, answer),
    old: createTlsServer(pair, answer),
  };
  for (const [name, each] of Object.entries(all)) {
    each.on('session', (one: ServerHttp2Session) => {
      sessions.add(one);
      one.on('ping', () => PINGS.set(one, (PINGS.get(one) ?? 0) + 1));
    });
    await new Promise<void>((resolve) =>
      (each as Server).listen(join(folder, `${name}.sock`), () => resolve()),
    );
  }
  return async () => {
    for (const one of sessions) one.destroy();
    all.old.closeAllConnections();
    for (const each of Object.values(all)) await new Promise<void>((resolve) => each.close(() => resolve()));
  };
}

export function upstreamHttp2Cases(folder: string, origin: number): Case[] {
  const at = (name: string): Json => ({
    endpoint: { address: { pipe: { path: join(folder, `${name}.sock`) } } },
  });
  const echo: Json = {
    endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: origin } } },
  };
  const to = (host: Json, fields: Fields, manager: Fields = {}): Site => ({
    manager,
    cluster: { load_assignment: { cluster_name: 'c', endpoints: [{ lb_endpoints: [host] }] }, ...fields },
  });
  const http = (fields: Fields): Fields => ({
    typed_extension_protocol_options: {
      [OPTIONS]: { '@type': `type.googleapis.com/${OPTIONS}`, ...fields },
    },
  });
  const explicit = (version: 'http' | 'http2', fields: Fields = {}): Fields =>
    http({ explicit_http_config: { [`${version}_protocol_options`]: fields } });
  const downstream = (fields: Fields): Fields => http({ use_downstream_protocol_config: fields });
  const tls = { transport_socket: upstream() };
  const auto = (fields: Fields): Fields => ({ ...tls, ...http({ auto_config: fields }) });
  const table = { hpack_table_size: 1024 };
  const trailers = { enable_trailers: true };

  /** A part of what the host says of a request. */
  const said =
    (name: 'version' | 'table' | 'trailers' | 'pings', asked = get('/')): See =>
    async ({ port }) => {
      const { status, body } = await ask(port, asked);
      return status === 200 ? (JSON.parse(body.toString()) as Fields)[name] : status;
    };
  const trailing =
    'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-end: yes\r\n\r\n';
  /** The trailers that the origin of the family gets. */
  const atEcho: See = async ({ port, world }) => {
    const client = new Client(port).send(trailing);
    await client.response();
    client.close();
    return world.origin.last.trailers;
  };
  const pair = (fields: string[], on: Site, off: Site, see: See, seen: unknown, unseen: unknown): Case => ({
    fields,
    on,
    off,
    see,
    seen,
    unseen,
  });
  const passing = { http_protocol_options: trailers };
  return [
    pair(
      of(CLUSTER, 'http2_protocol_options'),
      to(at('h2'), { http2_protocol_options: {} }),
      to(at('h2'), {}),
      said('version'),
      '2.0',
      502,
    ),
    pair(
      of(CLUSTER, 'protocol_selection'),
      to(echo, { http2_protocol_options: {}, protocol_selection: 'USE_DOWNSTREAM_PROTOCOL' }),
      to(echo, { http2_protocol_options: {} }),
      statuses('/'),
      [200],
      [502],
    ),
    pair(
      of(`${OPTIONS}.ExplicitHttpConfig`, 'http2_protocol_options'),
      to(at('h2'), explicit('http2', table)),
      to(at('h2'), explicit('http2')),
      said('table'),
      1024,
      4096,
    ),
    pair(
      of(OPTIONS, 'use_downstream_protocol_config'),
      to(echo, downstream({ http_protocol_options: {}, http2_protocol_options: {} })),
      to(echo, explicit('http2')),
      statuses('/'),
      [200],
      [502],
    ),
    pair(
      of(`${OPTIONS}.UseDownstreamHttpConfig`, 'http_protocol_options'),
      to(echo, downstream({ http_protocol_options: trailers }), passing),
      to(echo, downstream({ http_protocol_options: {} }), passing),
      atEcho,
      'x-end: yes',
      '',
    ),
    pair(
      of(`${OPTIONS}.UseDownstreamHttpConfig`, 'http2_protocol_options'),
      to(at('h2'), downstream({ http2_protocol_options: table }), { codec_type: 'HTTP2' }),
      to(at('h2'), downstream({ http2_protocol_options: {} }), { codec_type: 'HTTP2' }),
      session(async (client) => (JSON.parse(await body(client)) as Fields).table),
      1024,
      4096,
    ),
    // The second request finds a connection that has been idle.
    {
      fields: of('envoy.config.core.v3.KeepaliveSettings', 'connection_idle_interval'),
      on: to(
        at('h2'),
        explicit('http2', {
          connection_keepalive: { interval: '3600s', timeout: '60s', connection_idle_interval: '0.001s' },
        }),
      ),
      off: to(at('h2'), explicit('http2', { connection_keepalive: { interval: '3600s', timeout: '60s' } })),
      see: async (view) => {
        const pings = async (): Promise<unknown> => said('pings')(view);
        const first = await pings();
        await new Promise((resolve) => setTimeout(resolve, 20));
        await pings();
        return [first, ((await pings()) as number) > 0];
      },
      seen: [0, true],
      unseen: [0, false],
    },
    pair(
      of(OPTIONS, 'auto_config'),
      to(at('either'), auto({ http_protocol_options: {}, http2_protocol_options: {} })),
      to(at('either'), { ...tls, ...explicit('http') }),
      said('version'),
      '2.0',
      '1.1',
    ),
    pair(
      of(`${OPTIONS}.AutoHttpConfig`, 'http2_protocol_options'),
      to(at('either'), auto({ http2_protocol_options: table })),
      to(at('either'), auto({})),
      said('table'),
      1024,
      4096,
    ),
    pair(
      of(`${OPTIONS}.AutoHttpConfig`, 'http_protocol_options'),
      to(at('old'), auto({ http_protocol_options: trailers }), passing),
      to(at('old'), auto({}), passing),
      said('trailers', trailing),
      { 'x-end': 'yes' },
      {},
    ),
  ];
}
