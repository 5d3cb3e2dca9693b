import { chmodSync, lstatSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AdminSettings } from '../config/messages.ts';
import type { Logger } from '../log/logger.ts';
import { formatAddress } from '../upstream/endpoints.ts';
import { AdminLog, logLine } from './access_log.ts';
import type { AdminContext } from './context.ts';
import { AdminCounters } from './counters.ts';
import { ENDPOINTS, helpText } from './endpoints.ts';
import { PieceSender } from './pieces.ts';
import { Query, splitTarget } from './query.ts';
import { type Reply, text } from './reply.ts';

const byPath = new Map(ENDPOINTS.map((endpoint) => [endpoint.path, endpoint]));
/** Longest form that is read. */
const MAX_FORM = 64 * 1024;

/** The admin interface: HTTP on an address or a Unix socket. */
export class AdminServer {
  readonly #context: AdminContext;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #sender = new PieceSender();
  readonly #counters = new AdminCounters();
  #pipe: string | undefined;
  #accessLog: AdminLog | undefined;
  /** `127.0.0.1:9901`, `[::1]:9901` or the path of the Unix socket; undefined before it listens. */
  address: string | undefined;

  constructor(context: AdminContext) {
    this.#context = context;
    this.#log = context.logs.get('admin', 'src/admin/server.ts');
    this.#counters.register(context.stats);
    this.#server = createServer((req, res) => void this.#answer(req, res));
    this.#server.on('connection', (socket: Socket) => this.#connected(socket));
  }

  /** Resolves when it listens; rejects with a text for the user. */
  async listen({ address, accessLogPath }: AdminSettings): Promise<void> {
    if (accessLogPath !== undefined)
      this.#accessLog = new AdminLog(accessLogPath, (error) =>
        this.#log.warn(`access log: ${error.message}`),
      );
    const shown = 'pipe' in address ? address.pipe : formatAddress(address.host, address.port);
    if ('pipe' in address) removeSocket(address.pipe);
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void => reject(new Error(`cannot bind '${shown}': ${error.message}`));
      this.#server.once('error', failed);
      this.#server.listen(
        // A name that begins with @ is in the abstract namespace.
        'pipe' in address ? { path: address.pipe.replace(/^@/, '\0') } : address,
        () => {
          this.#server.off('error', failed);
          resolve();
        },
      );
    });
    this.#server.on('error', (error) => this.#log.error(`admin listener: ${error.message}`));
    if ('pipe' in address) {
      this.address = address.pipe;
      if (!address.pipe.startsWith('@')) {
        this.#pipe = address.pipe;
        if (address.mode > 0) chmodSync(address.pipe, address.mode);
      }
    } else {
      const bound = this.#server.address() as AddressInfo;
      this.address = formatAddress(bound.address, bound.port);
    }
    this.#log.info(`admin address: ${this.address}`);
    const { adminAddressPath } = this.#context.options;
    if (adminAddressPath !== '') writeFileSync(adminAddressPath, this.address);
  }

  /** Stops at once; answers under way are cut off. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#pipe !== undefined) removeSocket(this.#pipe);
    this.#accessLog?.close();
    this.#accessLog = undefined;
  }

  /** The access log may have been moved away. */
  reopenLog(): void {
    this.#accessLog?.reopen();
  }

  #connected(socket: Socket): void {
    const since = performance.now();
    this.#counters.connected();
    socket.once('close', () => {
      this.#counters.disconnected(socket.bytesRead, socket.bytesWritten, performance.now() - since);
    });
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const since = performance.now();
    this.#counters.requested();
    let status = 500;
    let bytesSent = 0;
    try {
      const reply = await this.#reply(req);
      status = reply.status;
      bytesSent = await this.#send(req, res, reply);
    } catch (error) {
      this.#log.error(`${req.method} ${req.url}: ${(error as Error).stack}`);
      if (!res.headersSent) await this.#send(req, res, text('internal error\n', 500));
      else res.destroy();
    }
    const duration = performance.now() - since;
    this.#counters.answered(status, duration);
    if (this.#accessLog === undefined) return;
    const answered = { status, bytesSent, since: Date.now() - duration, duration };
    this.#accessLog.write(logLine(req, answered, this.#context.options.localAddressIpVersion));
  }

  async #reply(req: IncomingMessage): Promise<Reply> {
    const { path, query } = splitTarget(req.url ?? '/');
    const endpoint = byPath.get(path);
    if (endpoint === undefined) return text(`invalid path. ${helpText()}`, 404);
    if (endpoint.post === true && req.method !== 'POST') {
      return text(`Method ${req.method} not allowed, POST required.`, 405);
    }
    const form = await formOf(req);
    const { handle } = await endpoint.load();
    return handle(this.#context, new Query(form === '' ? query : `${query}&${form}`));
  }

  async #send(req: IncomingMessage, res: ServerResponse, { status, type, body }: Reply): Promise<number> {
    res.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-cache, max-age=0',
      'x-content-type-options': 'nosniff',
      server: 'envoy',
    });
    if (req.method === 'HEAD') {
      res.end();
      return 0;
    }
    if (typeof body === 'string') {
      res.end(body);
      return Buffer.byteLength(body);
    }
    const bytes = await this.#sender.send(res, body);
    res.end();
    return bytes;
  }
}

/** Parameters may come as the values of a form; any other body is not looked at. */
async function formOf(req: IncomingMessage): Promise<string> {
  const isForm = req.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (req.method !== 'POST' || !isForm) {
    req.resume();
    return '';
  }
  let form = '';
  for await (const chunk of req) {
    form += String(chunk);
    if (form.length > MAX_FORM) throw new Error('the form is too long');
  }
  return form.replaceAll('+', '%20');
}

/** Takes away the socket that a former process has left. */
function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // none there
  }
}
