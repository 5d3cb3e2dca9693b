import type { Clock } from '../../xds/clock.ts';
import { HostHealth } from '../../tables/generated/layout.ts';
import { type HostView, unpackHosts } from '../endpoints.ts';
import { type CheckerType, eventLine } from './events.ts';
import { edsFlags, Flag, isDegraded, isUnhealthy } from './flags.ts';
import type { Connect, Pipe, PipeEvents } from './probe.ts';
import { makeProbe, type ProbeTarget } from './make_probe.ts';
import type { PlacedHost } from './records.ts';
import { CheckSession, type HealthCounts, type Transition } from './session.ts';
import type { CheckTransport, ClusterHealthSettings } from './settings.ts';

/** Where a check connects to. */
export type CheckTarget = {
  /** `10.0.0.1:80`, `[::1]:80`, or the path of a Unix socket. */
  readonly address: string;
  readonly transport: CheckTransport;
  /** The host's name, for contexts that say so. */
  readonly serverName: string;
  readonly alpn: string;
  readonly statName: string;
};

/** What all clusters' checks share. */
export interface HealthDeps<C> {
  readonly clock: Clock;
  connect(target: CheckTarget, events: PipeEvents): Pipe;
  /** Whether something was ever sent to the hosts of the cluster. */
  traffic(statName: string): boolean;
  /** The record without what is around it: it is kept as long as one of its hosts is. */
  keep(record: C): C;
  /** The record with the hosts as they are placed. */
  place(base: C, hosts: readonly PlacedHost<C>[]): C;
  /** Labels (transport_socket_matches) of the hosts of a record, by place. */
  labels(record: C): readonly (readonly string[])[];
  write(path: string, line: string): void;
}

/** A host, whether it is still in the endpoint set or only kept. */
type Entry<C> = {
  readonly key: string;
  view: HostView;
  flags: number;
  /** Where its record is. */
  from: C;
  at: number;
  labels: readonly string[];
  session: CheckSession | undefined;
};

const ACTIVE =
  Flag.FailedActive | Flag.DegradedActive | Flag.PendingActive | Flag.ExcludedImmediate | Flag.ActiveTimeout;

/** The address that is checked: the host's, unless its configuration says another. */
export function checkAddress({ address, check }: HostView): string {
  const base = check?.address ?? address;
  if (check?.port === undefined || base.startsWith('/')) return base;
  return `${base.slice(0, base.lastIndexOf(':'))}:${check.port}`;
}

/** The health checks of one version of a cluster: which hosts there are, and how each of them is. */
export class ClusterHealth<C> {
  readonly #name: string;
  readonly #statName: string;
  readonly #settings: ClusterHealthSettings;
  readonly #deps: HealthDeps<C>;
  readonly #counts: HealthCounts;
  readonly #onChange: () => void;
  /** Its one host keeps its health when its address changes (LOGICAL_DNS). */
  readonly #oneHost: boolean;
  /** In the order of the set; then those that are kept. */
  #entries = new Map<string, Entry<C>>();
  #base: C | undefined;
  #running = false;
  #stopped = false;
  #onReady: (() => void) | undefined;

  constructor(
    names: { readonly name: string; readonly statName: string; readonly oneHost: boolean },
    settings: ClusterHealthSettings,
    counts: HealthCounts,
    deps: HealthDeps<C>,
    onChange: () => void,
  ) {
    this.#name = names.name;
    this.#statName = names.statName;
    this.#oneHost = names.oneHost;
    this.#settings = settings;
    this.#counts = counts;
    this.#deps = deps;
    this.#onChange = onChange;
  }

  /** All hosts with what is known of them. */
  views(): HostView[] {
    return [...this.#entries.values()].map(({ view, flags }) => ({ ...view, flags }));
  }

  /** Whether hosts are kept that the set does not have any more. */
  get keeps(): boolean {
    return [...this.#entries.values()].some(({ flags }) => (flags & Flag.PendingRemoval) !== 0);
  }

  /** The hosts as the balancer is to see them; undefined before the first set. */
  endpoints(): C | undefined {
    if (this.#base === undefined) return undefined;
    const hosts = [...this.#entries.values()].map(
      ({ from, at, flags }): PlacedHost<C> => ({ from, at, health: healthOf(flags) }),
    );
    return this.#deps.place(this.#base, hosts);
  }

  /** A new set of hosts. Answers whether hosts have come or gone. */
  update(packed: string, given: C): boolean {
    const record = this.#deps.keep(given);
    const before = this.#entries;
    const views = unpackHosts(packed);
    const labels = this.#needsLabels() ? this.#deps.labels(record) : [];
    const entries = new Map<string, Entry<C>>();
    let changed = false;
    for (const [at, view] of views.entries()) {
      const key = this.#keyOf(view);
      const known = before.get(key) ?? entries.get(key);
      const entry = known ?? this.#newEntry(key, view, record, at);
      changed ||= known === undefined;
      Object.assign(entry, { view, from: record, at, labels: labels[at] ?? [] });
      entry.flags = (entry.flags & ACTIVE) | edsFlags(view.health);
      entries.set(key, entry);
    }
    this.#base = record;
    this.#entries = entries;
    const addresses = new Set(views.map(({ address }) => address));
    for (const [key, entry] of before) {
      if (entries.has(key)) continue;
      if (this.#mayStay(entry) && !addresses.has(entry.view.address)) {
        entry.flags |= Flag.PendingRemoval;
        entries.set(key, entry);
      } else {
        changed = true;
        entry.session?.stop();
      }
    }
    if (this.#running) this.#startNew();
    this.#checkReady();
    return changed;
  }

  /** Begins to check; `ready` is called once, perhaps at once, when each host has had a result. */
  start(ready: () => void): void {
    this.#onReady = ready;
    this.#running = true;
    this.#startNew();
    this.#checkReady();
  }

  stop(): void {
    this.#stopped = true;
    this.#onReady = undefined;
    for (const { session } of this.#entries.values()) session?.stop();
  }

  #keyOf(view: HostView): string {
    if (this.#oneHost) return '';
    return `${view.address} ${checkAddress(view)} ${view.check?.disabled === true}`;
  }

  #newEntry(key: string, view: HostView, from: C, at: number): Entry<C> {
    const unchecked = Flag.FailedActive | (this.#settings.excludeNew ? Flag.PendingActive : 0);
    const flags = view.check?.disabled === true ? 0 : unchecked;
    return { key, view, flags, from, at, labels: [], session: undefined };
  }

  /** A host that is taken out of the set while it is well stays until it is not. */
  #mayStay({ flags, view }: Entry<C>): boolean {
    if (this.#settings.removeAtOnce || this.#oneHost || view.check?.disabled === true) return false;
    return (flags & (Flag.FailedActive | Flag.FailedEds)) === 0;
  }

  #needsLabels(): boolean {
    return this.#settings.matches.length > 0 && this.#settings.check.criteria === undefined;
  }

  #startNew(): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.session !== undefined || entry.view.check?.disabled === true) continue;
      entry.session = this.#session(entry);
      entry.session.start();
    }
  }

  #session(entry: Entry<C>): CheckSession {
    const { check } = this.#settings;
    const { clock } = this.#deps;
    return new CheckSession(
      entry,
      {
        settings: check,
        clock,
        counts: this.#counts,
        traffic: () => this.#deps.traffic(this.#statName),
        onResult: (transition) => this.#onResult(entry, transition),
        event: (event) => {
          if (check.logs.length === 0) return;
          const type = check.probe.kind.toUpperCase() as CheckerType;
          const line = eventLine(type, this.#name, entry.view, event, new Date());
          for (const path of check.logs) this.#deps.write(path, line);
        },
      },
      (session) => makeProbe(check, this.#target(entry), session, this.#counts),
    );
  }

  #target(entry: Entry<C>): ProbeTarget {
    const { check } = this.#settings;
    const connect: Connect = (events) => {
      const { view } = entry;
      const target = {
        address: checkAddress(view),
        transport: this.#transport(entry),
        serverName: view.hostname,
        alpn: check.alpn,
        statName: this.#statName,
      };
      return this.#deps.connect(target, events);
    };
    return {
      connect,
      secured: () => this.#transport(entry).tls !== undefined,
      name: (own) => entry.view.check?.hostname ?? (own === '' ? this.#name : own),
    };
  }

  #transport({ labels }: Entry<C>): CheckTransport {
    const { check, matches, transport } = this.#settings;
    const given = check.criteria ?? labels;
    return matches.find((match) => match.labels.every((label) => given.includes(label))) ?? transport;
  }

  #onResult(entry: Entry<C>, transition: Transition): void {
    if (this.#stopped) return;
    if (transition === 'changed') {
      const gone = Flag.FailedActive | Flag.PendingRemoval;
      if (this.#settings.removeWhenFailed && (entry.flags & gone) === gone) {
        this.#entries.delete(entry.key);
        entry.session?.stop();
      }
      this.#onChange();
    }
    this.#checkReady();
  }

  #checkReady(): void {
    if (this.#onReady === undefined) return;
    for (const { session } of this.#entries.values()) if (session?.first === true) return;
    const ready = this.#onReady;
    this.#onReady = undefined;
    ready();
  }
}

/** Draining and not counted at all is the same to the balancer. */
const EXCLUDED = Flag.PendingActive | Flag.ExcludedImmediate | Flag.Draining;

function healthOf(flags: number): HostHealth {
  if (isUnhealthy(flags)) return (flags & EXCLUDED) === 0 ? HostHealth.Unhealthy : HostHealth.Draining;
  return isDegraded(flags) ? HostHealth.Degraded : HostHealth.Healthy;
}
