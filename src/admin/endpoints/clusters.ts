import type { AdminContext } from '../context.ts';
import { addressJson } from '../dump/address.ts';
import { activeHealth, localityJson } from '../dump/hosts.ts';
import { children, decode, type JsonObject, wrapped } from '../dump/proto.ts';
import { activeClusters } from '../dump/sections.ts';
import { groups } from '../../stats/groups.ts';
import { flagsOf, type HostView } from '../../upstream/endpoints.ts';
import { flagsText } from '../../upstream/health/flags.ts';
import { compile } from '../pattern.ts';
import { type Handler, JSON_TYPE, text } from '../reply.ts';
import type { Message } from '../../api/message.ts';

const HIGH = 1; // envoy.config.core.v3.RoutingPriority
const LIMITS = ['max_connections', 'max_pending_requests', 'max_requests', 'max_retries'] as const;
const DEFAULTS = { max_connections: 1024, max_pending_requests: 1024, max_requests: 1024, max_retries: 3 };

type Shown = {
  readonly name: string;
  readonly statName: string;
  readonly dynamic: boolean;
  readonly serviceName: string | undefined;
  readonly hosts: readonly HostView[];
  readonly thresholds: readonly [
    priority: 'default' | 'high',
    limits: Record<(typeof LIMITS)[number], number>,
  ][];
};

function* shownClusters(context: AdminContext, wanted: (name: string) => boolean): Generator<Shown> {
  for (const { name, source, version, hosts } of activeClusters(context)) {
    if (!wanted(name)) continue;
    const { discovery, statName } = version.payload;
    yield {
      name,
      statName,
      dynamic: source === 'dynamic',
      serviceName:
        discovery.kind === 'eds' && discovery.serviceName !== name ? discovery.serviceName : undefined,
      hosts,
      thresholds: thresholdsOf(decode('envoy.config.cluster.v3.Cluster', version.bytes)),
    };
  }
}

function thresholdsOf(cluster: Message): Shown['thresholds'] {
  const breakers = cluster.circuit_breakers as Message | undefined;
  const given = children(breakers, 'thresholds');
  return (['default', 'high'] as const).map((priority) => {
    const own = given.find((t) => (t.priority === HIGH ? 'high' : 'default') === priority);
    const limits = { ...DEFAULTS };
    for (const name of LIMITS) limits[name] = wrapped(own, name) ?? DEFAULTS[name];
    return [priority, limits];
  });
}

const HOST_SLOTS = groups.Host.map(([name, kind], at) => ({ name, kind, at }));
const BY_NAME = [...HOST_SLOTS].sort((a, b) => (a.name < b.name ? -1 : 1));
/** Counters first, then gauges, each by name: Envoy's order in JSON. */
const BY_KIND = [
  ...BY_NAME.filter((s) => s.kind === 'counter'),
  ...BY_NAME.filter((s) => s.kind === 'gauge'),
];

function hostLines(context: AdminContext, name: string, host: HostView): string {
  const values = context.hostValues(name, host.address);
  const fields: [string, string | number | boolean][] = [
    ...BY_NAME.map((slot): [string, number] => [slot.name, Math.max(values?.[slot.at] ?? 0, 0)]),
    ['hostname', host.hostname],
    ['health_flags', flagsText(flagsOf(host))],
    ['weight', host.weight],
    ['region', host.region],
    ['zone', host.zone],
    ['sub_zone', host.subZone],
    ['canary', false],
    ['priority', host.priority],
    ['success_rate', -1],
    ['local_origin_success_rate', -1],
  ];
  return fields.map(([field, value]) => `${name}::${host.address}::${field}::${value}\n`).join('');
}

function* clustersText(context: AdminContext, wanted: (name: string) => boolean): Generator<string> {
  for (const { name, statName, dynamic, serviceName, hosts, thresholds } of shownClusters(context, wanted)) {
    yield `${name}::observability_name::${statName}\n`;
    for (const [priority, limits] of thresholds) {
      yield LIMITS.map((limit) => `${name}::${priority}_priority::${limit}::${limits[limit]}\n`).join('');
    }
    yield `${name}::added_via_api::${dynamic}\n`;
    if (serviceName !== undefined) yield `${name}::eds_service_name::${serviceName}\n`;
    for (const host of hosts) yield hostLines(context, name, host);
  }
}

function hostJson(context: AdminContext, name: string, host: HostView): JsonObject {
  const values = context.hostValues(name, host.address);
  return {
    address: addressJson(host.address),
    stats: BY_KIND.map((slot) => {
      const value = Math.max(values?.[slot.at] ?? 0, 0);
      return {
        ...(slot.kind === 'gauge' ? { type: 'GAUGE' } : {}),
        name: slot.name,
        ...(value === 0 ? {} : { value: String(value) }),
      };
    }),
    health_status: activeHealth(host),
    weight: host.weight,
    ...(host.hostname === '' ? {} : { hostname: host.hostname }),
    ...(host.priority === 0 ? {} : { priority: host.priority }),
    locality: localityJson(host),
  };
}

function* clustersJson(context: AdminContext, wanted: (name: string) => boolean): Generator<string> {
  let first = true;
  for (const { name, statName, dynamic, serviceName, hosts, thresholds } of shownClusters(context, wanted)) {
    const status: JsonObject = {
      name,
      ...(dynamic ? { added_via_api: true } : {}),
      ...(hosts.length === 0 ? {} : { host_statuses: hosts.map((host) => hostJson(context, name, host)) }),
      circuit_breakers: {
        thresholds: thresholds.map(([priority, limits]) => ({
          ...(priority === 'high' ? { priority: 'HIGH' } : {}),
          ...limits,
        })),
      },
      observability_name: statName,
      ...(serviceName === undefined ? {} : { eds_service_name: serviceName }),
    };
    const shown = JSON.stringify(status, null, 1).replaceAll('\n', '\n  ');
    yield `${first ? '{\n "cluster_statuses": [\n' : ',\n'}  ${shown}`;
    first = false;
  }
  yield first ? '{}\n' : '\n ]\n}\n';
}

/** Clusters with their limits, hosts, and what was counted for each host. */
export const handle: Handler = (context, query) => {
  const filter = query.get('filter') ?? '';
  const pattern = filter === '' ? { test: () => true } : compile(filter);
  if ('error' in pattern) return text('Invalid re2 regex', 400);
  if (query.get('format') === 'json') {
    return { status: 200, type: JSON_TYPE, body: clustersJson(context, pattern.test) };
  }
  return text(clustersText(context, pattern.test));
};
