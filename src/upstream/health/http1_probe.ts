import { BodyPart, requestHead } from './http_judge.ts';
import { Http1Response, type ResponseHead } from './http1_response.ts';
import type { Connect, Pipe } from './probe.ts';
import type { Probe } from './session.ts';
import type { HttpCheck } from './settings.ts';

export type HttpResults = {
  /** A whole response. */
  answered(head: ResponseHead, body: Buffer): void;
  failed(): void;
};

/** Requests of HTTP/1, one after another on a connection. */
export class Http1Probe implements Probe {
  readonly #check: HttpCheck;
  readonly #host: () => string;
  readonly #reuse: boolean;
  readonly #results: HttpResults;
  readonly #connect: Connect;
  #pipe: Pipe | undefined;
  #response: Http1Response | undefined;
  #body: BodyPart;

  constructor(check: HttpCheck, host: () => string, reuse: boolean, results: HttpResults, connect: Connect) {
    this.#check = check;
    this.#host = host;
    this.#reuse = reuse;
    this.#results = results;
    this.#connect = connect;
    this.#body = new BodyPart(check);
  }

  begin(): void {
    const { method, send } = this.#check;
    this.#body = new BodyPart(this.#check);
    const body = this.#body;
    this.#response = new Http1Response(method === 'HEAD', (bytes) => body.add(bytes));
    this.#pipe ??= this.#connect({
      onConnected: () => undefined,
      onData: (bytes) => this.#onData(bytes),
      onClosed: () => this.#onClosed(),
    });
    const head = Buffer.from(requestHead(this.#check, this.#host()), 'latin1');
    this.#pipe.write(send === undefined ? head : Buffer.concat([head, send]));
  }

  timeOut(): void {
    this.stop();
  }

  stop(): void {
    this.#response = undefined;
    this.#pipe?.close();
    this.#pipe = undefined;
  }

  #onData(bytes: Buffer): void {
    const response = this.#response;
    // Nobody has asked for it.
    if (response === undefined) {
      this.stop();
      return;
    }
    const wrong = response.feed(bytes);
    if (response.done) {
      if (wrong !== undefined) response.close = true;
      this.#complete(response);
    } else if (wrong !== undefined) {
      this.stop();
      this.#results.failed();
    }
  }

  #onClosed(): void {
    const response = this.#response;
    this.#pipe = undefined;
    this.#response = undefined;
    if (response === undefined) return;
    if (response.end()) this.#complete(response);
    else this.#results.failed();
  }

  #complete(response: Http1Response): void {
    this.#response = undefined;
    if (response.close || !this.#reuse) this.stop();
    if (response.head !== undefined) this.#results.answered(response.head, this.#body.bytes);
  }
}
