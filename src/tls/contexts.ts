import { createHash } from 'node:crypto';
import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { CompiledResource } from '../config/compiled.ts';
import type { WatchSpec } from '../config/file_watch.ts';
import { sourceKey } from '../config/sources.ts';
import { tlsRecord } from './record.ts';
import { encodeParts, type TlsPart } from './spec.ts';

/** A part and where it stands in the configuration. */
export type LocatedPart = TlsPart & { readonly path: Path };

/** What the data plane says about a specification: the part that is wrong, the how-manieth of its tag. */
export type TlsFault = { readonly tag: number; readonly index: number; readonly message: string };

/** A TLS context that a listener or cluster refers to by name; equal ones share it. */
export type TlsContextPayload<C> = {
  readonly name: string;
  /** To build it anew when a file has changed. */
  readonly parts: readonly TlsPart[];
  readonly files: readonly WatchSpec[];
  /** Gone once it is published; not there as long as secrets are missing. */
  compiled: C | undefined;
};

/** The TLS contexts of one resource. */
export class TlsContexts {
  readonly list: TlsContextPayload<CompiledResource>[] = [];
  readonly #diagnostics: Diagnostics;
  readonly #read: (path: string) => Uint8Array;
  readonly #check: ((spec: Uint8Array) => TlsFault | undefined) | undefined;

  /** `check` builds a context to see whether it can be. */
  constructor(
    diagnostics: Diagnostics,
    read: (path: string) => Uint8Array,
    check?: (spec: Uint8Array) => TlsFault | undefined,
  ) {
    this.#diagnostics = diagnostics;
    this.#read = read;
    this.#check = check;
  }

  /** The name to refer to the context by; undefined after reporting errors. */
  add(located: readonly LocatedPart[], files: readonly WatchSpec[], path: Path): string | undefined {
    const parts = located.map(({ path: _, ...part }) => part);
    if (!this.#readable(located)) return undefined;
    if (parts.some(({ secret }) => secret !== undefined))
      return this.#take({ parts, files, compiled: undefined });
    const spec = encodeParts(parts, this.#read);
    const fault = this.#check?.(spec);
    if (fault !== undefined) {
      const at = located.filter(({ tag }) => tag === fault.tag)[fault.index];
      this.#diagnostics.error(at?.path ?? path, 'tls', fault.message);
      return undefined;
    }
    return this.#take({ parts, files, compiled: tlsRecord(spec) });
  }

  #take(payload: Omit<TlsContextPayload<CompiledResource>, 'name'>): string {
    const name = nameOf(payload.parts);
    if (!this.list.some((one) => one.name === name)) this.list.push({ name, ...payload });
    return name;
  }

  #readable(parts: readonly LocatedPart[]): boolean {
    let fine = true;
    for (const { file, path } of parts) {
      if (file === undefined) continue;
      try {
        if (this.#read(file).length > 0) continue;
        this.#diagnostics.error(path, 'file', `the file ${file} is empty`);
      } catch (error) {
        this.#diagnostics.error(path, 'file', `cannot read ${file}: ${(error as Error).message}`);
      }
      fine = false;
    }
    return fine;
  }
}

/** By what is said, not by what files hold: a file that changes is the same context. */
function nameOf(parts: readonly TlsPart[]): string {
  const hash = createHash('sha256');
  for (const { tag, bytes, file, secret } of parts) {
    if (secret !== undefined)
      hash.update(`s ${secret.kind} ${JSON.stringify([secret.name, sourceKey(secret.source)])}\n`);
    hash.update(`${tag} ${file === undefined ? 'b' : 'f'} ${bytes?.length ?? file?.length ?? 0}\n`);
    hash.update(bytes ?? file ?? '');
  }
  return hash.digest('base64url').slice(0, 32);
}
