/**
 * What requests wait for: the primary's half of the filter envoy.filters.http.on_demand. Workers say what is missing,
 * it is asked of its management server, and when it is published (or known not to be there) they go on.
 */
import type { ConfigPlane } from './plane.ts';
import type { AdsSource, ApiSource } from './payload.ts';

/** By the number that workers tell: DemandKind of native/http/demands.h. */
const KINDS = ['virtualHost', 'routeTable', 'cluster'] as const;

/** Where clusters are asked for one by one; told by workers as JSON. */
export type ClusterSource = AdsSource | ApiSource;

/** Takes a demand to whoever can meet it, who calls `done` once: also when there is no such thing. */
export function demand<C>(
  plane: Pick<ConfigPlane<C>, 'routeTables' | 'scopes' | 'demandedClusters'>,
  { kind, of, name }: { readonly kind: number; readonly of: string; readonly name: string },
  done: () => void,
): void {
  switch (KINDS[kind]) {
    case 'virtualHost':
      plane.routeTables.demandHost(Number(of), name, done);
      return;
    case 'routeTable':
      plane.scopes.demandTable(Number(of), done);
      return;
    case 'cluster':
      plane.demandedClusters.demand(JSON.parse(of) as ClusterSource, name, done);
      return;
    default:
      done();
  }
}

/** So many names that nothing stands for are remembered of each source: clients choose them. */
const MOST = 1000;

/** A subscription by name. */
type Channel = { add(names: Iterable<string>): void; remove(names: Iterable<string>): void };

/** Names that requests wait for, on one subscription. */
export class AskedNames {
  readonly #channel: Channel;
  readonly #most: number;
  /** In the order in which they were asked for. */
  readonly #open = new Map<string, Set<() => void>>();

  constructor(channel: Channel, most = MOST) {
    this.#channel = channel;
    this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  names(): string[] {
    return [...this.#open.keys()];
  }

  has(name: string): boolean {
    return this.#open.has(name);
  }

  /** Subscribes to the name, unless that was done; `done` is called when it is settled. */
  wait(name: string, done: () => void): void {
    const others = this.#open.get(name);
    if (others !== undefined) {
      others.add(done);
      return;
    }
    this.#open.set(name, new Set([done]));
    this.#channel.add([name]);
    if (this.#open.size <= this.#most) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.giveUp(oldest);
  }

  /** It was answered; it stays subscribed to. */
  settle(name: string): void {
    const waiters = this.#open.get(name);
    if (waiters === undefined) return;
    this.#open.delete(name);
    for (const done of waiters) done();
  }

  /** As if it had never been asked for: who wants it next asks anew. */
  giveUp(name: string): void {
    this.#channel.remove([name]);
    this.settle(name);
  }

  /** Nothing will be answered any more. */
  stop(): void {
    for (const name of this.names()) this.settle(name);
  }
}
