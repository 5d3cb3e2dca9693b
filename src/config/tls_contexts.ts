import { readFileSync } from 'node:fs';
import type { Logger } from '../log/logger.ts';
import { certificatesOf, type ContextCertificates } from '../tls/certificates.ts';
import type { TlsContextPayload } from '../tls/contexts.ts';
import { withSecrets } from '../tls/secret_parts.ts';
import { encodeParts, type SecretRef, type TlsPart } from '../tls/spec.ts';
import type { CompiledResource } from './compiled.ts';
import type { FileWatcher } from './file_watch.ts';
import type { ConfigSource, SecretPayload } from './payload.ts';
import { sourceKey } from './sources.ts';

/** What contexts are published through. */
export interface TlsPublisher<C> {
  putTls(name: string, context: C): void;
  dropTls(name: string): void;
  flush(): void;
}

/** Where secrets come from. */
export interface SecretSource {
  /** Tells of every version, at once if there is one; `onSecret` throws for one that does not fit. */
  subscribe(
    source: ConfigSource,
    name: string,
    onSecret: (secret: SecretPayload) => void,
    onTimeout: () => void,
  ): () => void;
}

type Deps<C> = {
  readonly publisher: TlsPublisher<C>;
  readonly watcher: FileWatcher;
  readonly secrets: SecretSource;
  readonly log: Logger;
  /** A record of a specification. */
  readonly record: (spec: Uint8Array) => C;
};

/** A secret that a context waits for, or has. */
type Wanted = { payload: SecretPayload | undefined; late: boolean; stops: (() => void)[] };

type Active<C> = {
  readonly payload: TlsContextPayload<C>;
  users: number;
  published: boolean;
  readonly stops: (() => void)[];
  /** By `refKey`. */
  readonly secrets: Map<string, Wanted>;
  /** Called when no secret is waited for any longer. */
  waiters: (() => void)[];
  certificates?: ContextCertificates | undefined;
};

const refKey = ({ name, source, kind }: SecretRef): string => `${kind}\0${name}\0${sourceKey(source)}`;

/**
 * The TLS contexts of all listeners and clusters: published while somebody uses them, and again when one of
 * their files or secrets was replaced. Connections that are open keep what they began with.
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
    if (active?.published !== true) return undefined;
    active.certificates ??= certificatesOf(resolved(active));
    return active.certificates;
  }

  /**
   * Calls `ready` once, perhaps at once, when the secrets of the contexts are there or late. Answers the way to
   * let go; until then they stay, whether used or not.
   */
  warm(payloads: readonly TlsContextPayload<C>[] = [], ready: () => void): () => void {
    const held = payloads.filter(hasSecrets);
    let waiting = held.length;
    if (waiting === 0) {
      ready();
      return () => undefined;
    }
    for (const payload of held) {
      const active = this.#hold(payload);
      const one = (): void => {
        if (--waiting === 0) ready();
      };
      if (isSettled(active)) one();
      else active.waiters.push(one);
    }
    let over = false;
    return () => {
      if (!over) this.release(held);
      over = true;
    };
  }

  /** Publishes what is new, with the next flush. Throws when a context cannot be built. */
  acquire(payloads: readonly TlsContextPayload<C>[] = []): void {
    payloads.forEach((payload, i) => {
      try {
        const active = this.#hold(payload);
        if (active.published || hasSecrets(payload)) return;
        if (payload.compiled === undefined) {
          this.release([payload]);
          throw new Error('the TLS context was published before');
        }
        this.#deps.publisher.putTls(payload.name, payload.compiled);
        active.published = true;
        for (const file of payload.files) {
          active.stops.push(this.#deps.watcher.watch(file, () => this.#changed(active, payload.files)));
        }
      } catch (error) {
        this.release(payloads.slice(0, i));
        throw error;
      } finally {
        payload.compiled = undefined;
      }
    });
  }

  release(payloads: readonly TlsContextPayload<C>[] = []): void {
    for (const { name } of payloads) {
      const active = this.#active.get(name);
      if (active === undefined || --active.users > 0) continue;
      this.#active.delete(name);
      for (const stop of active.stops) stop();
      for (const { stops } of active.secrets.values()) for (const stop of stops) stop();
      if (active.published) this.#deps.publisher.dropTls(name);
    }
  }

  /** One more user. The first one has its secrets asked for. */
  #hold(payload: TlsContextPayload<C>): Active<C> {
    const known = this.#active.get(payload.name);
    if (known !== undefined) {
      known.users++;
      return known;
    }
    const secrets = new Map<string, Wanted>();
    const active: Active<C> = { payload, users: 1, published: false, stops: [], secrets, waiters: [] };
    this.#active.set(payload.name, active);
    if (!hasSecrets(payload)) return active;
    const refs = payload.parts.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
    for (const ref of refs) secrets.set(refKey(ref), { payload: undefined, late: false, stops: [] });
    for (const file of payload.files) {
      active.stops.push(this.#deps.watcher.watch(file, () => this.#changed(active, payload.files)));
    }
    for (const ref of refs) this.#want(active, ref, secrets.get(refKey(ref)) as Wanted);
    return active;
  }

  #want(active: Active<C>, ref: SecretRef, wanted: Wanted): void {
    active.stops.push(
      this.#deps.secrets.subscribe(
        ref.source,
        ref.name,
        (secret) => this.#onSecret(active, ref, wanted, secret),
        () => {
          this.#deps.log.warn(`no secret '${ref.name}' in the initial fetch time`);
          wanted.late = true;
          settle(active);
        },
      ),
    );
  }

  /** Throws for a secret that the context cannot be built with; the one before it stays. */
  #onSecret(active: Active<C>, ref: SecretRef, wanted: Wanted, secret: SecretPayload): void {
    if (secret.kind !== ref.kind) throw new Error(`a ${secret.kind} where a ${ref.kind} is expected`);
    const before = wanted.payload;
    wanted.payload = secret;
    if (isComplete(active)) {
      try {
        this.#build(active);
      } catch (error) {
        wanted.payload = before;
        throw error;
      }
    }
    for (const stop of wanted.stops) stop();
    wanted.stops = secret.files.map((file) =>
      this.#deps.watcher.watch(file, () => this.#changed(active, secret.files)),
    );
    settle(active);
  }

  #build(active: Active<C>): void {
    const { publisher, record } = this.#deps;
    const spec = encodeParts(resolved(active), (path) => readFileSync(path));
    publisher.putTls(active.payload.name, record(spec));
    publisher.flush();
    active.published = true;
    active.certificates = undefined;
  }

  /** A file was replaced. While certificate and key do not fit each other the version before stays. */
  #changed(active: Active<C>, watched: readonly { readonly path: string }[]): void {
    if (!isComplete(active)) return;
    const { log } = this.#deps;
    const files = [...new Set(watched.map(({ path }) => path))].join(', ');
    try {
      this.#build(active);
      this.counters.update_success++;
      log.info(`TLS context of ${files} updated`);
    } catch (error) {
      this.counters.update_rejected++;
      log.warn(`TLS context of ${files} not updated: ${(error as Error).message}`);
    }
  }
}

const hasSecrets = ({ parts }: { readonly parts: readonly TlsPart[] }): boolean =>
  parts.some(({ secret }) => secret !== undefined);

const isComplete = <C>({ secrets }: Active<C>): boolean =>
  [...secrets.values()].every(({ payload }) => payload !== undefined);

const isSettled = <C>({ secrets }: Active<C>): boolean =>
  [...secrets.values()].every(({ payload, late }) => late || payload !== undefined);

function settle<C>(active: Active<C>): void {
  if (!isSettled(active)) return;
  for (const waiter of active.waiters.splice(0)) waiter();
}

/** Its parts, those of the secrets included. */
function resolved<C>({ payload, secrets }: Active<C>): TlsPart[] {
  return withSecrets(payload.parts, (ref) => {
    const secret = secrets.get(refKey(ref))?.payload;
    if (secret === undefined) throw new Error(`there is no secret '${ref.name}'`);
    return secret;
  });
}
