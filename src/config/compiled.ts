/**
 * What the compilers (src/tables) hand to the publisher (src/config/publisher.ts): records whose
 * references to other things are still names. Plain data: it crosses threads.
 */

/** A u32 in a record that is filled in when it is published. Offsets are bytes from the record's start. */
export type Fixup =
  /** The reference of another record of the same resource, earlier in its list. */
  | { readonly kind: 'ref'; readonly offset: number; readonly record: number }
  /** The directory id of a resource, whether it exists yet or not. `target`: its record kind. */
  | { readonly kind: 'id'; readonly offset: number; readonly target: number; readonly name: string }
  /** A block of statistics of a group; one block for each group and name in the process. */
  | { readonly kind: 'stats'; readonly offset: number; readonly group: number; readonly name: string }
  /** A set of RE2 patterns. */
  | {
      readonly kind: 'regex';
      readonly offset: number;
      readonly patterns: readonly string[];
      readonly ignoreCase?: boolean;
    }
  /** A TLS context, built from the bytes of its specification (src/tls/spec.ts). */
  | { readonly kind: 'tls'; readonly offset: number; readonly spec: Uint8Array }
  /** The listening socket of an address of the listener, by its place in the list. */
  | { readonly kind: 'socket'; readonly offset: number; readonly address: number };

export type CompiledRecord = {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly fixups: readonly Fixup[];
  /**
   * Of bytes and fixups of a record that others refer to (an unchanged one is shared, not published
   * again); empty for the resource itself.
   */
  readonly hash: string;
};

/** Children first; the last record is the resource itself. */
export type CompiledResource = { readonly records: readonly CompiledRecord[] };
