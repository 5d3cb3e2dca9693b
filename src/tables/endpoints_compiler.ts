import type { Message } from '../api/message.ts';
import type { CompiledResource } from '../config/compiled.ts';
import { structToPlain } from '../api/well_known.ts';
import { labelsOf, lbLabelsOf } from './labels.ts';
import { addressKey, addressOf, compileAddress } from './address.ts';
import {
  type AddressInput,
  HostHealth,
  type HostInput,
  type LocalityInput,
  writeRecord,
} from './generated/layout.ts';
import { child, flag, messages, number, text, wrappedNumber } from './route_read.ts';

/** envoy.config.core.v3.HealthStatus: what the balancer makes of what the configuration says. */
const HEALTH: Readonly<Record<number, HostHealth>> = {
  2: HostHealth.Unhealthy,
  3: HostHealth.Draining,
  4: HostHealth.Unhealthy, // TIMEOUT
  5: HostHealth.Degraded,
};

/** The name of a host's block of statistics: it stays the same when the host changes its place in the set. */
export const hostStatName = (clusterName: string, address: AddressInput): string =>
  `${clusterName}|${addressKey(address)}`;

/** The same of an address as it is shown: `10.0.0.1:80`, `[::1]:80` or a path. */
export const shownHostStatName = (clusterName: string, address: string): string =>
  hostStatName(clusterName, addressOf(address));

const SOCKET_MATCH = 'envoy.transport_socket_match';

/** What a host goes by where hosts are chosen by hash. */
function hashKey(entry: Message): string | undefined {
  const metadata = child(entry, 'metadata')?.filter_metadata;
  const own = metadata instanceof Map ? (metadata.get('envoy.lb') as Message | undefined) : undefined;
  const plain = own === undefined ? undefined : structToPlain(own);
  const key = typeof plain === 'object' && plain !== null ? (plain as Record<string, unknown>).hash_key : '';
  return typeof key === 'string' ? key : undefined;
}

/** What transport_socket_matches of the cluster look at, and predicates of retries. */
function hostLabels(entry: Message): string[] | undefined {
  const metadata = child(entry, 'metadata')?.filter_metadata;
  if (!(metadata instanceof Map)) return undefined;
  const [socket, lb] = [SOCKET_MATCH, 'envoy.lb'].map((name) => metadata.get(name) as Message | undefined);
  if (socket === undefined && lb === undefined) return undefined;
  return [...(socket === undefined ? [] : labelsOf(socket)), ...(lb === undefined ? [] : lbLabelsOf(lb))];
}

/** What Istio says of the workload behind a host. */
function workload(entry: Message): string | undefined {
  const metadata = child(entry, 'metadata')?.filter_metadata;
  const own = metadata instanceof Map ? (metadata.get('istio') as Message | undefined) : undefined;
  const plain = own === undefined ? undefined : (structToPlain(own) as Record<string, unknown>);
  return typeof plain?.workload === 'string' ? plain.workload : undefined;
}

/**
 * envoy.config.endpoint.v3.ClusterLoadAssignment, all names in it resolved, to an Endpoints record.
 * `clusterName` is the cluster's own: statistics of hosts go by it.
 */
export function compileEndpointsRecord(clusterName: string, assignment: Message): CompiledResource {
  const hosts: HostInput[] = [];
  const localities: LocalityInput[] = [];
  for (const group of messages(assignment, 'endpoints')) {
    const locality = child(group, 'locality');
    const priority = number(group, 'priority');
    localities.push({
      region: locality === undefined ? '' : text(locality, 'region'),
      zone: locality === undefined ? '' : text(locality, 'zone'),
      sub_zone: locality === undefined ? '' : text(locality, 'sub_zone'),
      // As in Envoy: what has no name has no weight.
      weight: locality === undefined ? 0 : wrappedNumber(group, 'load_balancing_weight', 0),
      priority,
    });
    for (const entry of messages(group, 'lb_endpoints')) {
      const endpoint = child(entry, 'endpoint');
      const address = compileAddress(endpoint === undefined ? undefined : child(endpoint, 'address'));
      if (endpoint === undefined || address === undefined) continue;
      hosts.push({
        address,
        hostname: text(endpoint, 'hostname'),
        weight: wrappedNumber(entry, 'load_balancing_weight', 1),
        priority,
        locality: localities.length - 1,
        health: HEALTH[number(entry, 'health_status')] ?? HostHealth.Healthy,
        stats: hostStatName(clusterName, address),
        labels: hostLabels(entry),
        hash_key: hashKey(entry),
        workload: workload(entry),
      });
    }
  }
  const policy = child(assignment, 'policy');
  const records = writeRecord('Endpoints', {
    cluster_name: clusterName,
    hosts,
    localities,
    overprovisioning_factor:
      policy === undefined ? 140 : wrappedNumber(policy, 'overprovisioning_factor', 140),
    weighted_priority_health: policy !== undefined && flag(policy, 'weighted_priority_health'),
  });
  return { records };
}
