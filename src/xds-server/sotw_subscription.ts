import type { SotwRequest } from './request.ts';
import type { Resource } from './resource.ts';
import { goneOf, type Plan, Subscription } from './subscription.ts';
import type { View } from './view.ts';

/**
 * State of the world. Listeners and clusters (and scopes) always come whole, as what is left out is gone; of the
 * other types only what changed.
 */
export class SotwSubscription extends Subscription {
  /** Names were given once: an empty list now means none. */
  #named = false;
  /** Of the first request: what the client has from another stream. */
  #initial: string | undefined;
  #lastNames: ReadonlySet<string> | undefined;

  /** False: the request answers a response that is not the latest, and counts for nothing. */
  onRequest(request: SotwRequest): boolean {
    const { sent } = this;
    const nonce = request.responseNonce;
    if (sent !== undefined && nonce !== '' && nonce !== sent.nonce) return false;
    if (sent !== undefined && nonce === sent.nonce) this.onAnswer(request.error);
    if (this.#lastNames === undefined) this.#initial = request.versionInfo;
    if (request.names !== this.#lastNames) this.#subscribe(request.names);
    return true;
  }

  #subscribe(all: ReadonlySet<string>): void {
    const before = this.#lastNames ?? new Set();
    this.#lastNames = all;
    if (all.size > 0) this.#named = true;
    const everything = all.has('*') || (!this.#named && !this.type.named);
    if (everything && !this.wildcard) this.base = undefined;
    this.wildcard = everything;
    this.names = all;
    for (const name of all) if (!before.has(name)) this.fresh.add(name);
  }

  plan(view: View, mayRemove: boolean): Plan | undefined {
    if (this.#lastNames === undefined) return undefined;
    return this.type.full ? this.#planFull(view, mayRemove) : this.#planChanged(view);
  }

  #planFull(view: View, mayRemove: boolean): Plan | undefined {
    const { base } = this;
    // A client that was connected before may have it all.
    const known = base === undefined && this.wildcard && this.#initial === view.version;
    const changed = base === undefined ? [] : this.changedSince(base, view);
    const gone = base === undefined ? [] : goneOf(this, base, view);
    const { found } = base === undefined ? { found: [] } : this.freshIn(view);
    const hold = mayRemove ? [] : [...this.held.values(), ...gone];
    const release = mayRemove && (gone.length > 0 || this.held.size > 0);
    const due = base === undefined ? !known : changed.length > 0 || found.length > 0 || release;
    const commit = (): void => {
      if (known) this.acknowledged = view.version;
      this.#initial = undefined;
      this.settle(view, changed);
      if (mayRemove) this.held.clear();
      else for (const resource of gone) this.held.set(resource.name, resource);
    };
    if (!due) {
      if (base !== view) commit();
      return undefined;
    }
    const kept = hold.filter(({ name }) => view.resources.get(name) === undefined);
    const parts = [...this.#partsOf(view), ...kept.map((resource) => resource.sotwField)];
    // Another version for another content, also to those who ask again after a reconnection.
    const version = kept.length > 0 ? `${view.version}+` : view.version;
    return { parts, removed: [], version, names: undefined, commit };
  }

  #planChanged(view: View): Plan | undefined {
    const { base } = this;
    const changed = base === undefined ? this.collect(view) : this.changedSince(base, view);
    const found = base === undefined ? [] : this.freshIn(view).found;
    const own = [...new Set([...changed, ...found])];
    const list = [...own, ...this.refusedToo(view, own)];
    const commit = (): void => this.settle(view, own);
    if (list.length === 0) {
      if (base !== view || this.fresh.size > 0) commit();
      return undefined;
    }
    const all = this.wildcard && base === undefined;
    const parts = all ? [view.body] : list.map((resource) => resource.sotwField);
    const names = all ? undefined : list.map(({ name }) => name);
    return { parts, removed: [], version: view.version, names, commit };
  }

  /**
   * With the messages: of the types that come whole Envoy takes away what a heartbeat leaves out, and one of
   * endpoints without its message ends Envoy 1.40 on an aggregated stream.
   */
  protected beatParts(list: readonly Resource[]): readonly Buffer[] {
    if (!this.type.full) return list.map((resource) => resource.sotwField);
    const held = Array.from(this.held.values(), (resource) => resource.sotwField);
    return this.base === undefined ? [] : [...this.#partsOf(this.base), ...held];
  }

  #partsOf(view: View): Buffer[] {
    return this.wildcard ? [view.body] : this.collect(view).map((resource) => resource.sotwField);
  }
}
