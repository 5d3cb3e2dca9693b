import { Http2Link } from './http2_link.ts';
import { BodyPart, requestFields } from './http_judge.ts';
import type { HttpResults } from './http1_probe.ts';
import type { ResponseHead } from './http1_response.ts';
import type { Connect } from './probe.ts';
import type { Probe } from './session.ts';
import type { HttpCheck } from './settings.ts';

/** A connection of HTTP/2 for the checks of a host, made when there is none, and given up as Envoy does. */
export class CheckLink {
  readonly #connect: Connect;
  readonly #onFailed: () => void;
  #link: Http2Link | undefined;
  #reuse: boolean;
  readonly #mayReuse: boolean;

  /** `onFailed`: the exchange under way has failed, by the host's GOAWAY. */
  constructor(connect: Connect, reuse: boolean, onFailed: () => void) {
    this.#connect = connect;
    this.#mayReuse = reuse;
    this.#reuse = reuse;
    this.#onFailed = onFailed;
  }

  get(): Http2Link {
    if (this.#link !== undefined) return this.#link;
    this.#reuse = this.#mayReuse;
    const link: Http2Link = new Http2Link(
      this.#connect,
      () => {
        if (this.#link === link) this.#link = undefined;
      },
      (graceful) => this.#onGoAway(link, graceful),
    );
    this.#link = link;
    return link;
  }

  /** After an exchange. */
  completed(): void {
    if (!this.#reuse) this.close();
  }

  /** Gives the exchange up, but not the connection if that may go on. */
  cancel(): void {
    if (this.#reuse) this.#link?.cancel();
    else this.close();
  }

  close(): void {
    const link = this.#link;
    this.#link = undefined;
    link?.close();
  }

  #onGoAway(link: Http2Link, graceful: boolean): void {
    if (this.#link !== link) return;
    if (link.busy && graceful) {
      this.#reuse = false;
      return;
    }
    const { busy } = link;
    this.close();
    if (busy) this.#onFailed();
  }
}

/** Requests of HTTP/2, one after another on a connection. */
export class Http2Probe implements Probe {
  readonly #check: HttpCheck;
  readonly #host: () => string;
  readonly #scheme: () => string;
  readonly #results: HttpResults;
  readonly #link: CheckLink;

  constructor(
    check: HttpCheck,
    host: () => string,
    scheme: () => string,
    reuse: boolean,
    results: HttpResults,
    connect: Connect,
  ) {
    this.#check = check;
    this.#host = host;
    this.#scheme = scheme;
    this.#results = results;
    this.#link = new CheckLink(connect, reuse, () => results.failed());
  }

  begin(): void {
    const { method, path, send } = this.#check;
    const body = new BodyPart(this.#check);
    let head: ResponseHead | undefined;
    const fields = [
      [':method', method],
      [':authority', this.#host()],
      [':path', path],
      [':scheme', this.#scheme()],
      ...requestFields(this.#check),
    ] as const;
    this.#link.get().request(fields, send, {
      onHead: (status, list) => {
        head = { status, fields: list };
      },
      onData: (bytes) => body.add(bytes),
      onEnd: () => {
        this.#link.completed();
        if (head !== undefined) this.#results.answered(head, body.bytes);
      },
      onReset: () => {
        this.#link.completed();
        this.#results.failed();
      },
    });
  }

  timeOut(): void {
    this.stop();
  }

  stop(): void {
    this.#link.close();
  }
}
