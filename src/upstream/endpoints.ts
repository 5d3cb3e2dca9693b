import { isIP } from 'node:net';
import { edsFlags, Flag, isDegraded, isUnhealthy } from './health/flags.ts';
import type { HostCheckSettings } from './health/settings.ts';

/**
 * Endpoint sets as messages (envoy.config.endpoint.v3.ClusterLoadAssignment with proto field names),
 * read without the descriptors: the primary thread resolves names in them and lists their hosts.
 */
export type Assignment = {
  readonly cluster_name?: string;
  readonly endpoints?: readonly LocalityEndpoints[];
  readonly [field: string]: unknown;
};
type LocalityEndpoints = {
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  readonly lb_endpoints?: readonly LbEndpoint[];
  readonly priority?: number;
  readonly [field: string]: unknown;
};
type SocketAddress = {
  readonly address?: string;
  readonly port_value?: number;
  readonly [field: string]: unknown;
};
type HostAddress = {
  readonly socket_address?: SocketAddress;
  readonly pipe?: { readonly path?: string };
};
/** envoy.config.endpoint.v3.Endpoint.HealthCheckConfig */
type HealthCheckConfig = {
  readonly port_value?: number;
  readonly hostname?: string;
  readonly address?: HostAddress;
  readonly disable_active_health_check?: boolean;
};
type LbEndpoint = {
  readonly endpoint?: {
    readonly address?: HostAddress;
    readonly hostname?: string;
    readonly health_check_config?: HealthCheckConfig;
    readonly [field: string]: unknown;
  };
  readonly health_status?: number;
  readonly load_balancing_weight?: { readonly value?: number };
  readonly [field: string]: unknown;
};

/** One host as the admin pages show it. */
export type HostView = {
  /** `10.0.0.1:80`, `[::1]:80` or the path of a Unix socket. */
  readonly address: string;
  readonly hostname: string;
  readonly weight: number;
  readonly priority: number;
  /** envoy.config.core.v3.HealthStatus */
  readonly health: number;
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
  /** What its configuration says about health checks of it alone. */
  readonly check?: HostCheckSettings;
  /** Of a host that is checked: bits of health/flags.ts, those of `health` among them. */
  readonly flags?: number;
};

/** Bits of health/flags.ts. */
export const flagsOf = ({ flags, health }: HostView): number => flags ?? edsFlags(health);

/** The names of an assignment that need resolving, each once. */
export function dnsNames(assignment: Assignment): string[] {
  const names = new Set<string>();
  for (const locality of assignment.endpoints ?? []) {
    for (const { endpoint } of locality.lb_endpoints ?? []) {
      const name = endpoint?.address?.socket_address?.address;
      if (name !== undefined && isIP(name) === 0) names.add(name);
    }
  }
  return [...names];
}

function withAddress(host: LbEndpoint, name: string, address: string): LbEndpoint {
  const socket = host.endpoint?.address?.socket_address;
  return {
    ...host,
    endpoint: {
      ...host.endpoint,
      hostname: host.endpoint?.hostname || name,
      address: { ...host.endpoint?.address, socket_address: { ...socket, address } },
    },
  };
}

/**
 * Replaces every name by the addresses it has now; a name without addresses has no hosts. Each
 * address and port occurs once, as in Envoy. With `firstOnly` (LOGICAL_DNS) one address a name.
 */
export function resolveAssignment(
  assignment: Assignment,
  addressesOf: (name: string) => readonly string[],
  firstOnly: boolean,
): Assignment {
  const seen = new Set<string>();
  const hostsOf = (host: LbEndpoint): LbEndpoint[] => {
    const socket = host.endpoint?.address?.socket_address;
    const name = socket?.address;
    if (name === undefined) return [host];
    const all = isIP(name) !== 0 ? [name] : addressesOf(name);
    return (firstOnly ? all.slice(0, 1) : all).flatMap((address) => {
      const key = `${address} ${socket?.port_value ?? 0}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [isIP(name) !== 0 ? host : withAddress(host, name, address)];
    });
  };
  const endpoints = (assignment.endpoints ?? []).map((locality) => ({
    ...locality,
    lb_endpoints: (locality.lb_endpoints ?? []).flatMap(hostsOf),
  }));
  return { ...assignment, endpoints };
}

export function formatAddress(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function addressText(address: HostAddress | undefined): string {
  const socket = address?.socket_address;
  if (socket === undefined) return address?.pipe?.path ?? '';
  return formatAddress(socket.address ?? '', socket.port_value ?? 0);
}

/** Undefined when nothing is set. */
function checkSettings(config: HealthCheckConfig | undefined): HostCheckSettings | undefined {
  if (config === undefined) return undefined;
  const settings: HostCheckSettings = {
    ...(config.port_value ? { port: config.port_value } : {}),
    ...(config.hostname ? { hostname: config.hostname } : {}),
    ...(config.address === undefined ? {} : { address: addressText(config.address) }),
    ...(config.disable_active_health_check === true ? { disabled: true } : {}),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** The hosts of a resolved assignment in order. */
export function hostViews(assignment: Assignment): HostView[] {
  return (assignment.endpoints ?? []).flatMap(({ locality, lb_endpoints, priority }) =>
    (lb_endpoints ?? []).map(({ endpoint, health_status, load_balancing_weight }) => {
      const check = checkSettings(endpoint?.health_check_config);
      return {
        address: addressText(endpoint?.address),
        hostname: endpoint?.hostname ?? '',
        weight: load_balancing_weight?.value ?? 1,
        priority: priority ?? 0,
        health: health_status ?? 0,
        region: locality?.region ?? '',
        zone: locality?.zone ?? '',
        subZone: locality?.sub_zone ?? '',
        ...(check === undefined ? {} : { check }),
      };
    }),
  );
}

export type Membership = {
  readonly total: number;
  readonly healthy: number;
  readonly degraded: number;
  /** Of the unhealthy ones those that do not count as missing. */
  readonly excluded: number;
};

const EXCLUDED = Flag.PendingActive | Flag.ExcludedImmediate | Flag.Draining;

export function membership(hosts: readonly HostView[]): Membership {
  let healthy = 0;
  let degraded = 0;
  let excluded = 0;
  for (const host of hosts) {
    const flags = flagsOf(host);
    if (isDegraded(flags)) degraded++;
    else if (!isUnhealthy(flags)) healthy++;
    if ((flags & EXCLUDED) !== 0) excluded++;
  }
  return { total: hosts.length, healthy, degraded, excluded };
}

/** Whether two host sets differ in anything but their order. */
export function sameHosts(a: readonly HostView[], b: readonly HostView[]): boolean {
  if (a.length !== b.length) return false;
  const key = (h: HostView): string => JSON.stringify(Object.values(h));
  const known = new Set(a.map(key));
  return b.every((h) => known.has(key(h)));
}

/** No hosts, packed. */
export const NO_HOSTS = '[]';

/** Hosts as a text that is small and that `unpackHosts` reads. */
export function packHosts(hosts: readonly HostView[]): string {
  if (hosts.length === 0) return NO_HOSTS;
  return JSON.stringify(
    hosts.map((h) => [
      ...[h.address, h.hostname, h.weight, h.priority, h.health, h.region, h.zone, h.subZone],
      ...(h.check === undefined ? [] : [h.check]),
    ]),
  );
}

type PackedHost = [
  ...[string, string, number, number, number, string, string, string],
  HostCheckSettings | undefined,
];

export function unpackHosts(packed: string): HostView[] {
  return (JSON.parse(packed) as PackedHost[]).map(
    ([address, hostname, weight, priority, health, region, zone, subZone, check]) => ({
      address,
      hostname,
      weight,
      priority,
      health,
      region,
      zone,
      subZone,
      ...(check === undefined ? {} : { check }),
    }),
  );
}
