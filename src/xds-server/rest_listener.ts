import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsOptions } from './server.ts';

/** A listening HTTP server. */
export interface RestListener {
  readonly server: Server;
  close(): Promise<void>;
}

/** Listens on `host:port`. */
export async function listenRest(
  address: string,
  handler: (request: IncomingMessage, response: ServerResponse) => boolean,
  tls: TlsOptions | undefined,
): Promise<RestListener> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    if (!handler(request, response)) response.writeHead(404, { 'content-length': 0 }).end();
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: true }, listener);
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(address.slice(colon + 1)), host, resolve);
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
