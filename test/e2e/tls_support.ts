// TLS for end-to-end tests: configuration, and clients and origins of node:tls.
import {
  connect as tlsConnect,
  createServer,
  type ConnectionOptions,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import type { Pair } from './certificates.ts';
import { eventually, type Fields, type Json, type Response, takeResponse } from './support.ts';

const kPackage = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';

/** A certificate of two files. */
export const files = ({ cert, key }: Pair): Fields => ({
  certificate_chain: { filename: cert },
  private_key: { filename: key },
});

/** A DownstreamTlsContext as a transport socket; `common` are fields of its CommonTlsContext. */
export function downstream(pairs: Pair[], common: Fields = {}, fields: Fields = {}): Fields {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${kPackage}.DownstreamTlsContext`,
      common_tls_context: { tls_certificates: pairs.map(files), ...common },
      ...fields,
    },
  };
}

/** An UpstreamTlsContext as a transport socket. */
export function upstream(common: Fields = {}, fields: Fields = {}): Fields {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: { '@type': `${kPackage}.UpstreamTlsContext`, common_tls_context: common, ...fields },
  };
}

/** The listener with a transport socket in its first filter chain. */
export function secured(listener: Fields, socket: Json, fields: Fields = {}): Fields {
  const [first, ...others] = listener.filter_chains as Fields[];
  return { ...listener, filter_chains: [{ ...first, transport_socket: socket, ...fields }, ...others] };
}

/** A TLS connection that keeps what it receives. */
export class TlsClient {
  readonly socket: TLSSocket;
  ended = false;
  error: NodeJS.ErrnoException | undefined;
  sessions: Buffer[] = [];
  have: Buffer = Buffer.alloc(0);

  constructor(port: number, options: ConnectionOptions = {}) {
    this.socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    this.socket.on('data', (data: Buffer) => {
      this.have = Buffer.concat([this.have, data]);
    });
    this.socket.on('session', (session: Buffer) => this.sessions.push(session));
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.on('close', () => {
      this.ended = true;
    });
  }

  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
    return this;
  }

  async response(head = false): Promise<Response> {
    return await eventually('a response over TLS', () => {
      const taken = takeResponse(this.have, head, this.ended);
      if (taken) {
        this.have = taken[1];
        return taken[0];
      }
      if (this.ended) throw this.error ?? new Error('ended inside a response');
      return undefined;
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One exchange on a connection of its own. */
export async function askTls(
  port: number,
  request: string,
  options: ConnectionOptions = {},
): Promise<Response> {
  const client = new TlsClient(port, options).send(request);
  try {
    return await client.response();
  } finally {
    client.close();
  }
}

/** Whether a client gets no answer: how its connection ended. */
export async function refusedTls(
  port: number,
  request: string,
  options: ConnectionOptions = {},
): Promise<string> {
  const client = new TlsClient(port, options).send(request);
  try {
    await eventually('the end', () => client.ended);
    if (client.have.length > 0) throw new Error(`answered: ${client.have.toString('latin1')}`);
    return client.error?.message ?? 'closed';
  } finally {
    client.close();
  }
}

/** An HTTP/1.1 origin behind TLS: answers each request with `body`, tells what it saw of the peer. */
export class TlsOrigin {
  readonly connections: TLSSocket[] = [];
  readonly errors: string[] = [];
  port = 0;
  readonly #server;

  constructor(options: TlsOptions, answer: (request: string, socket: TLSSocket) => string) {
    this.#server = createServer(options, (socket) => {
      this.connections.push(socket);
      let have = '';
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        have += data.toString('latin1');
        for (let at = have.indexOf('\r\n\r\n'); at >= 0; at = have.indexOf('\r\n\r\n')) {
          const request = have.slice(0, at);
          have = have.slice(at + 4);
          socket.write(answer(request, socket));
        }
      });
    });
    this.#server.on('tlsClientError', (error) => this.errors.push(error.message));
  }

  /** At a port of the loopback address, or at a Unix socket. */
  async listen(path?: string): Promise<this> {
    const at = path === undefined ? { port: 0, host: '127.0.0.1' } : { path };
    await new Promise<void>((resolve) => this.#server.listen(at, () => resolve()));
    if (path !== undefined) return this;
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
