import { createServer, type Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * How two processes talk: lines of JSON over a Unix socket, one answer to each request. Who may ask for
 * more than the sockets proves with the token, which goes with the sockets to a process of the same user.
 */
export type Request =
  | { readonly ask: 'sockets'; readonly to: string; readonly version: string }
  | { readonly ask: 'drain' | 'stats' | 'end'; readonly token: string };

/** The path of the process of an epoch. */
export const pathOf = (prefix: string, baseId: number, epoch: number): string =>
  `${prefix}_${baseId}_${epoch}`;

const TIMEOUT_MS = 10_000;

/** Asks one thing after another. Rejects when the other process is gone, or silent for too long. */
export class Asker {
  readonly #socket: Socket;
  readonly #waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  #error: Error | undefined;

  /** Over a connected socket, which it owns. */
  constructor(connected: number) {
    const socket = new Socket({ fd: connected });
    this.#socket = socket;
    socket.setEncoding('utf8');
    const fail = (error: Error): void => {
      this.#error ??= error;
      for (const one of this.#waiting.splice(0)) one.reject(this.#error);
    };
    createInterface({ input: socket })
      .on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)))
      // It tells of the socket's errors too.
      .on('error', fail);
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the other process has ended the connection')));
  }

  /** Sends; resolves when the request is on its way. */
  send(request: Request): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.write(`${JSON.stringify(request)}\n`, (error) => (error ? reject(error) : resolve())),
    );
  }

  async ask(request: Request): Promise<unknown> {
    if (this.#error !== undefined) throw this.#error;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    answer.catch(() => undefined);
    await this.send(request);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the other process does not answer')), TIMEOUT_MS);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#socket.destroy();
  }
}

/**
 * Answers on a listening socket, which it owns. `answer` gets what was asked, and a promise of the end of
 * the connection; what it throws ends the connection.
 */
export function answerOn(
  listening: number,
  answer: (request: Request, ended: Promise<void>) => unknown,
): Server {
  const server = createServer((socket) => {
    socket.setEncoding('utf8');
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => {
      try {
        socket.write(`${JSON.stringify(answer(JSON.parse(line) as Request, ended) ?? {})}\n`);
      } catch {
        socket.destroy();
      }
    });
    socket.unref();
  });
  server.listen({ fd: listening });
  server.unref();
  return server;
}
