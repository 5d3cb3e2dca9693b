// For tests of the TCP proxy: its configuration, and origins and clients that know half-closed connections.
import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { eventually, type Fields, type Json } from './support.ts';

const kType = 'type.googleapis.com/envoy.extensions';

/** A network filter of the TCP proxy; `name` is its stat_prefix. */
export const tcpProxy = (name: string, fields: Fields): Fields => ({
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: {
    '@type': `${kType}.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: name,
    ...fields,
  },
});

/** A listener on the loopback address, or on a Unix socket, with one filter. */
export function filtered(name: string, at: number | string, filter: Fields, fields: Fields = {}): Fields {
  const address: Fields =
    typeof at === 'string'
      ? { pipe: { path: at } }
      : { socket_address: { address: '127.0.0.1', port_value: at } };
  return { name, address, ...fields, filter_chains: [{ filters: [filter] }] };
}

/** A listener with a TCP proxy. */
export const proxied = (name: string, at: number | string, fields: Fields, more: Fields = {}): Fields =>
  filtered(name, at, tcpProxy(name, fields), more);

/** A file access log with a format of its own. */
export const lineLog = (path: string, format: string): Json => ({
  name: 'file',
  typed_config: {
    '@type': `${kType}.access_loggers.file.v3.FileAccessLog`,
    path,
    log_format: { text_format_source: { inline_string: `${format}\n` } },
  },
});

/** One end of a connection that is closed only when both sides are: what it has got and how it ended. */
export class End {
  readonly socket: Socket;
  received = 0;
  ended = false;
  closed = false;
  error: NodeJS.ErrnoException | undefined;
  private readonly hash = createHash('sha256');
  private kept = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => {
      this.received += data.length;
      this.hash.update(data);
      if (this.kept.length < 1000) this.kept += data.toString('latin1');
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** The first bytes of what it has got. */
  get text(): string {
    return this.kept;
  }

  /** Of all that it has got: once. */
  get digest(): string {
    return this.hash.digest('hex');
  }

  send(data: string | Buffer): this {
    this.socket.write(data);
    return this;
  }

  end(data: string | Buffer = ''): this {
    this.socket.end(data);
    return this;
  }

  /** Cuts the connection: the other side gets a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  async has(text: string): Promise<void> {
    await eventually(`${JSON.stringify(text)}, have ${JSON.stringify(this.kept)}`, () => this.kept === text);
  }

  async untilEnd(): Promise<this> {
    await eventually('the end', () => this.ended || this.closed);
    return this;
  }

  async untilClosed(): Promise<this> {
    await eventually('the close', () => this.closed);
    return this;
  }
}

/** A client; it keeps its half open when the other side ends. */
export const client = (to: number | string, options: Partial<NetConnectOpts> = {}): End =>
  new End(
    connect({
      ...(typeof to === 'string' ? { path: to } : { port: to, host: '127.0.0.1' }),
      allowHalfOpen: true,
      ...options,
    } as NetConnectOpts),
  );

/** An origin: each connection is an End, given to the handler when it comes. */
export class TcpOrigin {
  readonly ends: End[] = [];
  port = 0;
  private readonly server: Server;

  constructor(handler: (end: End) => void = () => undefined) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const end = new End(socket);
      this.ends.push(end);
      handler(end);
    });
  }

  async listen(at: number | string = 0): Promise<this> {
    await new Promise<void>((resolve) =>
      typeof at === 'string'
        ? this.server.listen(at, () => resolve())
        : this.server.listen(at, '127.0.0.1', () => resolve()),
    );
    const address = this.server.address();
    if (address !== null && typeof address !== 'string') this.port = address.port;
    return this;
  }

  /** The newest connection, once there are `count` of them. */
  async connected(count: number): Promise<End> {
    await eventually(`${count} connections`, () => this.ends.length >= count);
    return this.ends[count - 1] as End;
  }

  async close(): Promise<void> {
    for (const { socket } of this.ends) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** Sends back what it gets, and ends when the other side has. */
export const echoes = ({ socket }: End): void => {
  socket.pipe(socket);
};

/** Sends random bytes in pieces of random sizes; their digest. */
export async function pour(to: Socket, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const pool = randomBytes(1 << 20);
  for (let sent = 0; sent < bytes; ) {
    const size = Math.min(bytes - sent, 1 + Math.floor(Math.random() * 200_000));
    const at = Math.floor(Math.random() * (pool.length - size));
    const piece = pool.subarray(at, at + size);
    hash.update(piece);
    sent += size;
    if (!to.write(piece)) await new Promise((resolve) => to.once('drain', resolve));
  }
  return hash.digest('hex');
}
