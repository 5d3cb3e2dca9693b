import type { HostView } from '../../upstream/endpoints.ts';
import { addressJson } from './address.ts';
import { child, children, type JsonObject, messageJson, wrapped } from './proto.ts';
import type { Message } from '../../api/message.ts';

/** envoy.config.core.v3.HealthStatus, as a host is shown that Envoy judges by its endpoint set alone. */
const FAILED = new Set([2, 4]); // UNHEALTHY, TIMEOUT
const DRAINING = 3;
const DEGRADED = 5;

export function healthFlags(health: number): string {
  if (FAILED.has(health)) return '/failed_eds_health';
  if (health === DRAINING) return '/eds_status_draining';
  return health === DEGRADED ? '/degraded_eds_health' : 'healthy';
}

export function healthStatus(health: number): string {
  if (FAILED.has(health)) return 'UNHEALTHY';
  if (health === DRAINING) return 'DRAINING';
  return health === DEGRADED ? 'DEGRADED' : 'HEALTHY';
}

/** In an endpoint dump, draining is unhealthy too. */
const dumpedHealth = (health: number): string => (health === DRAINING ? 'UNHEALTHY' : healthStatus(health));

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
export function assignmentJson(name: string, message: Message | undefined): JsonObject {
  const localities = children(message, 'endpoints').map((group): Locality => {
    const locality = child(group, 'locality');
    return {
      locality: locality === undefined ? {} : messageJson(locality),
      hosts: children(group, 'lb_endpoints').map(hostJson),
      weight: wrapped(group, 'load_balancing_weight') ?? 0,
      priority: (group.priority as number | undefined) ?? 0,
    };
  });
  return assignment(name, localities, wrapped(child(message, 'policy'), 'overprovisioning_factor') ?? 140);
}

function hostJson(host: Message): JsonObject {
  const endpoint = child(host, 'endpoint');
  const address = child(endpoint, 'address');
  const metadata = child(host, 'metadata');
  return {
    endpoint: {
      ...(address === undefined ? {} : { address: messageJson(address) }),
      health_check_config: {},
      ...(endpoint?.hostname ? { hostname: endpoint.hostname } : {}),
    },
    health_status: dumpedHealth((host.health_status as number | undefined) ?? 0),
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
        health_check_config: {},
        ...(host.hostname === '' ? {} : { hostname: host.hostname }),
      },
      health_status: dumpedHealth(host.health),
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
