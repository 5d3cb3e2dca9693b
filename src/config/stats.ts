import { sanitize } from '../stats/blocks.ts';
import { xxhash64 } from '../xxhash64.ts';
import type { ControlPlaneCounts } from '../xds/mux.ts';
import type { ConfigPlane } from './plane.ts';
import type { ConfigSource, ListenerPayload } from './payload.ts';
import type { SubscriptionCounts } from './subscription.ts';

/** A statistic that the primary keeps, under Envoy's name. Text readouts are strings. */
export type PrimaryStat = {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'text';
  readonly value: number | bigint | string;
};

const counter = (name: string, value: number): PrimaryStat => ({ name, kind: 'counter', value });
const gauge = (name: string, value: number | bigint): PrimaryStat => ({ name, kind: 'gauge', value });

function* subscription(prefix: string, counts: SubscriptionCounts): Generator<PrimaryStat> {
  for (const name of [
    'init_fetch_timeout',
    'update_attempt',
    'update_failure',
    'update_rejected',
    'update_success',
  ] as const) {
    yield counter(`${prefix}.${name}`, counts[name]);
  }
  yield gauge(`${prefix}.update_time`, counts.update_time);
  yield gauge(`${prefix}.version`, counts.update_time === 0 ? 0 : xxhash64(counts.version_text));
  yield { name: `${prefix}.version_text`, kind: 'text', value: counts.version_text };
}

function* reloads(prefix: string, counts: SubscriptionCounts): Generator<PrimaryStat> {
  yield counter(`${prefix}.config_reload`, counts.config_reload);
  yield gauge(`${prefix}.config_reload_time_ms`, counts.config_reload_time_ms);
}

/** Envoy's statistics of a stream to a management server. */
function* controlPlane(prefix: string, counts: ControlPlaneCounts | undefined): Generator<PrimaryStat> {
  if (counts === undefined) return;
  const at = `${prefix}control_plane`;
  yield gauge(`${at}.connected_state`, counts.connected ? 1 : 0);
  yield gauge(`${at}.pending_requests`, counts.pendingRequests);
  yield counter(`${at}.rate_limit_enforced`, counts.rateLimitEnforced);
  yield { name: `${at}.identifier`, kind: 'text', value: counts.identifier };
}

/** Endpoints that come by streams of their own. */
function* endpointServers<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  for (const { version } of plane.clusterManager.active().values()) {
    const { discovery, statName } = version.payload;
    if (discovery.kind !== 'eds' || discovery.source === undefined || !('api' in discovery.source)) continue;
    const counts = plane.endpoints.controlPlane(discovery.source, discovery.serviceName);
    yield* controlPlane(`cluster.${sanitize(statName)}.`, counts);
  }
}

/** Endpoints of localities that come by themselves. */
function* localities<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  for (const { version } of plane.clusterManager.active().values()) {
    const { discovery, statName } = version.payload;
    if (discovery.kind !== 'eds' || discovery.source === undefined) continue;
    const counts = plane.localityEndpoints.counts(discovery.source, discovery.serviceName);
    if (counts === undefined) continue;
    yield counter(`cluster.${sanitize(statName)}.leds.update_empty`, counts.update_empty);
    yield* subscription(`cluster.${sanitize(statName)}.leds`, counts);
  }
}

/** When certificates expire: `<prefix>.ssl.certificate.<name>.expiration_unix_time_seconds`, as Envoy names them. */
function* expirations<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  const of = function* (
    prefix: string,
    contexts: readonly { readonly name: string }[] = [],
  ): Generator<PrimaryStat> {
    for (const { name } of contexts) {
      const { ca = [], chain = [] } = plane.tls.certificates(name) ?? {};
      for (const [kind, list] of [
        ['unnamed_ca_cert_e3b0c442', ca],
        ['unnamed_cert_e3b0c442', chain],
      ] as const) {
        if (list.length === 0) continue;
        const first = Math.min(...list.map(({ until }) => until));
        yield gauge(
          `${prefix}.ssl.certificate.${kind}.expiration_unix_time_seconds`,
          Math.floor(first / 1000),
        );
      }
    }
  };
  for (const { version } of plane.listenerManager.active().values()) {
    const { statName, tls } = version.payload;
    if (tls !== undefined) yield* of(`listener.${sanitize(statName)}`, tls.slice(0, 1));
  }
  for (const { version } of plane.clusterManager.active().values()) {
    const { statName, tls } = version.payload;
    if (tls !== undefined) yield* of(`cluster.${sanitize(statName)}`, tls.slice(0, 1));
  }
}

/** Whole days until the first certificate expires; undefined without certificates. */
export function daysUntilExpiry<C>(plane: ConfigPlane<C>): number | undefined {
  const all = [...plane.tls.active()].flatMap(({ name }) => {
    const { ca = [], chain = [] } = plane.tls.certificates(name) ?? {};
    return [...ca, ...chain].map(({ until }) => until);
  });
  if (all.length === 0) return undefined;
  return Math.max(0, Math.floor((Math.min(...all) - Date.now()) / 86_400_000));
}

/** Route tables that a listener, or one of its scopes, takes from elsewhere. */
function* routesOf<C>(
  plane: ConfigPlane<C>,
  { routes, scopes = [] }: ListenerPayload<C>,
): Generator<{ name: string; source: ConfigSource; statPrefix: string }> {
  yield* routes;
  for (const { source, rds, statPrefix } of scopes) {
    for (const { table } of plane.scopes.of(source)?.scopes().values() ?? [])
      yield { name: table, source: rds, statPrefix };
  }
}

/** Envoy's statistics of configurations of filters that are delivered. */
function* extensions<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  const seen = new Set<string>();
  for (const { filter, counts } of plane.filters.active()) {
    const prefix = `extension_config_discovery.http_filter.${filter.name}`;
    const own = plane.extensions.counts(filter.source, filter.name);
    if (own === undefined || seen.has(prefix)) continue;
    seen.add(prefix);
    for (const [name, value] of Object.entries(counts)) yield counter(`${prefix}.${name}`, value);
    yield* subscription(prefix, own);
    yield* controlPlane(`${prefix}.`, plane.extensions.controlPlane(filter.source, filter.name));
  }
}

/** Envoy's statistics of scoped routes. */
function* scopes<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  const seen = new Set<string>();
  for (const { version } of plane.listenerManager.active().values()) {
    for (const { name, source, rds, statPrefix } of version.payload.scopes ?? []) {
      const prefix = `http.${statPrefix}.scoped_rds.${name}`;
      const from = plane.scopes.of(source);
      if (from === undefined || seen.has(prefix)) continue;
      seen.add(prefix);
      const all = [...from.scopes().values()];
      yield gauge(`${prefix}.all_scopes`, all.length);
      yield gauge(`${prefix}.active_scopes`, all.length - plane.scopes.waiting(source, rds));
      yield gauge(`${prefix}.on_demand_scopes`, all.filter(({ onDemand }) => onDemand).length);
      yield counter(`${prefix}.update_empty`, 0);
      yield* subscription(prefix, from.counts);
      yield* reloads(prefix, from.counts);
      yield* controlPlane(`${prefix}.`, from.controlPlane);
    }
  }
}

/** Of servers that are named by google_grpc. */
function* channels<C>({ channels: { counts } }: ConfigPlane<C>): Generator<PrimaryStat> {
  for (const [prefix, { streams_total, streams_closed, clients }] of counts) {
    const at = `grpc.${sanitize(prefix)}`;
    yield counter(`${at}.google_grpc_client_creation`, clients.size);
    yield counter(`${at}.streams_total`, streams_total);
    for (const [code, value] of streams_closed.entries())
      yield counter(`${at}.streams_closed_${code}`, value);
  }
}

/** Statistics of the configuration: discovery services, listeners, clusters as a whole. Made when asked for. */
export function* configStats<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  const { clusterManager, listenerManager } = plane;
  yield* expirations(plane);
  yield* controlPlane('', plane.servers.adsCounts);
  yield* controlPlane('cluster_manager.cds.', plane.cdsServer);
  yield* controlPlane('listener_manager.lds.', plane.ldsServer);
  yield* endpointServers(plane);
  yield* localities(plane);
  yield* channels(plane);
  for (const [name, value] of Object.entries(clusterManager.counters))
    yield counter(`cluster_manager.${name}`, value);
  for (const name of [
    'cluster_updated',
    'cluster_updated_via_merge',
    'update_merge_cancelled',
    'update_out_of_merge_window',
  ]) {
    yield counter(`cluster_manager.${name}`, 0);
  }
  for (const [name, value] of Object.entries(plane.loads?.counts ?? {}))
    yield counter(`load_reporter.${name}`, value);
  yield gauge('cluster_manager.active_clusters', clusterManager.active().size);
  yield gauge('cluster_manager.warming_clusters', clusterManager.warmingCount);
  if (plane.cds !== undefined) {
    yield* subscription('cluster_manager.cds', plane.cds);
    yield* reloads('cluster_manager.cds', plane.cds);
  }
  const { counts: odcds, controlPlane: odcdsServer } = plane.demandedClusters;
  if (odcds !== undefined) yield* subscription('cluster_manager.odcds', odcds);
  yield* controlPlane('cluster_manager.odcds.', odcdsServer);
  for (const [name, value] of Object.entries(listenerManager.counters))
    yield counter(`listener_manager.${name}`, value);
  yield gauge('listener_manager.total_filter_chains_draining', listenerManager.drainingChains);
  yield gauge('listener_manager.total_listeners_active', listenerManager.active().size);
  yield gauge('listener_manager.total_listeners_draining', listenerManager.drainingCount);
  yield gauge('listener_manager.total_listeners_warming', listenerManager.warmingCount);
  yield gauge('listener_manager.workers_started', 1);
  if (plane.lds !== undefined) yield* subscription('listener_manager.lds', plane.lds);
  for (const [name, counts] of plane.secrets.wanted()) {
    yield counter(`sds.${sanitize(name)}.key_rotation_failed`, 0);
    yield* subscription(`sds.${sanitize(name)}`, counts);
  }
  // All layers count in the same place, as in Envoy.
  const [runtime] = plane.runtimes.wanted();
  if (runtime !== undefined) yield* subscription('runtime', runtime[1]);
  yield* scopes(plane);
  yield* extensions(plane);
  const seen = new Set<string>();
  for (const { version } of listenerManager.active().values()) {
    for (const { name, source, statPrefix } of routesOf(plane, version.payload)) {
      const prefix = sanitize(`http.${statPrefix}.rds.${name}`);
      const counts = plane.routes.counts(source, name);
      if (counts === undefined || seen.has(prefix)) continue;
      seen.add(prefix);
      yield counter(`${prefix}.update_empty`, counts.update_empty);
      yield* subscription(prefix, counts);
      yield* reloads(prefix, counts);
      yield* controlPlane(`${prefix}.`, plane.routes.controlPlane(source, name));
      const hosts = plane.routeTables.hostCounts(name, source);
      if (hosts === undefined) continue;
      const of = sanitize(`http.${statPrefix}.rds.vhds.${name}`);
      yield counter(`${of}.config_reload`, hosts.counts.config_reload);
      yield counter(`${of}.update_empty`, hosts.counts.update_empty);
      yield* subscription(of, hosts.counts);
      yield* controlPlane(`${of}.`, hosts.controlPlane);
    }
  }
}
