// What the end-to-end tests stand on: the built command on a configuration object, a raw client and
// raw origins. Everything waits for a condition, with a bound.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

const kLimitMs = 15_000;

/** Below the ports that the kernel gives to connections: of another test that runs at the same time too. */
const kFirstPort = 10_000;
const kEphemeral = Number(/^\d+/.exec(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'))?.[0]);

/** Test files that run at the same time take ports apart: one may listen long after it has asked. */
const kSlices = 8;
const kSlice = Number(process.env.TAP_JOB_ID ?? process.pid) % kSlices;
const given = new Set<number>();

/** A TCP port of the loopback address that nobody listens on, and that no connection will be given. */
export function freePort(): Promise<number> {
  const width = Math.floor((kEphemeral - kFirstPort) / kSlices);
  const port = kFirstPort + kSlice * width + Math.floor(Math.random() * width);
  if (given.has(port)) return freePort();
  given.add(port);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(freePort());
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Tries `probe` until it answers something true; throws after the limit. */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  limit = kLimitMs,
): Promise<NonNullable<T>> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// ---- configuration --------------------------------------------------------------------------

const kType = 'type.googleapis.com/envoy';

/** A router filter, last of every chain. */
export const router: Fields = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': `${kType}.extensions.filters.http.router.v3.Router` },
};

/** A listener on the loopback address; `extra` are fields of the HTTP connection manager. */
export function listener(name: string, port: number, extra: Fields, fields: Fields = {}): Fields {
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    ...fields,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': `${kType}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: name,
              http_filters: [router],
              ...extra,
            },
          },
        ],
      },
    ],
  };
}

/** A route table with one virtual host for every domain. */
export function routes(list: Json[], fields: Fields = {}): Fields {
  return { name: 'local', virtual_hosts: [{ name: 'all', domains: ['*'], routes: list, ...fields }] };
}

/** Everything to one cluster. */
export function toCluster(cluster: string, action: Fields = {}, match: Fields = { prefix: '/' }): Fields {
  return { match, route: { cluster, ...action } };
}

/** A static cluster of loopback ports. */
export function cluster(name: string, ports: number[], fields: Fields = {}): Fields {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: ports.map(endpoint) }] },
    ...fields,
  };
}

export function endpoint(port: number): Fields {
  return { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } };
}

/** A file access log in the default format. */
export function fileLog(path: string): Fields {
  return {
    name: 'file',
    typed_config: { '@type': `${kType}.extensions.access_loggers.file.v3.FileAccessLog`, path },
  };
}

// ---- processes ------------------------------------------------------------------------------

/** A folder that disappears with `remove`. */
export function folder(): { path: string; remove(): void; write(name: string, value: Json): string } {
  const path = mkdtempSync(join(tmpdir(), 'attache-e2e-'));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
    write(name, value) {
      const file = join(path, name);
      writeFileSync(`${file}.new`, JSON.stringify(value));
      renameSync(`${file}.new`, file);
      return file;
    },
  };
}

/** A running proxy. */
export class Running {
  readonly child: ChildProcess;
  output = '';
  readonly exited: Promise<number | string>;
  private done: number | string | undefined;

  constructor(command: string, args: string[], input: 'ignore' | 'pipe' = 'ignore') {
    this.child = spawn(command, args, { cwd: root, stdio: [input, 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.output += data;
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.output += data;
    });
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        this.done = code ?? signal ?? 'unknown';
        resolve(this.done);
      });
    });
  }

  get alive(): boolean {
    return this.done === undefined;
  }

  /** Until something accepts on the port. */
  async listening(port: number): Promise<void> {
    await eventually(`port ${port}`, () => {
      if (!this.alive) throw new Error(`exited with ${this.done}: ${this.output}`);
      return accepts(port);
    });
  }

  async stop(): Promise<void> {
    if (this.alive) this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** True when a connection to the port succeeds. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Starts the built command on `config` and waits for its `ports`. */
export async function start(config: Json, ports: number[], args: string[] = []): Promise<Running> {
  const dir = folder();
  const file = dir.write('config.json', config);
  const proxy = new Running(process.execPath, [
    join(root, 'bin/attache'),
    '-c',
    file,
    ...(args.includes('--concurrency') ? [] : ['--concurrency', '1']),
    // Access logs are waited for.
    ...(args.includes('--file-flush-interval-msec') ? [] : ['--file-flush-interval-msec', '50']),
    ...args,
  ]);
  void proxy.exited.then(() => dir.remove());
  try {
    for (const port of ports) await proxy.listening(port);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return proxy;
}

// ---- raw client -----------------------------------------------------------------------------

/** One HTTP response taken from bytes. */
export interface Response {
  status: number;
  line: string;
  headers: [string, string][];
  body: Buffer;
  trailers: string;
}

/** The value of a header of a response (the first one), undefined when absent. */
export function header(response: Response, name: string): string | undefined {
  return response.headers.find(([key]) => key === name)?.[1];
}

/** Takes one response from the start of `data`; undefined while it is incomplete. */
export function takeResponse(data: Buffer, head: boolean, ended: boolean): [Response, Buffer] | undefined {
  const at = data.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const [line = '', ...lines] = data.subarray(0, at).toString('latin1').split('\r\n');
  const headers = lines.map((text): [string, string] => {
    const colon = text.indexOf(':');
    return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()];
  });
  const response: Response = {
    status: Number(line.split(' ')[1]),
    line,
    headers,
    body: Buffer.alloc(0),
    trailers: '',
  };
  let rest = data.subarray(at + 4);
  if (head || response.status < 200 || response.status === 204 || response.status === 304)
    return [response, rest];
  if (header(response, 'transfer-encoding') === 'chunked') {
    const pieces: Buffer[] = [];
    for (;;) {
      const eol = rest.indexOf('\r\n');
      if (eol < 0) return undefined;
      const size = Number.parseInt(rest.subarray(0, eol).toString('latin1'), 16);
      if (size === 0) {
        const end = rest.indexOf('\r\n\r\n', eol);
        if (end < 0) return undefined;
        response.trailers = rest.subarray(eol + 2, Math.max(end, eol + 2)).toString('latin1');
        response.body = Buffer.concat(pieces);
        return [response, rest.subarray(end + 4)];
      }
      if (rest.length < eol + 4 + size) return undefined;
      pieces.push(rest.subarray(eol + 2, eol + 2 + size));
      rest = rest.subarray(eol + 4 + size);
    }
  }
  const length = header(response, 'content-length');
  if (length === undefined) {
    if (!ended) return undefined;
    response.body = rest;
    return [response, Buffer.alloc(0)];
  }
  if (rest.length < Number(length)) return undefined;
  response.body = rest.subarray(0, Number(length));
  rest = rest.subarray(Number(length));
  return [response, rest];
}

/** A TCP connection that keeps what it receives. */
export class Client {
  readonly socket: Socket;
  ended = false;
  closed = false;
  private pieces: Buffer[] = [];
  private have: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.socket.on('data', (data: Buffer) => this.pieces.push(data));
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.on('error', () => {
      this.ended = true;
    });
    this.socket.on('close', () => {
      this.ended = true;
      this.closed = true;
    });
  }

  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
    return this;
  }

  get bytes(): Buffer {
    if (this.pieces.length > 0) {
      this.have = Buffer.concat([this.have, ...this.pieces]);
      this.pieces = [];
    }
    return this.have;
  }

  /** The next response (interim ones too). */
  async response(head = false): Promise<Response> {
    return await eventually('a response', () => {
      const taken = takeResponse(this.bytes, head, this.ended);
      if (taken) {
        this.have = taken[1];
        return taken[0];
      }
      if (this.ended)
        throw new Error(
          `ended inside a response: ${JSON.stringify(this.have.toString('latin1').slice(0, 300))}`,
        );
      return undefined;
    });
  }

  async untilEnd(limit?: number): Promise<Buffer> {
    await eventually('the end of the connection', () => this.ended, limit);
    return this.bytes;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One exchange on a connection of its own. */
export async function ask(port: number, request: string | Buffer, head = false): Promise<Response> {
  const client = new Client(port).send(request);
  try {
    return await client.response(head);
  } finally {
    client.close();
  }
}

export function get(path: string, headers = '', host = 'test.example'): string {
  return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n`;
}

// ---- raw origin -----------------------------------------------------------------------------

/** What an origin received as one request. */
export interface Request {
  line: string;
  path: string;
  headers: [string, string][];
  body: Buffer;
  trailers: string;
  /** The how-manieth of its connection, from 1. */
  nth: number;
  /** The how-manieth connection of the origin, from 1. */
  connection: number;
}

export type Handler = (request: Request, socket: Socket) => string | Buffer | undefined;

/** An HTTP/1.1 origin scripted by a handler; what the handler returns is written as it is. */
export class Origin {
  readonly requests: Request[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  port = 0;
  private readonly server;

  constructor(handler: Handler, raw?: (socket: Socket) => void) {
    this.server = createServer({ noDelay: true }, (socket) => {
      const connection = ++this.connections;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
      if (raw) {
        raw(socket);
        return;
      }
      let pieces: Buffer[] = [];
      let nth = 0;
      socket.on('data', (piece: Buffer) => {
        pieces.push(piece);
        let data: Buffer = Buffer.concat(pieces);
        pieces = [data];
        for (let taken = takeRequest(data); taken; taken = takeRequest(data)) {
          data = taken[1];
          pieces = [data];
          const request = { ...taken[0], nth: ++nth, connection };
          this.requests.push(request);
          const answer = handler(request, socket);
          if (answer !== undefined && !socket.destroyed) {
            socket.write(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer);
          }
        }
      });
    });
  }

  listen(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => {
        this.port = portOf(this.server.address());
        resolve(this);
      });
    });
  }

  get last(): Request {
    const request = this.requests.at(-1);
    if (!request) throw new Error('the origin has seen no request');
    return request;
  }

  /** Forgets its connections, as a restarted origin does. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function takeRequest(data: Buffer): [Omit<Request, 'nth' | 'connection'>, Buffer] | undefined {
  const at = data.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  // The framing of a request with a body is that of a response with the same headers.
  const text = data.subarray(0, at).toString('latin1');
  const framed = /\r\n(content-length|transfer-encoding):/i.test(text);
  const line = text.split('\r\n')[0] ?? '';
  const taken = takeResponse(
    framed ? data : Buffer.from(`${text}\r\ncontent-length: 0\r\n\r\n`, 'latin1'),
    false,
    false,
  );
  if (!taken) return undefined;
  const [parsed, rest] = taken;
  const headers = framed ? parsed.headers : parsed.headers.slice(0, -1);
  return [
    { line, path: line.split(' ')[1] ?? '', headers, body: parsed.body, trailers: parsed.trailers },
    framed ? rest : data.subarray(at + 4),
  ];
}

/** The value of a request's header at the origin. */
export function sent(request: Request, name: string): string | undefined {
  return request.headers.find(([key]) => key === name)?.[1];
}

/** A plain answer. */
export function answer(body: string | Buffer = 'ok', headers = '', status = '200 OK'): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${bytes.length}\r\n${headers}\r\n`),
    bytes,
  ]);
}
