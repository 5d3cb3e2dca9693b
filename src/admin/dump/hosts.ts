import { flagsOf, formatAddress, type HostView } from '../../upstream/endpoints.ts';
import { Flag, isDegraded, isUnhealthy } from '../../upstream/health/flags.ts';
import { addressJson } from './address.ts';
import { child, children, type JsonObject, messageJson, wrapped } from './proto.ts';
import type { Message } from '../../api/message.ts';

/** envoy.config.core.v3.HealthStatus, as a host is shown that Envoy judges by its endpoint set alone. */
const FAILED = new Set([2, 4]); // UNHEALTHY, TIMEOUT
const DRAINING = 3;
const DEGRADED = 5;

export function healthStatus(health: number): string {
  if (FAILED.has(health)) return 'UNHEALTHY';
  if (health === DRAINING) return 'DRAINING';
  return health === DEGRADED ? 'DEGRADED' : 'HEALTHY';
}

/** In an endpoint dump, draining is unhealthy too. */
const dumpedHealth = (health: number): string => (health === DRAINING ? 'UNHEALTHY' : healthStatus(health));

/** In an endpoint dump: what the endpoint set and checks say together. */
function dumpedHost(host: HostView): string {
  const flags = flagsOf(host);
  if (isUnhealthy(flags)) return 'UNHEALTHY';
  return isDegraded(flags) ? 'DEGRADED' : 'HEALTHY';
}

/** Fields of envoy.admin.v3.HostHealthStatus that checks set. */
export function activeHealth(host: HostView): JsonObject {
  const flags = flagsOf(host);
  const said = (flag: number, name: string): JsonObject => ((flags & flag) === 0 ? {} : { [name]: true });
  return {
    ...said(Flag.FailedActive, 'failed_active_health_check'),
    eds_health_status: healthStatus(host.health),
    ...said(Flag.DegradedActive, 'failed_active_degraded_check'),
    ...said(Flag.PendingRemoval, 'pending_dynamic_removal'),
    ...said(Flag.PendingActive, 'pending_active_hc'),
    ...said(Flag.ExcludedImmediate, 'excluded_via_immediate_hc_fail'),
    ...said(Flag.ActiveTimeout, 'active_hc_timeout'),
  };
}

/** envoy.config.endpoint.v3.Endpoint.HealthCheckConfig of a host. */
function checkJson({ check }: HostView): JsonObject {
  if (check === undefined) return {};
  return {
    ...(check.port === undefined ? {} : { port_value: check.port }),
    ...(check.hostname === undefined ? {} : { hostname: check.hostname }),
    ...(check.address === undefined ? {} : { address: addressJson(check.address) }),
    ...(check.disabled === true ? { disable_active_health_check: true } : {}),
  };
}

/** One locality of an endpoint dump. */
type Locality = {
  readonly locality: JsonObject;
  readonly hosts: JsonObject[];
  readonly weight: number;
  readonly priority: number;
};

function assignment(name: string, localities: readonly Locality[], factor: number): JsonObject {
  return {
    cluster_name: name,
    endpoints: localities.map(({ locality, hosts, weight, priority }) => ({
      locality,
      lb_endpoints: hosts,
      load_balancing_weight: weight,
      ...(priority === 0 ? {} : { priority }),
    })),
    policy: { overprovisioning_factor: factor },
  };
}

/** The hosts of an endpoint set (envoy.config.endpoint.v3.ClusterLoadAssignment) whose addresses are addresses. */
export function assignmentJson(
  name: string,
  message: Message | undefined,
  hosts: readonly HostView[],
): JsonObject {
  const known = new Map(hosts.map((host) => [host.address, host]));
  const localities = children(message, 'endpoints').map((group): Locality => {
    const locality = child(group, 'locality');
    return {
      locality: locality === undefined ? {} : messageJson(locality),
      hosts: children(group, 'lb_endpoints').map((host) => hostJson(host, known)),
      weight: wrapped(group, 'load_balancing_weight') ?? 0,
      priority: (group.priority as number | undefined) ?? 0,
    };
  });
  return assignment(name, localities, wrapped(child(message, 'policy'), 'overprovisioning_factor') ?? 140);
}

/** As HostView has addresses. */
function addressText(address: Message | undefined): string {
  const socket = child(address, 'socket_address');
  if (socket === undefined) return (child(address, 'pipe')?.path as string | undefined) ?? '';
  return formatAddress(
    (socket.address as string | undefined) ?? '',
    (socket.port_value as number | undefined) ?? 0,
  );
}

function hostJson(host: Message, known: ReadonlyMap<string, HostView>): JsonObject {
  const endpoint = child(host, 'endpoint');
  const address = child(endpoint, 'address');
  const metadata = child(host, 'metadata');
  const check = child(endpoint, 'health_check_config');
  const view = known.get(addressText(address));
  return {
    endpoint: {
      ...(address === undefined ? {} : { address: messageJson(address) }),
      health_check_config: check === undefined ? {} : messageJson(check),
      ...(endpoint?.hostname ? { hostname: endpoint.hostname } : {}),
    },
    health_status:
      view === undefined ? dumpedHealth((host.health_status as number | undefined) ?? 0) : dumpedHost(view),
    ...(metadata === undefined ? {} : { metadata: messageJson(metadata) }),
    load_balancing_weight: wrapped(host, 'load_balancing_weight') ?? 1,
  };
}

/** The hosts that a name has been resolved to. */
export function resolvedJson(name: string, hosts: readonly HostView[]): JsonObject {
  const groups = new Map<string, Locality>();
  for (const host of hosts) {
    const key = JSON.stringify([host.priority, host.region, host.zone, host.subZone]);
    let group = groups.get(key);
    if (group === undefined) {
      group = { locality: localityJson(host), hosts: [], weight: 0, priority: host.priority };
      groups.set(key, group);
    }
    group.hosts.push({
      endpoint: {
        address: addressJson(host.address),
        health_check_config: checkJson(host),
        ...(host.hostname === '' ? {} : { hostname: host.hostname }),
      },
      health_status: dumpedHost(host),
      metadata: {},
      load_balancing_weight: host.weight,
    });
  }
  return assignment(name, [...groups.values()], 140);
}

export function localityJson({ region, zone, subZone }: HostView): JsonObject {
  return {
    ...(region === '' ? {} : { region }),
    ...(zone === '' ? {} : { zone }),
    ...(subZone === '' ? {} : { sub_zone: subZone }),
  };
}
