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

/** A file that is open as long as something is on its way to it. */
type LogFile = { readonly fd: number; writing: number; ended: boolean };

/** Where the admin interface writes what it was asked. Throws with a text for the user when it cannot be opened. */
export class AdminLog {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #file: LogFile;

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#file = this.#open();
  }

  write(line: string): void {
    const file = this.#file;
    file.writing++;
    // Appended as a whole.
    write(file.fd, line, (error) => {
      file.writing--;
      this.#closeUnused(file);
      if (error !== null) this.#onError(error);
    });
  }

  /** The file may have been moved away. */
  reopen(): void {
    if (this.#path in STREAMS) return;
    const before = this.#file;
    try {
      this.#file = this.#open();
      this.#end(before);
    } catch (error) {
      this.#onError(error as Error);
    }
  }

  /** What was written before still goes out. */
  close(): void {
    if (!(this.#path in STREAMS)) this.#end(this.#file);
  }

  #end(file: LogFile): void {
    file.ended = true;
    this.#closeUnused(file);
  }

  /** Writes go out on other threads: until then nobody else may get the descriptor's number. */
  #closeUnused({ fd, ended, writing }: LogFile): void {
    if (ended && writing === 0) closeSync(fd);
  }

  #open(): LogFile {
    try {
      return { fd: STREAMS[this.#path] ?? openSync(this.#path, 'a'), writing: 0, ended: false };
    } catch (error) {
      throw new Error(`unable to open file '${this.#path}': ${(error as Error).message}`);
    }
  }
}
