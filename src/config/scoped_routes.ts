import { keyText } from '../tables/scope_table.ts';
import type { NamedDeps, NamedResources } from './named_resources.ts';
import type { ConfigSource, RoutePayload, ScopedRoutes, ScopePayload } from './payload.ts';
import { ScopeSource } from './scope_source.ts';
import { routeKey, scopesKey, sourceKey } from './sources.ts';

/** What tables of scopes are published through. */
export interface ScopePublisher<C> {
  putScopes(name: string, scopes: C): void;
  dropScopes(name: string): void;
  flush(): void;
}

/** A scope as its record has it: `routes` is the name under which its route table is published. */
export type PublishedScope = { readonly key: readonly string[]; readonly routes: string };

type Deps<C> = NamedDeps & {
  readonly routes: Pick<NamedResources<RoutePayload<C>>, 'subscribe' | 'pause'>;
  readonly publisher: ScopePublisher<C>;
  readonly compile: (scopes: readonly PublishedScope[]) => C;
};

/** A source with what is made of it, by where the route tables come from. */
type Open<C> = { readonly source: ScopeSource; readonly views: Map<string, ScopeView<C>> };

/** The scoped routes (SRDS) of all connection managers. */
export class ScopedRouteSources<C> {
  readonly #deps: Deps<C>;
  readonly #open = new Map<string, Open<C>>();

  constructor(deps: Deps<C>) {
    this.#deps = deps;
  }

  /** Calls `ready` when the scopes are there with their route tables, or late. Answers how to let go. */
  subscribe({ source, rds }: ScopedRoutes, ready: () => void): () => void {
    const id = sourceKey(source);
    const known = this.#open.get(id);
    const open = known ?? this.#make(source);
    if (known === undefined) this.#open.set(id, open);
    const key = sourceKey(rds);
    let view = open.views.get(key);
    if (view === undefined) {
      view = new ScopeView(scopesKey(source, rds), rds, this.#deps);
      open.views.set(key, view);
      view.update(open.source.scopes());
      if (open.source.known) view.known();
    }
    const own = view;
    own.join(ready);
    if (known === undefined) open.source.start();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      own.leave(ready);
      if (own.users > 0) return;
      own.close();
      if (open.views.get(key) === own) open.views.delete(key);
      if (open.views.size > 0) return;
      open.source.stop();
      if (this.#open.get(id) === open) this.#open.delete(id);
    };
  }

  /** For statistics and /config_dump. */
  of(source: ConfigSource): ScopeSource | undefined {
    return this.#open.get(sourceKey(source))?.source;
  }

  close(): void {
    for (const { source, views } of this.#open.values()) {
      source.stop();
      for (const view of views.values()) view.close();
    }
    this.#open.clear();
  }

  #make(source: ConfigSource): Open<C> {
    const views = new Map<string, ScopeView<C>>();
    const made = new ScopeSource(source, this.#deps, {
      begin: () => this.#deps.routes.pause(),
      onScopes: (scopes) => {
        for (const view of views.values()) view.update(scopes);
      },
      onKnown: () => {
        for (const view of views.values()) view.known();
      },
    });
    return { source: made, views };
  }
}

type Live = { key: readonly string[]; readonly table: string; stop: () => void };

/**
 * The scopes of a source with their route tables: one record, published anew when it changes. A scope goes by the
 * table it has until the next one is there.
 */
class ScopeView<C> {
  readonly #id: string;
  readonly #rds: ConfigSource;
  readonly #deps: Deps<C>;
  readonly #serving = new Map<string, Live>();
  /** Wait for their route tables. */
  readonly #next = new Map<string, Live>();
  /** Not named any longer, once the present state is published. */
  #retired: Live[] = [];
  readonly #waiters = new Set<() => void>();
  users = 0;
  #known = false;
  #warm = false;
  #updating = false;
  #published = false;
  #dirty = false;

  constructor(id: string, rds: ConfigSource, deps: Deps<C>) {
    this.#id = id;
    this.#rds = rds;
    this.#deps = deps;
  }

  join(ready: () => void): void {
    this.users++;
    if (this.#warm) ready();
    else this.#waiters.add(ready);
  }

  leave(ready: () => void): void {
    this.users--;
    this.#waiters.delete(ready);
  }

  /** The first wait is over when the tables of what came are there. */
  known(): void {
    this.#known = true;
    this.#settle();
  }

  update(scopes: ReadonlyMap<string, ScopePayload>): void {
    this.#updating = true;
    for (const name of [...this.#serving.keys(), ...this.#next.keys()])
      if (!scopes.has(name)) this.#remove(name);
    for (const [name, { key, table }] of scopes) this.#want(name, key, table);
    this.#updating = false;
    this.#settle();
  }

  close(): void {
    for (const live of [...this.#serving.values(), ...this.#next.values()]) this.#retired.push(live);
    this.#serving.clear();
    this.#next.clear();
    this.#waiters.clear();
    if (this.#published) this.#deps.publisher.dropScopes(this.#id);
    this.#retire();
  }

  #remove(name: string): void {
    for (const lives of [this.#serving, this.#next]) {
      const live = lives.get(name);
      if (live === undefined) continue;
      lives.delete(name);
      this.#retired.push(live);
    }
    this.#dirty = true;
  }

  #want(name: string, key: readonly string[], table: string): void {
    const serving = this.#serving.get(name);
    const latest = this.#next.get(name) ?? serving;
    if (latest?.table === table && keyText(latest.key) === keyText(key)) return;
    const overtaken = this.#next.get(name);
    this.#next.delete(name);
    if (serving?.table === table) this.#serve(name, { ...serving, key });
    else this.#await(name, { key, table, stop: () => undefined });
    // After the next one is asked for: it may be the same table.
    if (overtaken !== undefined) this.#retired.push(overtaken);
  }

  #await(name: string, live: Live): void {
    this.#next.set(name, live);
    const here = (): void => {
      if (this.#next.get(name) !== live) return;
      this.#next.delete(name);
      const before = this.#serving.get(name);
      if (before !== undefined) this.#retired.push(before);
      this.#serve(name, live);
      if (!this.#updating) this.#settle();
    };
    live.stop = this.#deps.routes.subscribe(this.#rds, live.table, here, here);
  }

  /** Behind the others: of two with one key the newer one counts, while the older one waits to change. */
  #serve(name: string, live: Live): void {
    this.#serving.delete(name);
    this.#serving.set(name, live);
    this.#dirty = true;
  }

  #settle(): void {
    if (this.#dirty) this.#publish();
    this.#retire();
    if (!this.#known || this.#warm || this.#next.size > 0) return;
    this.#warm = true;
    for (const ready of this.#waiters) ready();
    this.#waiters.clear();
  }

  #publish(): void {
    this.#dirty = false;
    this.#published = true;
    const scopes = [...this.#serving.values()].map(({ key, table }) => ({
      key,
      routes: routeKey(table, this.#rds),
    }));
    this.#deps.publisher.putScopes(this.#id, this.#deps.compile(scopes));
    this.#deps.publisher.flush();
  }

  #retire(): void {
    for (const { stop } of this.#retired.splice(0)) stop();
  }
}
