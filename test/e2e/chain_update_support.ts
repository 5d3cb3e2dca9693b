// A listener whose filter chains change under long connections: two kinds of chains (HTTP, TCP) that stay and two
// that change or go, each with connections that outlive the update.
import { type ClientHttp2Session, type ClientHttp2Stream, connect as h2connect } from 'node:http2';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Pair } from './certificates.ts';
import {
  answer,
  cluster,
  eventually,
  type Fields,
  get,
  header,
  type Json,
  listener,
  Origin,
} from './support.ts';
import { routes, toCluster } from './support.ts';
import { downstream, TlsClient } from './tls_support.ts';

const kType = 'type.googleapis.com/envoy';
/** Names that clients ask for, one for each chain. */
export const KEPT = { http: 'kept.http', tcp: 'kept.tcp' } as const;
export const SWAPPED = { http: 'swapped.http', tcp: 'swapped.tcp' } as const;
type Names = { readonly http: string; readonly tcp: string };

/** Answers, switches protocols and echoes (`/ws`), or says `done` when `release` says so (`/wait`). */
export async function longOrigin(): Promise<{
  readonly port: number;
  release(): void;
  close(): Promise<void>;
}> {
  const waiting: Socket[] = [];
  const origin = await new Origin(
    () => undefined,
    (socket) => {
      let have = '';
      let echo = false;
      socket.on('data', (data: Buffer) => {
        if (echo) {
          socket.write(data);
          return;
        }
        have += data.toString('latin1');
        for (let at = have.indexOf('\r\n\r\n'); at >= 0 && !echo; at = have.indexOf('\r\n\r\n')) {
          const path = have.split(' ')[1];
          have = have.slice(at + 4);
          if (path === '/ws') {
            echo = true;
            socket.write(
              'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n',
            );
          } else if (path === '/wait') {
            socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n');
            waiting.push(socket);
          } else socket.write(answer());
        }
      });
    },
  ).listen();
  const release = (): void => {
    for (const socket of waiting.splice(0)) socket.write('done');
  };
  return { port: origin.port, release, close: () => origin.close() };
}

/** Echoes. */
export const echoOrigin = (): Promise<Origin> =>
  new Origin(
    () => undefined,
    (socket) => void socket.on('data', (data: Buffer) => socket.write(data)),
  ).listen();

export const clusters = (http: number, tcp: number): Fields[] => [
  cluster('http', [http]),
  cluster('tcp', [tcp]),
];

function chain(name: string, pair: Pair, filter: Fields): Fields {
  return {
    name,
    filter_chain_match: { server_names: [name] },
    transport_socket: downstream([pair], { alpn_protocols: ['h2', 'http/1.1'] }),
    filters: [filter],
  };
}

function manager(name: string, version: number): Fields {
  const [made] = listener(name, 0, {
    stat_prefix: name.replace('.', '_'),
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    route_config: routes([toCluster('http', { timeout: '0s' })], {
      response_headers_to_add: [{ header: { key: 'x-version', value: String(version) } }],
    }),
  }).filter_chains as { filters: Fields[] }[];
  return made?.filters[0] as Fields;
}

const proxyTo = (name: string): Fields => ({
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: {
    '@type': `${kType}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: name.replace('.', '_'),
    cluster: 'tcp',
  },
});

const inspector = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: { '@type': `${kType}.extensions.filters.listener.tls_inspector.v3.TlsInspector` },
};

/**
 * The listener: version 1 has all four chains; 2 has another one for `swapped.http` and none for `swapped.tcp`, in
 * another order. `fields`: of the listener.
 */
export function chained(port: number, pair: Pair, version: 1 | 2, fields: Fields = {}): Fields {
  const kept: Json[] = [
    chain(KEPT.http, pair, manager(KEPT.http, 1)),
    chain(KEPT.tcp, pair, proxyTo(KEPT.tcp)),
  ];
  const swapped = chain(SWAPPED.http, pair, manager(SWAPPED.http, version));
  return {
    name: 'chained',
    stat_prefix: 'chained',
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    listener_filters: [inspector],
    filter_chains:
      version === 1 ? [...kept, swapped, chain(SWAPPED.tcp, pair, proxyTo(SWAPPED.tcp))] : [swapped, ...kept],
    ...fields,
  };
}

/** The version of the chain that a new connection gets; undefined: none takes it. */
export async function versionOf(port: number, servername: string): Promise<string | undefined> {
  const client = new TlsClient(port, { servername }).send(get('/'));
  try {
    return header(await client.response(), 'x-version');
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

/** Connections that live long, one of each kind. */
export class LongLived {
  readonly kept: TlsClient;
  readonly socket: TlsClient;
  readonly tcp: TlsClient;
  readonly session: ClientHttp2Session;
  goAway = false;
  sessionClosed = false;
  #stream: ClientHttp2Stream | undefined;
  #body: Promise<string> | undefined;

  constructor(port: number, { http, tcp }: Names) {
    this.kept = new TlsClient(port, { servername: http });
    this.socket = new TlsClient(port, { servername: http });
    this.tcp = new TlsClient(port, { servername: tcp });
    this.session = h2connect(`https://127.0.0.1:${port}`, {
      createConnection: () =>
        tlsConnect({
          port,
          host: '127.0.0.1',
          servername: http,
          ALPNProtocols: ['h2'],
          rejectUnauthorized: false,
        }),
    });
    this.session.on('goaway', () => {
      this.goAway = true;
    });
    this.session.on('error', () => undefined);
    this.session.on('close', () => {
      this.sessionClosed = true;
    });
  }

  /** All are in use: a request answered, a stream in flight, a tunnel, bytes forth and back. */
  async begin(): Promise<void> {
    await this.kept.send(get('/')).response();
    await this.socket.send(get('/ws', 'connection: upgrade\r\nupgrade: websocket\r\n')).response();
    await this.echoes(this.socket);
    await this.echoes(this.tcp);
    const stream = this.session.request({ ':path': '/wait' });
    this.#stream = stream;
    await new Promise<void>((resolve, reject) => {
      stream.on('response', () => resolve());
      stream.on('error', reject);
    });
    this.#body = new Promise((resolve, reject) => {
      let text = '';
      stream.setEncoding('latin1').on('data', (data: string) => {
        text += data;
      });
      stream.on('end', () => resolve(text));
      stream.on('error', reject);
    });
    this.#body.catch(() => undefined);
  }

  async echoes(client: TlsClient): Promise<void> {
    client.have = Buffer.alloc(0);
    client.send('ping');
    await eventually('the echo', () => {
      if (client.ended) throw new Error('the connection has ended');
      return client.have.toString() === 'ping';
    });
  }

  /** What the stream in flight has brought, once it is at its end. */
  inFlight(): Promise<string> {
    return this.#body ?? Promise.reject(new Error('there is none'));
  }

  /** One more request on the session: its status. */
  another(): Promise<number> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ':path': '/' });
      stream.on('response', (headers) => resolve(Number(headers[':status'])));
      stream.on('error', reject);
      stream.resume();
    });
  }

  /** One more on the kept connection of HTTP/1: whether the answer says that it is the last. */
  async last(): Promise<boolean> {
    return header(await this.kept.send(get('/')).response(), 'connection') === 'close';
  }

  close(): void {
    this.#stream?.close();
    this.session.destroy();
    for (const client of [this.kept, this.socket, this.tcp]) client.close();
  }
}
