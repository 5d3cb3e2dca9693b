import type { NativeAddon } from '../engine/native.ts';
import { formatAddress } from '../upstream/endpoints.ts';
import type { BindSpec } from './payload.ts';

/** A bound address. */
export type Bound = { readonly socket: number; readonly port: number; readonly spec: BindSpec };
/** A listening socket of an earlier process, under the key that `Sockets` has it under. */
export type Inherited = { readonly key: string; readonly socket: number; readonly port: number };
type Held = Bound & { readonly key: string; readonly options: string; users: number };

export const bindAddress = (spec: BindSpec, port = spec.port): string =>
  spec.family === 'pipe' ? spec.host : formatAddress(spec.host, port);

/**
 * The listening sockets of the process. A socket that one listener gives up and another one of the
 * same update takes is handed over without closing: connections in its queue are not lost.
 */
export class Sockets {
  readonly #native: Pick<NativeAddon, 'bind' | 'unbind'>;
  readonly #held = new Map<string, Held>();
  #unused: Held[] = [];
  readonly #inherited = new Map<string, Inherited>();

  constructor(native: Pick<NativeAddon, 'bind' | 'unbind'>) {
    this.#native = native;
  }

  /** Sockets of an earlier process are taken instead of making ones of the same addresses. */
  inherit(sockets: readonly Inherited[]): void {
    for (const one of sockets) this.#inherited.set(one.key, one);
  }

  /** Closes the inherited ones that nobody has taken. */
  disinherit(): void {
    for (const { socket } of this.#inherited.values()) this.#native.unbind(socket);
    this.#inherited.clear();
  }

  /** All sockets, for the next process. */
  all(): Inherited[] {
    return [...this.#held.values()].map(({ key, socket, port }) => ({ key, socket, port }));
  }

  /** Sockets for all addresses of a listener, or an error with nothing taken. */
  acquire(listener: string, specs: readonly BindSpec[]): Bound[] {
    const taken: Held[] = [];
    try {
      for (const [index, spec] of specs.entries()) taken.push(this.#take(listener, spec, index));
      return taken;
    } catch (error) {
      this.release(taken);
      this.flush();
      throw error;
    }
  }

  /** Gives sockets back; they stay open until `flush`. */
  release(bound: readonly Bound[]): void {
    for (const one of bound as readonly Held[]) {
      one.users--;
      if (one.users === 0) this.#unused.push(one);
    }
  }

  /** Closes what nobody took over. */
  flush(): void {
    for (const held of this.#unused) {
      if (held.users > 0 || this.#held.get(held.key) !== held) continue;
      this.#held.delete(held.key);
      this.#native.unbind(held.socket);
    }
    this.#unused = [];
  }

  #take(listener: string, spec: BindSpec, index: number): Held {
    const address = bindAddress(spec);
    // A port that the system chooses belongs to its listener.
    const key = spec.port === 0 && spec.family !== 'pipe' ? `${listener}\0${index}\0${address}` : address;
    const options = JSON.stringify({
      ...spec,
      options: spec.options.map((o) => ({ ...o, value: [...o.value] })),
    });
    const held = this.#held.get(key);
    if (held !== undefined) {
      if (held.options !== options)
        throw new Error(`the socket options of the bound address ${address} cannot be changed`);
      held.users++;
      return held;
    }
    const inherited = this.#inherited.get(key);
    this.#inherited.delete(key);
    const answer = inherited ?? this.#native.bind(spec);
    if ('code' in answer) throw new Error(`cannot bind '${address}': ${answer.message}`);
    const made: Held = { socket: answer.socket, port: answer.port, spec, key, options, users: 1 };
    this.#held.set(key, made);
    return made;
  }
}
