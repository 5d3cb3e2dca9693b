import type { DiscoveryResponse } from './wire.ts';

/** What came of a response: an error refuses it (NACK), although what is good in it has been applied. */
export type Outcome = {
  readonly error?: string | undefined;
  /** The resources that were refused. */
  readonly rejected?: ReadonlySet<string>;
};

/** What is said next about one type on a stream, without the bytes of the node. */
export interface TypeState {
  readonly typeUrl: string;
  /** Whether there is something to say. */
  readonly wants: boolean;
  add(names: Iterable<string>): void;
  remove(names: Iterable<string>): void;
  /** Everything, beside the names. */
  setWildcard(): void;
  /** A stream begins: what the one before was told does not count any longer. */
  opened(): void;
  /** A response is there, and will be answered with `done`. */
  received(): void;
  done(response: DiscoveryResponse, outcome: Outcome): void;
  /** What is gone without the server's word (its time to live is over). */
  forget(names: Iterable<string>): void;
  /** The next message; only when it `wants`. */
  next(node: Uint8Array | undefined): Uint8Array;
}
