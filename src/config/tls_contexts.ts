import { readFileSync } from 'node:fs';
import type { Logger } from '../log/logger.ts';
import { certificatesOf, type ContextCertificates } from '../tls/certificates.ts';
import type { TlsContextPayload } from '../tls/contexts.ts';
import { encodeParts } from '../tls/spec.ts';
import type { CompiledResource } from './compiled.ts';
import type { FileWatcher } from './file_watch.ts';

/** What contexts are published through. */
export interface TlsPublisher<C> {
  putTls(name: string, context: C): void;
  dropTls(name: string): void;
  flush(): void;
}

type Deps<C> = {
  readonly publisher: TlsPublisher<C>;
  readonly watcher: FileWatcher;
  readonly log: Logger;
  /** A record of a specification. */
  readonly record: (spec: Uint8Array) => C;
};

type Active<C> = {
  readonly payload: TlsContextPayload<C>;
  users: number;
  readonly stops: (() => void)[];
  certificates?: ContextCertificates | undefined;
};

/**
 * The TLS contexts of all listeners and clusters: published while somebody uses them, and again when one of
 * their files was replaced. Connections that are open keep what they began with.
 */
export class TlsContextManager<C = CompiledResource> {
  readonly #deps: Deps<C>;
  readonly #active = new Map<string, Active<C>>();
  readonly counters = { update_success: 0, update_rejected: 0 };

  constructor(deps: Deps<C>) {
    this.#deps = deps;
  }

  /** Those in use. */
  active(): Iterable<TlsContextPayload<C>> {
    return [...this.#active.values()].map(({ payload }) => payload);
  }

  /** The certificates of a context, read when first asked for. */
  certificates(name: string): ContextCertificates | undefined {
    const active = this.#active.get(name);
    if (active === undefined) return undefined;
    active.certificates ??= certificatesOf(active.payload.parts);
    return active.certificates;
  }

  /** Publishes what is new, with the next flush. Throws when a context cannot be built. */
  acquire(payloads: readonly TlsContextPayload<C>[] = []): void {
    payloads.forEach((payload, i) => {
      const known = this.#active.get(payload.name);
      if (known !== undefined) {
        known.users++;
        payload.compiled = undefined;
        return;
      }
      try {
        if (payload.compiled === undefined) throw new Error('the TLS context was published before');
        this.#deps.publisher.putTls(payload.name, payload.compiled);
      } catch (error) {
        this.release(payloads.slice(0, i));
        throw error;
      }
      payload.compiled = undefined;
      const active: Active<C> = { payload, users: 1, stops: [] };
      this.#active.set(payload.name, active);
      for (const file of payload.files) {
        active.stops.push(this.#deps.watcher.watch(file, () => this.#changed(active)));
      }
    });
  }

  release(payloads: readonly TlsContextPayload<C>[] = []): void {
    for (const { name } of payloads) {
      const active = this.#active.get(name);
      if (active === undefined || --active.users > 0) continue;
      this.#active.delete(name);
      for (const stop of active.stops) stop();
      this.#deps.publisher.dropTls(name);
    }
  }

  /** A file was replaced. While certificate and key do not fit each other the version before stays. */
  #changed(active: Active<C>): void {
    const { payload } = active;
    const { publisher, log, record } = this.#deps;
    const files = [...new Set(payload.files.map(({ path }) => path))].join(', ');
    try {
      publisher.putTls(payload.name, record(encodeParts(payload.parts, (path) => readFileSync(path))));
      publisher.flush();
      active.certificates = undefined;
      this.counters.update_success++;
      log.info(`TLS context of ${files} updated`);
    } catch (error) {
      this.counters.update_rejected++;
      log.warn(`TLS context of ${files} not updated: ${(error as Error).message}`);
    }
  }
}
