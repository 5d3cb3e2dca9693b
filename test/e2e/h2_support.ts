// HTTP/2 by hand: a client that keeps what came as it came, and an origin that does what it is told.
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { eventually } from './support.ts';

export type Pairs = [string, string][];

/** Fields in their order, as the wire had them. */
export function pairs(raw: readonly string[]): Pairs {
  const list: Pairs = [];
  for (let i = 0; i < raw.length; i += 2) list.push([raw[i] as string, raw[i + 1] as string]);
  return list;
}

/** The value of a field; undefined when it is not there. */
export const fieldOf = (fields: Pairs, name: string): string | undefined =>
  fields.find(([key]) => key === name)?.[1];

export type Reply = {
  headers: Pairs;
  body: Buffer;
  trailers: Pairs;
  /** The code of a RST_STREAM; 0 when the stream ended by itself. */
  reset: number;
};

export type Call = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces of the body; undefined: it is not ended. */
  readonly body?: readonly Buffer[] | undefined;
  /** The request is left open. */
  readonly open?: boolean;
  readonly trailers?: Readonly<Record<string, string>>;
  /** How long its end is waited for, in ms. */
  readonly limit?: number;
  /** Called with the stream as soon as it exists. */
  readonly use?: (stream: http2.ClientHttp2Stream) => void;
};

/** A connection by prior knowledge. */
export class H2Client {
  readonly session: http2.ClientHttp2Session;
  closed = false;
  readonly goaways: number[] = [];

  constructor(port: number, options: http2.SecureClientSessionOptions = {}, scheme = 'http') {
    this.session = http2.connect(`${scheme}://127.0.0.1:${port}`, options);
    this.session.on('error', () => undefined);
    this.session.on('goaway', (code: number) => this.goaways.push(code));
    this.session.on('close', () => {
      this.closed = true;
    });
  }

  /** One exchange until its stream is closed. */
  async call(path: string, call: Call = {}): Promise<Reply> {
    const reply: Reply = { headers: [], body: Buffer.alloc(0), trailers: [], reset: 0 };
    const stream = this.session.request(
      {
        ':method': 'POST',
        ':path': path,
        ':authority': 'test.example',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...call.headers,
      },
      { endStream: false, waitForTrailers: call.trailers !== undefined },
    );
    const pieces: Buffer[] = [];
    let done = false;
    stream.on('wantTrailers', () => stream.sendTrailers({ ...call.trailers }));
    stream.on('response', (_headers, _flags, raw?: string[]) => {
      reply.headers = pairs(raw ?? []);
    });
    stream.on('trailers', (_headers, _flags, raw?: string[]) => {
      reply.trailers = pairs(raw ?? []);
    });
    stream.on('data', (data: Buffer) => pieces.push(data));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      reply.reset = stream.rstCode;
      done = true;
    });
    call.use?.(stream);
    for (const piece of call.body ?? []) stream.write(piece);
    if (call.open !== true) stream.end();
    await eventually('the end of a stream', () => done, call.limit);
    reply.body = Buffer.concat(pieces);
    return reply;
  }

  close(): void {
    this.session.destroy();
  }
}

/** One exchange on a connection of its own. */
export async function callOnce(port: number, path: string, call: Call = {}): Promise<Reply> {
  const client = new H2Client(port);
  try {
    return await client.call(path, call);
  } finally {
    client.close();
  }
}

export type H2Request = {
  readonly path: string;
  readonly headers: Pairs;
  body: Buffer;
  trailers: Pairs;
  ended: boolean;
  /** The code with which its stream was closed; undefined: it is open. */
  closed: number | undefined;
};

/** An origin of clear-text HTTP/2. `handler` is called with the head. */
export class H2Origin {
  readonly server: http2.Http2Server;
  readonly requests: H2Request[] = [];
  readonly sessions = new Set<http2.ServerHttp2Session>();
  port = 0;

  constructor(
    handler: (stream: ServerHttp2Stream, request: H2Request, headers: IncomingHttpHeaders) => void,
    options: http2.ServerOptions = {},
  ) {
    this.server = http2.createServer(options);
    this.server.on('session', (session) => {
      this.sessions.add(session);
      session.on('error', () => undefined);
      session.on('close', () => this.sessions.delete(session));
    });
    this.server.on('stream', (stream, headers, _flags, raw?: string[]) => {
      const request: H2Request = {
        path: headers[':path'] ?? '',
        headers: pairs(raw ?? []),
        body: Buffer.alloc(0),
        trailers: [],
        ended: false,
        closed: undefined,
      };
      this.requests.push(request);
      stream.on('error', () => undefined);
      stream.on('data', (data: Buffer) => {
        request.body = Buffer.concat([request.body, data]);
      });
      stream.on('trailers', (_trailers, _flags, list?: string[]) => {
        request.trailers = pairs(list ?? []);
      });
      stream.on('end', () => {
        request.ended = true;
      });
      stream.on('close', () => {
        request.closed = stream.rstCode;
      });
      handler(stream, request, headers);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    return this;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** A gRPC message: not compressed, its length, its bytes. */
export function frame(data: string | Buffer, flags = 0): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Cluster fields: its hosts speak HTTP/2. */
export const http2Hosts = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};
