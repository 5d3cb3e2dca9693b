import type { Message } from '../api/message.ts';
import type { NativeAddon } from '../engine/native.ts';
import type { LookupFamily } from '../upstream/dns.ts';
import type { ResolverSettings } from '../upstream/dns_resolvers.ts';
import type { TlsContextPayload } from '../tls/contexts.ts';
import type { SecretKind, TlsPart } from '../tls/spec.ts';
import type { WatchSpec } from './file_watch.ts';
import type { RefreshPolicy } from '../upstream/dns_refresh.ts';
import type { ListenerIdentity } from '../tables/listener_identity.ts';
import type { Assignment } from '../upstream/endpoints.ts';
import type { OutlierSettings } from '../upstream/outlier.ts';
import type { ClusterHealthSettings } from '../upstream/health/settings.ts';

/** How long the first answer is waited for; 0: as long as it takes. */
type FetchTime = { readonly initialFetchTimeoutMs: number };

/** A file that a discovery service reads (envoy.config.core.v3.PathConfigSource). */
export type PathSource = FetchTime & {
  readonly path: string;
  readonly directory?: string;
  readonly modify?: boolean;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc */
export type GoogleChannel = {
  /** Of its cluster, which is nobody's but its own; equal channels have one. */
  readonly name: string;
  /** target_uri */
  readonly target: string;
  readonly statPrefix: string;
  /** Absent: plain. Each is an envoy.config.core.v3.DataSource. */
  readonly ssl?: { readonly roots: Message; readonly key?: Message; readonly chain?: Message };
};
/** What names of clusters begin with that belong to a channel. */
export const CHANNEL_PREFIX = '\0google_grpc\0';

/** A management server (envoy.config.core.v3.ApiConfigSource). Times in ms. */
export type ServerSettings = {
  readonly kind: 'sotw' | 'delta' | 'rest';
  /** With a channel: what it leads to, for people. */
  readonly cluster: string;
  /** Of a server that is no cluster of the configuration. */
  readonly channel?: GoogleChannel;
  readonly nodeOnce: boolean;
  readonly authority?: string;
  readonly metadata?: readonly (readonly [name: string, value: string])[];
  readonly rateLimit?: { readonly maxTokens: number; readonly fillRate: number };
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Of a stream as a whole, or of a request of REST. */
  readonly timeoutMs?: number;
  readonly maxMessageBytes?: number;
  /** Between requests of REST. */
  readonly refreshMs?: number;
};

/** The stream of all types that the bootstrap names (ads_config). */
export type AdsSource = FetchTime & {
  readonly ads: true;
  /** The place of another such stream among those of authorities. */
  readonly authority?: number;
};
export type ApiSource = FetchTime & { readonly api: ServerSettings };
/** envoy.config.core.v3.ConfigSource */
export type ConfigSource = PathSource | AdsSource | ApiSource;

/** How a cluster comes to its hosts. */
export type Discovery =
  | { readonly kind: 'static' }
  | {
      readonly kind: 'dns';
      readonly logical: boolean;
      readonly family: LookupFamily;
      readonly policy: RefreshPolicy;
      readonly assignment: Assignment;
      /** Absent: that of the process. */
      readonly resolver?: ResolverSettings;
    }
  | { readonly kind: 'eds'; readonly serviceName: string; readonly source: ConfigSource | undefined };

/** One for all clusters that have their hosts with them. */
export const STATIC_DISCOVERY: Discovery = { kind: 'static' };

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds */
export type Threshold = {
  readonly connections: number;
  readonly pending: number;
  readonly requests: number;
  readonly retries: number;
  /** track_remaining */
  /** Retries are limited by the requests under way. */
  readonly budget: boolean;
  readonly tracked: boolean;
};
export type Breakers = { readonly default: Threshold; readonly high: Threshold };

/** What the primary thread needs of a compiled resource; `C` is what the compilers make. */
export type EndpointsPayload<C> = {
  readonly compiled: C;
  /** As `packHosts` writes them. */
  readonly hosts: string;
  /** Localities whose endpoints come by themselves (LEDS). */
  readonly leds?: readonly LocalitySource[] | undefined;
};
/** envoy.config.endpoint.v3.LedsClusterLocalityConfig */
export type LocalitySource = {
  /** Its place among the localities of its assignment. */
  readonly locality: number;
  readonly source: AdsSource | ApiSource;
  /** The name of the collection, in the one form. */
  readonly collection: string;
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
  /** Absent: its hosts are not checked. */
  readonly health?: ClusterHealthSettings | undefined;
  /** Absent: no host of it is ejected. */
  readonly outliers?: OutlierSettings | undefined;
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
    readonly source: ConfigSource;
    readonly statPrefix: string;
  }[];
  /** Connection managers whose route table depends on the request. */
  readonly scopes?: readonly ScopedRoutes[];
  /** Filters of its connection managers that are delivered. */
  readonly filters?: readonly DiscoveredFilter[];
  /** How statistics call it. */
  readonly statName: string;
  /** The TLS contexts that its filter chains name. */
  readonly tls?: readonly TlsContextPayload<C>[];
  readonly identity: ListenerIdentity;
};
/** What a secret (SDS) adds to the contexts that name it. */
export type SecretPayload = {
  readonly kind: SecretKind | 'generic';
  readonly parts: readonly TlsPart[];
  /** Bits of TAG.Flags. */
  readonly flags: number;
  readonly files: readonly WatchSpec[];
};
/** A layer of the runtime (RTDS). */
export type RuntimePayload = { readonly values: Readonly<Record<string, string>> };
/** A filter whose configuration comes from elsewhere (ECDS), in the connection manager that has it. */
export type DiscoveredFilter = {
  readonly name: string;
  readonly source: ConfigSource;
  readonly statPrefix: string;
  readonly listenerStat: string;
  /** The messages that it may be. */
  readonly types: readonly string[];
  /** The listener does not wait for it: its default serves. */
  readonly atOnce: boolean;
};
/** The configuration of an extension (ECDS): its message, and what it is compiled to where it is used. */
export type ExtensionPayload<C> = { readonly type: string; compiled: C | undefined };
/** Where the configuration of an extension is used: its statistics are named by it. */
export type ExtensionUse = { readonly httpStat: string; readonly listenerStat: string };

/** A scope (SRDS): a key of requests, and the name of the route table that they go by. */
export type ScopePayload = {
  readonly key: readonly string[];
  readonly table: string;
  /** The table is asked for when a request wants it. */
  readonly onDemand: boolean;
};
/** The scoped routes of a connection manager, where they come from elsewhere. */
export type ScopedRoutes = {
  readonly name: string;
  readonly statPrefix: string;
  /** Where the scopes come from. */
  readonly source: ConfigSource;
  /** Where the route tables come from that scopes name. */
  readonly rds: ConfigSource;
};
export type RoutePayload<C> = {
  /** Gone once it is published. */
  compiled: C | undefined;
  /** Where more of its virtual hosts come from (VHDS). */
  readonly vhds?: AdsSource | ApiSource;
};
