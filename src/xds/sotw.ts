import type { Outcome, TypeState } from './type_state.ts';
import { type DiscoveryResponse, encodeSotw } from './wire.ts';

type Ack = { readonly nonce: string; readonly version: string; readonly error: string | undefined };

/**
 * One type over the state-of-the-world protocol: each request has all names, and answers the last response
 * by its nonce. Pure: bytes and outcomes in, bytes out.
 *
 * A name that is taken out and put back in soon may be news to nobody: the server ignores a request that
 * crosses a response. Who takes names out has to keep what came for them for a while.
 */
export class SotwState implements TypeState {
  readonly typeUrl: string;
  readonly #names = new Set<string>();
  #wildcard = false;
  /** Of the last response that was accepted; it survives the stream. */
  #version = '';
  #nonce = '';
  #acks: Ack[] = [];
  /** Something changed that the server does not know. */
  #dirty = false;
  /** Responses that are being looked at. */
  #open = 0;
  /** The server was asked for names on this stream: it has to know when there are none any longer. */
  #asked = false;

  constructor(typeUrl: string) {
    this.typeUrl = typeUrl;
  }

  get wants(): boolean {
    // While a response is open its nonce is the only one that the server takes: names go with the answer.
    return this.#acks.length > 0 || (this.#dirty && this.#open === 0);
  }

  add(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.#dirty = true;
    }
  }

  remove(names: Iterable<string>): void {
    for (const name of names) if (this.#names.delete(name)) this.#dirty = true;
    if (this.#names.size === 0 && !this.#wildcard && !this.#asked) this.#dirty = false;
  }

  setWildcard(): void {
    if (this.#wildcard) return;
    this.#wildcard = true;
    this.#dirty = true;
  }

  opened(): void {
    this.#nonce = '';
    this.#acks = [];
    this.#open = 0;
    this.#asked = false;
    this.#dirty = this.#wildcard || this.#names.size > 0;
  }

  received(): void {
    this.#open++;
  }

  done({ nonce, version }: DiscoveryResponse, { error }: Outcome): void {
    this.#open = Math.max(0, this.#open - 1);
    this.#nonce = nonce;
    if (error === undefined) this.#version = version;
    this.#acks.push({ nonce, version: this.#version, error });
  }

  forget(): void {
    // The version is that of the world; the next response says what there is.
  }

  next(node: Uint8Array | undefined): Uint8Array {
    const ack = this.#acks.shift() ?? { nonce: this.#nonce, version: this.#version, error: undefined };
    if (this.#acks.length === 0) this.#dirty = false;
    this.#asked = true;
    return encodeSotw({ ...ack, node, typeUrl: this.typeUrl, names: this.#list() });
  }

  /** No name at all asks for everything; beside names it has to be said. */
  #list(): Iterable<string> {
    return this.#wildcard && this.#names.size > 0 ? ['*', ...this.#names] : this.#names;
  }
}
