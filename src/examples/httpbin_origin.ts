/**
 * A small origin that answers as httpbin.org does, for `npm start` and for tests: it shows what arrived
 * (`/get`, `/headers`, `/anything`, `/post` …) or does what the path says (`/status/503`, `/delay/2`,
 * `/bytes/1024`, `/stream/5`, `/redirect/3` …).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpbinOrigin {
  /** The port that it listens on. */
  readonly port: number;
  /** Ends it, with the connections that are open. */
  close(): Promise<void>;
}

const BODY_LIMIT = 16 << 20;
const BYTES_LIMIT = 100 << 10;
const LINES_LIMIT = 100;
const DELAY_LIMIT_S = 10;

class HttpbinError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What follows the endpoint's name in the path. */
  readonly argument: string;
};

/** `user-agent` as httpbin spells it: `User-Agent`. */
const titled = (name: string): string => name.replace(/(^|-)[a-z]/g, (part) => part.toUpperCase());

function sorted<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = titled((request.rawHeaders[i] as string).toLowerCase());
    const value = request.rawHeaders[i + 1] as string;
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return sorted(values);
}

/** A name that is given once has a string, one that is repeated a list. */
function grouped(parameters: URLSearchParams): Record<string, string | string[]> {
  return sorted(
    [...new Set(parameters.keys())].map((name) => {
      const all = parameters.getAll(name);
      return [name, all.length === 1 ? (all[0] as string) : all] as const;
    }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) throw new HttpbinError(413, 'the body is too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function sendJson({ response, request }: Exchange, value: unknown, status = 200): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function seen({ request, url }: Exchange): Record<string, unknown> {
  return {
    args: grouped(url.searchParams),
    headers: headersOf(request),
    origin: request.headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? '',
    url: url.href,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function seenWithBody(exchange: Exchange): Promise<Record<string, unknown>> {
  const { request } = exchange;
  const body = await bodyOf(request);
  const text = body.toString('utf8');
  const printable = Buffer.from(text, 'utf8').equals(body);
  const isForm = /^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '');
  const { args, headers, origin, url } = seen(exchange);
  return {
    args,
    data: isForm ? '' : printable ? text : `data:application/octet-stream;base64,${body.toString('base64')}`,
    files: {},
    form: isForm ? grouped(new URLSearchParams(text)) : {},
    headers,
    json: text === '' ? null : parseJson(text),
    method: request.method,
    origin,
    url,
  };
}

function wholeNumber(text: string, what: string, limit: number): number {
  if (!/^\d+$/.test(text)) throw new HttpbinError(404, `${what} must be a whole number`);
  return Math.min(Number(text), limit);
}

function show(method: string) {
  return async (exchange: Exchange): Promise<void> => {
    const { method: got } = exchange.request;
    if (got !== method && !(method === 'GET' && got === 'HEAD')) {
      exchange.response.setHeader('allow', method === 'GET' ? 'GET, HEAD' : method);
      throw new HttpbinError(405, `this endpoint wants ${method}`);
    }
    if (method === 'GET') return sendJson(exchange, seen(exchange));
    const { method: _, ...rest } = await seenWithBody(exchange);
    sendJson(exchange, rest);
  };
}

/** `/status/204` or one of several at random: `/status/200,503`. */
function status(exchange: Exchange): void {
  const codes = exchange.argument.split(',').map((text) => wholeNumber(text, 'a status', 999));
  const code = codes[Math.floor(Math.random() * codes.length)] as number;
  if (code < 200) throw new HttpbinError(400, 'a final status is 200 or more');
  const { response } = exchange;
  if (code >= 300 && code < 400 && code !== 304) response.setHeader('location', '/redirect/1');
  if (code === 204 || code === 304) response.writeHead(code);
  else response.writeHead(code, { 'content-length': 0 });
  response.end();
}

async function delay(exchange: Exchange): Promise<void> {
  const seconds = Number(exchange.argument);
  if (!(seconds >= 0)) throw new HttpbinError(404, 'a delay must be a number of seconds');
  const { response } = exchange;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.min(seconds, DELAY_LIMIT_S) * 1000);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (!response.destroyed) sendJson(exchange, await seenWithBody(exchange));
}

function bytes({ argument, request, response }: Exchange): void {
  const body = randomBytes(wholeNumber(argument, 'the number of bytes', BYTES_LIMIT));
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The same as `/bytes`, in chunks of `chunk_size`. */
function streamBytes({ argument, response, url }: Exchange): void {
  const body = randomBytes(wholeNumber(argument, 'the number of bytes', BYTES_LIMIT));
  const size = Math.max(
    1,
    wholeNumber(url.searchParams.get('chunk_size') ?? '10240', 'chunk_size', BYTES_LIMIT),
  );
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
  response.end();
}

/** So many lines of JSON, one chunk each. */
function stream(exchange: Exchange): void {
  const lines = wholeNumber(exchange.argument, 'the number of lines', LINES_LIMIT);
  const value = seen(exchange);
  exchange.response.writeHead(200, { 'content-type': 'application/json' });
  for (let id = 0; id < lines; id++) exchange.response.write(`${JSON.stringify({ id, ...value })}\n`);
  exchange.response.end();
}

function redirect({ argument, response }: Exchange): void {
  const left = wholeNumber(argument, 'the number of redirects', LINES_LIMIT);
  response.writeHead(302, { location: left <= 1 ? '/get' : `/redirect/${left - 1}`, 'content-length': 0 });
  response.end();
}

/** Answers with the headers that the query names. */
function responseHeaders(exchange: Exchange): void {
  for (const name of new Set(exchange.url.searchParams.keys()))
    exchange.response.setHeader(name, exchange.url.searchParams.getAll(name));
  sendJson(exchange, grouped(exchange.url.searchParams));
}

const INDEX = `An origin that answers as httpbin.org does:
  /get /headers /ip /user-agent /uuid       what arrived
  /post /put /patch /delete                 the same, with a body
  /anything[/...]                           any method
  /status/CODE[,CODE...]                    answers with that status
  /delay/SECONDS                            answers late
  /bytes/N /stream-bytes/N /stream/LINES    a body of that size
  /redirect/N /response-headers?name=value
`;

/** By the first segment of the path. */
const ENDPOINTS: Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>> = {
  '': ({ request, response }) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(INDEX) });
    response.end(request.method === 'HEAD' ? undefined : INDEX);
  },
  get: show('GET'),
  post: show('POST'),
  put: show('PUT'),
  patch: show('PATCH'),
  delete: show('DELETE'),
  anything: async (exchange) => sendJson(exchange, await seenWithBody(exchange)),
  headers: (exchange) => sendJson(exchange, { headers: headersOf(exchange.request) }),
  ip: (exchange) => sendJson(exchange, { origin: seen(exchange).origin }),
  'user-agent': (exchange) =>
    sendJson(exchange, { 'user-agent': exchange.request.headers['user-agent'] ?? null }),
  uuid: (exchange) => sendJson(exchange, { uuid: randomUUID() }),
  status,
  delay,
  bytes,
  'stream-bytes': streamBytes,
  stream,
  redirect,
  'response-headers': responseHeaders,
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let exchange: Exchange | undefined;
  try {
    const base = `http://${request.headers.host ?? 'localhost'}`;
    if (!URL.canParse(request.url ?? '', base))
      throw new HttpbinError(400, 'the request target is not a URL');
    const url = new URL(request.url ?? '', base);
    const [, name = '', argument = ''] = url.pathname.split('/');
    exchange = { request, response, url, argument };
    const endpoint = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
    if (endpoint === undefined) throw new HttpbinError(404, `there is no /${name}`);
    await endpoint(exchange);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const code = error instanceof HttpbinError ? error.status : 500;
    const text = `${(error as Error).message}\n`;
    response.writeHead(code, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }
}

/** Starts it; rejects when the address is taken. Port 0: one that the system chooses. */
export async function startHttpbin(port = 0, host = '127.0.0.1'): Promise<HttpbinOrigin> {
  const server: Server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
