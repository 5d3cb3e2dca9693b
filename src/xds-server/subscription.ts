import type { ErrorDetail } from './request.ts';
import type { Resource } from './resource.ts';
import type { TypeInfo } from './resource_types.ts';
import type { View } from './view.ts';

/** What is to be sent next, and what is so once it is. Making one changes nothing. */
export type Plan = {
  /** The `resources` fields, one after the other. */
  readonly parts: readonly Buffer[];
  /** Names for `removed_resources` (delta). */
  readonly removed: readonly string[];
  readonly version: string;
  /** What the response holds, by name; undefined: everything that the client may see. */
  readonly names: readonly string[] | undefined;
  /** Called when the response is on its way. */
  commit(): void;
};

/** A response of which the client has not said yet whether it takes it. */
export type Sent = {
  readonly nonce: string;
  readonly version: string;
  readonly names: readonly string[] | undefined;
  readonly removed: readonly string[];
  readonly at: number;
};

/** What a refusal was about. */
export type Refusal = { readonly version: string; readonly error: ErrorDetail; readonly at: number };

/** A client's subscription to one type on one stream: what the two protocols have in common. */
export abstract class Subscription {
  readonly type: TypeInfo;
  wildcard = false;
  /** Asked for by name, besides. */
  names: ReadonlySet<string> = new Set();
  /** The latest response. */
  sent: Sent | undefined;
  /** It has not been answered. */
  pending = false;
  acknowledged: string | undefined;
  refusal: Refusal | undefined;
  /** The client knows all of it that it asks for, but what is in `fresh`. */
  protected base: View | undefined;
  /** Names that have to be sent though what is behind them has not changed. */
  protected fresh = new Set<string>();
  /** Gone from `base`, not yet from the client: nothing that refers to them may be left there. */
  protected readonly held = new Map<string, Resource>();
  /** What the client refused, with what came in the same response. */
  readonly #refused = new Set<string>();
  /** Removals in what it refused: they go along with whatever comes next. */
  protected readonly refusedRemovals = new Set<string>();

  constructor(type: TypeInfo) {
    this.type = type;
  }

  /** What the client does not know yet; undefined: nothing. `mayRemove`: also of what is gone. */
  abstract plan(view: View, mayRemove: boolean): Plan | undefined;

  /** Whether resources are held back that are gone already. */
  get holds(): boolean {
    return this.held.size > 0;
  }

  wants(resource: Resource): boolean {
    const { names, wildcard } = this;
    if (wildcard || names.has(resource.name)) return true;
    if (names.size === 0) return false;
    if (resource.aliases.some((alias) => names.has(alias))) return true;
    const container = containerOf(this.type, resource.name);
    return container !== undefined && names.has(container);
  }

  /** New and changed resources that the client asks for. What was gone and came back in time it still has. */
  protected changedSince(base: View, view: View): Resource[] {
    const { changed } = view.resources.since(base.resources);
    return changed.filter((each) => this.wants(each) && !this.held.get(each.name)?.equals(each));
  }

  /** All that the client asks for and may see. */
  protected collect(view: View): Resource[] {
    if (this.wildcard) return [...view.resources];
    if ([...this.names].some((name) => isContainer(this.type, name)))
      return [...view.resources].filter((resource) => this.wants(resource));
    const found = new Set<Resource>();
    for (const name of this.names) {
      const resource = view.find(name);
      if (resource !== undefined) found.add(resource);
    }
    return [...found];
  }

  /** Names that are asked for and stand for nothing in the view. */
  missing(view: View): string[] {
    return [...this.names].filter((name) => this.#isMissing(view, name));
  }

  #isMissing(view: View, name: string): boolean {
    return name !== '*' && view.find(name) === undefined && !isContainer(this.type, name);
  }

  /** Of `fresh`: what there is, and the names for which there is nothing. */
  protected freshIn(view: View): { readonly found: Resource[]; readonly missing: string[] } {
    const found = new Set<Resource>();
    const missing: string[] = [];
    for (const name of this.fresh) {
      const resource = view.find(name);
      if (resource !== undefined) found.add(resource);
      else if (this.#isMissing(view, name)) missing.push(name);
      if (!isContainer(this.type, name)) continue;
      for (const each of view.resources) if (containerOf(this.type, each.name) === name) found.add(each);
    }
    return { found: [...found], missing };
  }

  /**
   * What else goes along with changed resources. A refused response is not repeated as it is: it would be refused
   * again. When something of it changes, the rest of it, which may have been dropped as well, is sent too.
   */
  protected refusedToo(view: View, changed: readonly Resource[]): Resource[] {
    if (!this.#touchesRefused(changed)) return [];
    const sending = new Set(changed);
    const rest = [...this.#refused].map((name) => view.resources.get(name));
    return rest.filter((each) => each !== undefined && this.wants(each) && !sending.has(each)) as Resource[];
  }

  #touchesRefused(changed: readonly Resource[]): boolean {
    return this.#refused.size > 0 && changed.some(({ name }) => this.#refused.has(name));
  }

  /** The part of commit() that is the same for all plans. */
  protected settle(view: View, changed: readonly Resource[]): void {
    this.base = view;
    this.fresh.clear();
    if (this.#touchesRefused(changed)) this.#refused.clear();
    for (const name of this.held.keys()) if (view.resources.get(name) !== undefined) this.held.delete(name);
  }

  /** When the client has to hear of resources that it would drop otherwise: in ms since 1970. */
  get beatAt(): number | undefined {
    if (this.sent === undefined || this.base === undefined || this.base.expiring.length === 0)
      return undefined;
    const times = this.#expiring().map(({ ttlMs }) => ttlMs ?? Infinity);
    return times.length === 0 ? undefined : this.sent.at + Math.min(...times) / 2;
  }

  #expiring(): Resource[] {
    return (this.base?.expiring ?? []).filter((resource) => this.wants(resource));
  }

  /** Says that nothing has changed, of what has a time to live. */
  heartbeat(): Plan {
    const list = this.#expiring();
    return {
      parts: this.beatParts(list),
      removed: [],
      version: this.sent?.version ?? '',
      names: list.map(({ name }) => name),
      commit: () => undefined,
    };
  }

  protected abstract beatParts(list: readonly Resource[]): readonly Buffer[];

  /** A response is on its way. */
  onSent(nonce: string, plan: Plan): void {
    plan.commit();
    const { version, names, removed } = plan;
    this.sent = { nonce, version, names, removed, at: Date.now() };
    this.pending = true;
  }

  /** The client answers the latest response. */
  protected onAnswer(error: ErrorDetail | undefined): void {
    const { sent } = this;
    if (sent === undefined || !this.pending) return;
    this.pending = false;
    // A list of ten thousand names for each client is not kept for nothing.
    this.sent = { ...sent, names: [], removed: [] };
    if (error === undefined) {
      this.acknowledged = sent.version;
      this.refusal = undefined;
      return;
    }
    this.refusal = { version: sent.version, error, at: Date.now() };
    const names = sent.names ?? Array.from(this.base?.resources ?? [], ({ name }) => name);
    for (const name of names) this.#refused.add(name);
    for (const name of sent.removed) this.refusedRemovals.add(name);
  }
}

const XDSTP = 'xdstp:';

/** The name that stands for a resource and its neighbours: its route table, or its collection (`xdstp:.../*`). */
function containerOf({ namespaced }: TypeInfo, name: string): string | undefined {
  if (name.startsWith(XDSTP)) return name.replace(/\/[^/?]*(?=\?|$)/, '/*');
  return namespaced ? name.slice(0, name.lastIndexOf('/')) : undefined;
}

/** Whether a name stands for any number of resources. */
function isContainer({ namespaced }: TypeInfo, name: string): boolean {
  return name.startsWith(XDSTP) ? /\/\*(?:\?|$)/.test(name) : namespaced && !name.includes('/');
}

/** What is gone and was asked for. */
export function goneOf(subscription: Subscription, base: View, view: View): Resource[] {
  const { removed } = view.resources.since(base.resources);
  return removed.filter((resource) => subscription.wants(resource));
}
