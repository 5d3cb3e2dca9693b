import type { Outcome, TypeState } from './type_state.ts';
import { type DiscoveryResponse, encodeDelta } from './wire.ts';
import { canonicalName, collectionOf } from './xdstp.ts';

type Ack = { readonly nonce: string; readonly error: string | undefined };
const NONE: readonly never[] = [];

/**
 * One type over the incremental protocol: requests say what is added to the subscription and what is taken
 * from it, or answer a response by its nonce, never both. Pure: bytes and outcomes in, bytes out.
 */
export class DeltaState implements TypeState {
  readonly typeUrl: string;
  /** Each with the turn in which it was added. */
  readonly #names = new Map<string, number>();
  /** Additions and responses, in the order in which they came. */
  #turn = 0;
  /** The turns of responses that are being looked at. */
  readonly #came: number[] = [];
  #wildcard = false;
  /** What is there, with its version: told to the server when a stream begins. */
  readonly #versions = new Map<string, string>();
  #subscribe = new Set<string>();
  readonly #unsubscribe = new Set<string>();
  /** What the server was asked for on this stream. */
  readonly #told = new Set<string>();
  #acks: Ack[] = [];
  /** Nothing was said on this stream. */
  #first = true;

  constructor(typeUrl: string) {
    this.typeUrl = typeUrl;
  }

  get wants(): boolean {
    if (this.#acks.length > 0) return true;
    if (this.#first) return this.#wildcard || this.#names.size > 0;
    return this.#subscribe.size > 0 || this.#unsubscribe.size > 0;
  }

  add(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.#names.set(name, ++this.#turn);
      // Taken out and put back before the server heard of it: it has to send the resource again.
      this.#unsubscribe.delete(name);
      this.#subscribe.add(name);
    }
  }

  remove(names: Iterable<string>): void {
    for (const name of names) {
      if (!this.#names.delete(name)) continue;
      this.#versions.delete(name);
      this.#subscribe.delete(name);
      if (this.#told.has(name)) this.#unsubscribe.add(name);
    }
  }

  setWildcard(): void {
    if (this.#wildcard) return;
    this.#wildcard = true;
    if (!this.#first) this.#subscribe.add('*');
  }

  opened(): void {
    this.#first = true;
    this.#acks = [];
    this.#unsubscribe.clear();
    this.#told.clear();
    this.#subscribe = new Set(this.#names.keys());
  }

  received(): void {
    this.#came.push(++this.#turn);
  }

  done({ nonce, resources, removed }: DiscoveryResponse, { error, rejected }: Outcome): void {
    this.#acks.push({ nonce, error });
    const came = this.#came.shift() ?? 0;
    for (const { name, version } of resources) {
      const own = canonicalName(name);
      const added = this.#names.get(own);
      if (rejected?.has(own) || rejected?.has(name)) continue;
      if (added === undefined && !this.#wildcard && !this.#collected(name)) continue;
      // What was given up and asked for again since it came is not held: it comes again.
      if (added === undefined) this.#versions.set(name, version);
      else if (added < came) this.#versions.set(own, version);
    }
    this.forget(removed);
  }

  forget(names: Iterable<string>): void {
    for (const name of names) {
      this.#versions.delete(name);
      this.#versions.delete(canonicalName(name));
    }
  }

  /** It belongs to a collection that was asked for. */
  #collected(name: string): boolean {
    const collection = collectionOf(name);
    return collection !== undefined && this.#names.has(collection);
  }

  next(node: Uint8Array | undefined): Uint8Array {
    const { typeUrl } = this;
    const bare = { node, typeUrl, subscribe: NONE, unsubscribe: NONE, initial: NONE, nonce: '' };
    const ack = this.#acks.shift();
    if (ack !== undefined) return encodeDelta({ ...bare, ...ack });
    const message = encodeDelta({
      ...bare,
      subscribe: this.#subscribed(),
      unsubscribe: this.#unsubscribe,
      initial: this.#first ? this.#versions : NONE,
      error: undefined,
    });
    this.#first = false;
    for (const name of this.#subscribe) this.#told.add(name);
    for (const name of this.#unsubscribe) this.#told.delete(name);
    this.#subscribe.clear();
    this.#unsubscribe.clear();
    return message;
  }

  /** An empty first subscription asks for everything; beside names it has to be said. */
  #subscribed(): Iterable<string> {
    if (this.#first && this.#wildcard && this.#subscribe.size > 0) return ['*', ...this.#subscribe];
    return this.#subscribe;
  }
}
