import type { DeltaRequest } from './request.ts';
import { nothingBehind, type Resource } from './resource.ts';
import { goneOf, type Plan, Subscription } from './subscription.ts';
import type { View } from './view.ts';

/** The incremental protocol: what is new and what is gone. */
export class DeltaSubscription extends Subscription {
  #started = false;
  readonly #own = new Set<string>();
  /** What the client has from an earlier stream, until the first response. */
  #initial = new Map<string, string>();

  /** `intern`: the same name as a text that is there already. False: the answer was to an older response. */
  onRequest(request: DeltaRequest, intern: (name: string) => string): boolean {
    const { sent } = this;
    const nonce = request.responseNonce;
    const stale = nonce !== '' && sent !== undefined && nonce !== sent.nonce;
    if (sent !== undefined && nonce === sent.nonce) this.onAnswer(request.error);
    if (!this.#started) {
      this.#started = true;
      this.#initial = new Map(request.initialVersions);
      // What has no names in its first request wants everything, of types that can be had so.
      this.wildcard = request.subscribe.length === 0 && !this.type.named;
    }
    // They are steps, not states: they count whatever else the request says.
    for (const name of request.unsubscribe) this.#unsubscribe(name);
    for (const name of request.subscribe) this.#subscribe(intern(name));
    this.names = this.#own;
    return !stale;
  }

  #subscribe(name: string): void {
    if (name === '*') {
      if (!this.wildcard) this.base = undefined;
      this.wildcard = true;
      return;
    }
    this.#own.add(name);
    this.fresh.add(name);
  }

  #unsubscribe(name: string): void {
    if (name === '*') this.wildcard = false;
    else {
      this.#own.delete(name);
      this.#initial.delete(name);
      // The client has dropped it, and asks for everything: it has to be told again.
      if (this.wildcard) this.fresh.add(name);
      else this.fresh.delete(name);
    }
  }

  plan(view: View, mayRemove: boolean): Plan | undefined {
    if (!this.#started) return undefined;
    return this.base === undefined ? this.#planFirst(view) : this.#planNext(this.base, view, mayRemove);
  }

  /** All but what the client has. */
  #planFirst(view: View): Plan | undefined {
    const all = this.collect(view);
    const known = this.#initial;
    const list = known.size === 0 ? all : all.filter(({ name, version }) => known.get(name) !== version);
    const gone = [...known.keys()].filter((name) => view.resources.get(name) === undefined);
    const removed = [...new Set([...gone, ...this.missing(view)])];
    // An empty answer says that there is nothing to wait for.
    const due = list.length > 0 || removed.length > 0 || (this.wildcard && known.size === 0);
    return this.#made(view, list, removed, due, () => {
      this.settle(view, list);
      this.#initial = new Map();
    });
  }

  #planNext(base: View, view: View, mayRemove: boolean): Plan | undefined {
    const gone = goneOf(this, base, view);
    const { found, missing } = this.freshIn(view);
    const own = [...new Set([...this.changedSince(base, view), ...found])];
    const list = [...own, ...this.refusedToo(view, own)];
    const waiting = [...this.held.keys()].filter((name) => view.resources.get(name) === undefined);
    const leaving = mayRemove ? [...waiting, ...gone.map(({ name }) => name)] : [];
    const due = list.length > 0 || leaving.length > 0 || missing.length > 0;
    const again = [...this.refusedRemovals].filter((name) => view.resources.get(name) === undefined);
    const removed = [...new Set([...leaving, ...missing, ...again])];
    return this.#made(view, list, removed, due, () => {
      this.settle(view, own);
      if (due) this.refusedRemovals.clear();
      if (mayRemove) this.held.clear();
      else for (const resource of gone) this.held.set(resource.name, resource);
    });
  }

  protected beatParts(list: readonly Resource[]): readonly Buffer[] {
    return list.map((resource) => resource.heartbeat);
  }

  #made(
    view: View,
    list: readonly Resource[],
    removed: readonly string[],
    due: boolean,
    commit: () => void,
  ): Plan | undefined {
    if (!due) {
      if (this.base !== view || this.fresh.size > 0) commit();
      return undefined;
    }
    // On-demand names cannot be removed, as nobody has them: they are said to stand for nothing.
    const placeholders = this.type.namespaced ? removed.filter((name) => this.#own.has(name)) : [];
    const parts = [...list.map((resource) => resource.deltaField), ...placeholders.map(nothingBehind)];
    const names = list.map(({ name }) => name);
    const rest = removed.filter((name) => !placeholders.includes(name));
    return { parts, removed: rest, version: view.version, names, commit };
  }
}
