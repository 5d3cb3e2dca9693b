import { closeSync, openSync, write } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { localAddress } from '../local_address.ts';

/** What is known of an answer when it has been sent. Times in ms. */
export type Answered = {
  readonly status: number;
  /** Of the body. */
  readonly bytesSent: number;
  /** When the request came, ms since the epoch, and how long it took. */
  readonly since: number;
  readonly duration: number;
};

const STREAMS: Readonly<Record<string, number>> = { '/dev/stdout': 1, '/dev/stderr': 2 };
const quoted = (text: string | undefined): string => `"${text === undefined || text === '' ? '-' : text}"`;
const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header;

/** A line of the admin interface's log, in Envoy's default format. `ipVersion`: of the address of this machine. */
export function logLine(req: IncomingMessage, answered: Answered, ipVersion: 'v4' | 'v6'): string {
  const { status, bytesSent, since, duration } = answered;
  const { headers, httpVersion, method = '-', url = '-', socket } = req;
  const remote = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  // As at any edge: what comes over the loopback comes from this machine.
  const peer = /^127\.|^::1$/.test(remote) ? localAddress(ipVersion) : remote;
  const forwarded = [one(headers['x-forwarded-for']), peer].filter(
    (text) => text !== undefined && text !== '',
  );
  const facts = [
    `[${new Date(since).toISOString()}]`,
    quoted(`${method} ${url} HTTP/${httpVersion}`),
    status,
    '-',
    Number(headers['content-length'] ?? 0),
    bytesSent,
    Math.floor(duration),
    '-',
    quoted(forwarded.join(',')),
    quoted(headers['user-agent']),
    quoted(one(headers['x-request-id'])),
    quoted(headers.host),
    '"-"',
  ];
  return `${facts.join(' ')}\n`;
}

/** Where the admin interface writes what it was asked. Throws with a text for the user when it cannot be opened. */
export class AdminLog {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #fd: number;

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#fd = this.#open();
  }

  write(line: string): void {
    // Appended as a whole.
    write(this.#fd, line, (error) => {
      if (error !== null) this.#onError(error);
    });
  }

  /** The file may have been moved away. */
  reopen(): void {
    if (this.#path in STREAMS) return;
    const before = this.#fd;
    try {
      this.#fd = this.#open();
      closeSync(before);
    } catch (error) {
      this.#onError(error as Error);
    }
  }

  close(): void {
    if (!(this.#path in STREAMS)) closeSync(this.#fd);
  }

  #open(): number {
    try {
      return STREAMS[this.#path] ?? openSync(this.#path, 'a');
    } catch (error) {
      throw new Error(`unable to open file '${this.#path}': ${(error as Error).message}`);
    }
  }
}
