import type { Logger } from '../log/logger.ts';
import type { Clock } from '../xds/clock.ts';
import type { Stream, StreamEvents } from '../xds/transport.ts';
import {
  type ClusterLoad,
  decodeWanted,
  encodeLoads,
  type Load,
  type LocalityLoad,
  type Place,
  type Wanted,
  withFeature,
} from './wire.ts';

/** What hosts have had so far, since any beginning. */
export type HostLoad = Load & Place & { readonly address: string };

/** Where loads are read. */
export interface LoadSource {
  /** Names of the clusters that there are. */
  clusters(): Iterable<string>;
  /** undefined: there is none of that name. `dropped`: requests that its circuit breakers have kept away. */
  cluster(
    name: string,
  ):
    | { readonly serviceName: string; readonly dropped: number; readonly hosts: readonly HostLoad[] }
    | undefined;
}

/** Envoy's load_reporter.*: `requests` are the server's, `responses` our reports. */
export type LoadReporterCounts = { errors: number; requests: number; responses: number; retries: number };

type Deps = {
  readonly open: (events: StreamEvents) => Stream;
  readonly source: LoadSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** envoy.config.core.v3.Node */
  readonly node: Uint8Array;
};

/** As Envoy's. */
const RETRY_MS = 5000;
/** While so many bytes wait for the server nothing is added to them. */
const MOST_WAITING = 1 << 20;
const ALL_CLUSTERS = 'envoy.lrs.supports_send_all_clusters';
const INTERNAL = 13;

type Latched = Pick<Load, 'successes' | 'errors' | 'issued'>;
const NONE: Latched = { successes: 0, errors: 0, issued: 0 };
/** A cluster that is reported: what was told already. */
type Tracked = { since: number; dropped: number; hosts: Map<string, Latched> };

/** How much a counter has grown; it begins again when it is set back. */
const growth = (now: number, before: number): number => (now >= before ? now - before : now);

/**
 * Tells a management server what load clusters have (envoy.service.load_stats.v3): it says of which, and how often. What
 * is told is what was counted since the report before.
 */
export class LoadReporter {
  readonly counts: LoadReporterCounts = { errors: 0, requests: 0, responses: 0, retries: 0 };
  readonly #deps: Deps;
  readonly #node: Uint8Array;
  #stream: Stream | undefined;
  #cancelTimer: (() => void) | undefined;
  /** Goes on over streams, until the next one says otherwise. */
  #wanted: Wanted | undefined;
  #tracked = new Map<string, Tracked>();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#node = withFeature(deps.node, ALL_CLUSTERS);
  }

  start(): void {
    const stream = this.#deps.open({
      onMessage: (bytes) => this.#onMessage(bytes),
      onEnd: ({ code, message }) => this.#onEnd(code, message),
    });
    this.#stream = stream;
    this.#report();
  }

  stop(): void {
    this.#timer(undefined);
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  #timer(ms: number | undefined, call: () => void = () => undefined): void {
    this.#cancelTimer?.();
    this.#cancelTimer = ms === undefined ? undefined : this.#deps.clock.after(ms, call);
  }

  #onMessage(bytes: Uint8Array): void {
    let wanted: Wanted;
    try {
      wanted = decodeWanted(bytes);
    } catch {
      this.#stream?.cancel();
      this.#onEnd(INTERNAL, 'the answer is no LoadStatsResponse');
      return;
    }
    this.counts.requests++;
    this.#wanted = wanted;
    this.#period(wanted);
  }

  #onEnd(code: number, message: string): void {
    this.#stream = undefined;
    if (code !== 0) this.counts.errors++;
    this.#deps.log.warn(`load stats reporter: the stream has ended: ${code}, ${message}`);
    this.#timer(RETRY_MS, () => {
      this.counts.retries++;
      this.start();
    });
  }

  /** What a server that reads nothing is not told now is part of the next report. */
  #report(): void {
    if ((this.#stream?.waiting?.() ?? 0) < MOST_WAITING) this.#tell();
    if (this.#wanted !== undefined) this.#period(this.#wanted);
  }

  #tell(): void {
    const clusters = [...this.#tracked].flatMap(([name, tracked]) => this.#loadOf(name, tracked) ?? []);
    this.#stream?.send(encodeLoads(this.#node, clusters));
    this.counts.responses++;
  }

  /** Until the next report. Clusters that were told of before go on from there. */
  #period({ clusters, all, intervalMs }: Wanted): void {
    const before = this.#tracked;
    const { source, clock } = this.#deps;
    this.#tracked = new Map();
    for (const name of all ? source.clusters() : clusters) {
      this.#tracked.set(name, before.get(name) ?? this.#begin(name, clock.now()));
    }
    this.#timer(Math.max(1, intervalMs), () => this.#report());
  }

  #begin(name: string, since: number): Tracked {
    const now = this.#deps.source.cluster(name);
    const hosts = new Map((now?.hosts ?? []).map((host) => [host.address, latched(host)]));
    return { since, dropped: now?.dropped ?? 0, hosts };
  }

  #loadOf(name: string, tracked: Tracked): ClusterLoad | undefined {
    const now = this.#deps.source.cluster(name);
    if (now === undefined) return undefined;
    const localities = new Map<string, HostLoad[]>();
    const before = tracked.hosts;
    tracked.hosts = new Map();
    for (const host of [...now.hosts].sort((a, b) => a.priority - b.priority)) {
      const { region, zone, subZone, priority, address } = host;
      // One that is there twice has been counted once.
      if (tracked.hosts.has(address)) continue;
      const { successes, errors, issued } = before.get(address) ?? NONE;
      tracked.hosts.set(address, latched(host));
      const key = JSON.stringify([priority, region, zone, subZone]);
      const own = localities.get(key) ?? [];
      localities.set(key, own);
      own.push({
        ...host,
        successes: growth(host.successes, successes),
        errors: growth(host.errors, errors),
        issued: growth(host.issued, issued),
      });
    }
    const at = this.#deps.clock.now();
    const load: ClusterLoad = {
      name,
      serviceName: now.serviceName,
      dropped: growth(now.dropped, tracked.dropped),
      localities: [...localities.values()].flatMap((hosts) => this.#localityOf(hosts) ?? []),
      intervalUs: Math.round((at - tracked.since) * 1000),
    };
    tracked.since = at;
    tracked.dropped = now.dropped;
    return load;
  }

  /** undefined: nothing has happened there. */
  #localityOf(hosts: readonly HostLoad[]): LocalityLoad | undefined {
    const busy = hosts.filter(({ successes, errors, active }) => successes + errors + active !== 0);
    const sum = (of: keyof Load): number => hosts.reduce((all, host) => all + host[of], 0);
    const [first] = hosts;
    if (first === undefined || busy.length === 0) return undefined;
    return {
      ...first,
      successes: sum('successes'),
      errors: sum('errors'),
      active: sum('active'),
      issued: sum('issued'),
      endpoints: this.#wanted?.endpoints === true ? busy : [],
    };
  }
}

const latched = ({ successes, errors, issued }: Load): Latched => ({ successes, errors, issued });
