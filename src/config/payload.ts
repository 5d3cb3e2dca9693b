import type { NativeAddon } from '../engine/native.ts';
import type { LookupFamily } from '../upstream/dns.ts';
import type { TlsContextPayload } from '../tls/contexts.ts';
import type { RefreshPolicy } from '../upstream/dns_refresh.ts';
import type { Assignment } from '../upstream/endpoints.ts';

/** A file that a discovery service reads (envoy.config.core.v3.PathConfigSource). */
export type PathSource = {
  readonly path: string;
  readonly directory?: string;
  readonly modify?: boolean;
  readonly initialFetchTimeoutMs: number;
};

/** How a cluster comes to its hosts. */
export type Discovery =
  | { readonly kind: 'static' }
  | {
      readonly kind: 'dns';
      readonly logical: boolean;
      readonly family: LookupFamily;
      readonly policy: RefreshPolicy;
      readonly assignment: Assignment;
    }
  | { readonly kind: 'eds'; readonly serviceName: string; readonly source: PathSource };

/** One for all clusters that have their hosts with them. */
export const STATIC_DISCOVERY: Discovery = { kind: 'static' };

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds */
export type Threshold = {
  readonly connections: number;
  readonly pending: number;
  readonly requests: number;
  readonly retries: number;
  /** track_remaining */
  readonly tracked: boolean;
};
export type Breakers = { readonly default: Threshold; readonly high: Threshold };

/** What the primary thread needs of a compiled resource; `C` is what the compilers make. */
export type EndpointsPayload<C> = {
  readonly compiled: C;
  /** As `packHosts` writes them. */
  readonly hosts: string;
};
export type ClusterPayload<C> = {
  /** Gone once it is published, for its memory. */
  compiled: C | undefined;
  discovery: Discovery;
  /** Of a static cluster. */
  endpoints?: EndpointsPayload<C>;
  /** Statistics go by this name: alt_stat_name or the name. */
  statName: string;
  /** Absent: nothing but defaults. */
  breakers?: Breakers | undefined;
  /** Cluster.wait_for_warm_on_init */
  readonly waitForWarm: boolean;
  /** The TLS contexts that connections to its hosts are made with. */
  readonly tls?: readonly TlsContextPayload<C>[] | undefined;
};

/** An address to listen on, as the native half binds it. */
export type BindSpec = Parameters<NativeAddon['bind']>[0];

export type ListenerPayload<C> = {
  /** Gone once it is published. */
  compiled: C | undefined;
  /** In the order of the record's addresses. Empty with `bind_to_port: false`. */
  readonly addresses: readonly BindSpec[];
  /** Route configurations that its connection managers take from elsewhere (RDS). */
  readonly routes: readonly {
    readonly name: string;
    readonly source: PathSource;
    readonly statPrefix: string;
  }[];
  /** How statistics call it. */
  readonly statName: string;
  /** The TLS contexts that its filter chains name. */
  readonly tls?: readonly TlsContextPayload<C>[];
};
export type RoutePayload<C> = {
  /** Gone once it is published. */
  compiled: C | undefined;
};
