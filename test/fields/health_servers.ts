/** Hosts that say how they are, at Unix sockets, and remember by the path of a request what they were asked. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { join } from 'node:path';
import { Authority, pem } from '../e2e/certificates.ts';

export type Asked = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly connection: number;
};

/** `/what/label`: the requests for a label. */
export const asked = new Map<string, Asked[]>();
/** Protocols that ALPN offered, by the server name. */
export const offered = new Map<string, readonly string[]>();

function statusOf(what: string, times: number): number {
  if (what === 'flip') return times === 1 ? 200 : 503;
  if (what === 'flop') return times === 1 ? 503 : 200;
  return /^\d+$/.test(what) ? Number(what) : 200;
}

const connections = new WeakMap<object, number>();
let last = 0;
function connectionOf(socket: object): number {
  const known = connections.get(socket) ?? ++last;
  connections.set(socket, known);
  return known;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, what = '', label = ''] = (request.url ?? '').split('/');
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (data: string) => {
    body += data;
  });
  request.on('end', () => {
    const list = asked.get(label) ?? [];
    asked.set(label, list);
    const { method = '', headers, socket } = request;
    list.push({ method, headers, body, connection: connectionOf(socket) });
    if (what === 'hang') return;
    const extra = what === 'service' ? { 'x-envoy-upstream-healthchecked-cluster': 'service-1' } : {};
    response.writeHead(statusOf(what, list.length), extra);
    response.end(`${'.'.repeat(100)}end`);
  });
}

const GRPC = '/grpc.health.v1.Health/Check';

/** HTTP/2: checks of gRPC are remembered by their authority, and good for the service of that name. */
function http2Server(): Server {
  const server = createHttp2((request, response) => {
    if (request.url !== GRPC) {
      answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
      return;
    }
    const pieces: Buffer[] = [];
    request.on('data', (data: Buffer) => pieces.push(data));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('latin1');
      const label = request.authority;
      asked.set(label, [
        ...(asked.get(label) ?? []),
        { method: request.method, headers: request.headers, body, connection: 0 },
      ]);
      const serving = body.includes('good') ? 1 : 2;
      response.writeHead(200, { 'content-type': 'application/grpc' });
      response.addTrailers({ 'grpc-status': '0' });
      response.end(Buffer.from([0, 0, 0, 0, 2, 8, serving]));
    });
  });
  return server as unknown as Server;
}

/** Starts them; answers the way to end them. */
export async function healthServers(files: string): Promise<() => Promise<void>> {
  const authority = new Authority();
  const { cert, key } = authority.issue('a.example');
  const http = createHttp(answer);
  const tls = createTls(
    {
      cert: pem(cert),
      key: pem(key),
      ALPNCallback: ({ servername, protocols }) => {
        offered.set(servername, protocols);
        return protocols[0];
      },
    },
    (socket) => http.emit('connection', socket),
  );
  const servers: Readonly<Record<string, Server>> = {
    http,
    http2: http2Server(),
    tls,
    echo: createTcp((socket) => void socket.on('data', (data) => socket.write(data))),
    deaf: createTcp(),
  };
  const sockets = new Set<Socket>();
  for (const [name, server] of Object.entries(servers)) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(join(files, `${name}.sock`), resolve));
  }
  return async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of Object.values(servers)) await new Promise((resolve) => server.close(resolve));
    authority.remove();
  };
}
