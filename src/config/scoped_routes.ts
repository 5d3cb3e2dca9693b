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
  nameOf(kind: 'RouteConfig', id: number): string | undefined;
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

  /** A request of a scope whose route table waits to be wanted, by the table's directory id. */
  demandTable(id: number, done: () => void): void {
    const key = this.#deps.publisher.nameOf('RouteConfig', id);
    for (const { views } of this.#open.values())
      for (const view of views.values()) if (key !== undefined && view.demand(key, done)) return;
    done();
  }

  /** For statistics and /config_dump. */
  of(source: ConfigSource): ScopeSource | undefined {
    return this.#open.get(sourceKey(source))?.source;
  }

  /** How many scopes of a source wait for somebody to want their route tables, which come from `rds`. */
  waiting(source: ConfigSource, rds: ConfigSource): number {
    return this.#open.get(sourceKey(source))?.views.get(sourceKey(rds))?.waiting ?? 0;
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
type Lazy = { readonly key: readonly string[]; readonly table: string };

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
  /** Their tables are asked for when requests want them. */
  readonly #lazy = new Map<string, Lazy>();
  /** Requests that wait for tables. */
  readonly #demands = new Map<string, Set<() => void>>();
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
    for (const name of [...this.#serving.keys(), ...this.#next.keys(), ...this.#lazy.keys()])
      if (!scopes.has(name)) this.#remove(name);
    for (const [name, { key, table, onDemand }] of scopes) {
      if (onDemand && !this.#asked(table)) this.#leave(name, { key, table });
      else this.#want(name, key, table);
    }
    this.#updating = false;
    this.#settle();
  }

  /** How many scopes wait for somebody to want their tables. */
  get waiting(): number {
    return this.#lazy.size;
  }

  /** Asks for a route table that scopes of this view name, unless it is there; answers whether they do. */
  demand(key: string, done: () => void): boolean {
    const lazy = [...this.#lazy].filter(([, { table }]) => routeKey(table, this.#rds) === key);
    const table =
      lazy[0]?.[1].table ??
      [...this.#next.values(), ...this.#serving.values()].find(
        (live) => routeKey(live.table, this.#rds) === key,
      )?.table;
    if (table === undefined) return false;
    const waiters = this.#demands.get(table) ?? new Set();
    this.#demands.set(table, waiters.add(done));
    this.#updating = true;
    for (const [name, scope] of lazy) this.#want(name, scope.key, scope.table);
    this.#updating = false;
    this.#settle();
    return true;
  }

  close(): void {
    for (const live of [...this.#serving.values(), ...this.#next.values()]) this.#retired.push(live);
    this.#serving.clear();
    this.#next.clear();
    this.#lazy.clear();
    this.#waiters.clear();
    this.#answer();
    if (this.#published) this.#deps.publisher.dropScopes(this.#id);
    this.#retire();
  }

  #remove(name: string): void {
    this.#lazy.delete(name);
    for (const lives of [this.#serving, this.#next]) {
      const live = lives.get(name);
      if (live === undefined) continue;
      lives.delete(name);
      this.#retired.push(live);
    }
    this.#dirty = true;
  }

  /** A request has wanted the table, or a scope has it that does not wait for one. */
  #asked(table: string): boolean {
    for (const lives of [this.#serving, this.#next])
      for (const live of lives.values()) if (live.table === table) return true;
    return false;
  }

  #leave(name: string, scope: Lazy): void {
    const known = this.#lazy.get(name);
    if (known?.table === scope.table && keyText(known.key) === keyText(scope.key)) return;
    this.#remove(name);
    this.#lazy.set(name, scope);
  }

  #want(name: string, key: readonly string[], table: string): void {
    if (this.#lazy.delete(name)) this.#dirty = true;
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
    this.#answer();
    if (!this.#known || this.#warm || this.#next.size > 0) return;
    this.#warm = true;
    for (const ready of this.#waiters) ready();
    this.#waiters.clear();
  }

  #publish(): void {
    this.#dirty = false;
    this.#published = true;
    // A scope without its table: it is looked for when a request comes.
    const scopes = [...this.#lazy.values(), ...this.#serving.values()].map(({ key, table }) => ({
      key,
      routes: routeKey(table, this.#rds),
    }));
    this.#deps.publisher.putScopes(this.#id, this.#deps.compile(scopes));
    this.#deps.publisher.flush();
  }

  /** Tables that nothing waits for any longer: they are published, or will not come. */
  #answer(): void {
    if (this.#demands.size === 0) return;
    const open = new Set([...this.#next.values()].map(({ table }) => table));
    this.#deps.publisher.flush();
    for (const [table, waiters] of this.#demands) {
      if (open.has(table)) continue;
      this.#demands.delete(table);
      for (const done of waiters) done();
    }
  }

  #retire(): void {
    for (const { stop } of this.#retired.splice(0)) stop();
  }
}
