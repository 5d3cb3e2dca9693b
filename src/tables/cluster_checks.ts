import { isIP } from 'node:net';
import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { checkBalancing } from './balancing_checks.ts';
import { typedPolicy } from './balancing.ts';
import { checkHealthChecks } from './health_check_rules.ts';
import { decoded } from './route_read.ts';
import { child, duration, has, messages, number, text } from './route_read.ts';
import { checkBind } from './upstream_bind.ts';

const DNS_CLUSTER = 'envoy.extensions.clusters.dns.v3.DnsCluster';
const STRICT_DNS = 1;
const LOGICAL_DNS = 2;
const EDS = 3;
const AGGREGATE_CLUSTER = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
const ORIGINAL_DST = 4;
const CLUSTER_PROVIDED = 6;
const CLUSTER_PROVIDED_POLICY =
  'envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided';
const LOAD_BALANCING_POLICY_CONFIG = 7;

type Kind = 'static' | 'strict' | 'logical' | 'eds' | 'original' | 'aggregate';

function kindOf(cluster: Message): Kind {
  const typed = child(cluster, 'cluster_type');
  const config = decoded(typed === undefined ? undefined : child(typed, 'typed_config'));
  if (config?.$type === DNS_CLUSTER) {
    return config.all_addresses_in_single_endpoint === true ? 'logical' : 'strict';
  }
  if (config?.$type === AGGREGATE_CLUSTER) return 'aggregate';
  switch (number(cluster, 'type')) {
    case STRICT_DNS:
      return 'strict';
    case LOGICAL_DNS:
      return 'logical';
    case EDS:
      return 'eds';
    case ORIGINAL_DST:
      return 'original';
    default:
      return 'static';
  }
}

/** What the fields of a cluster (envoy.config.cluster.v3.Cluster) say about each other. */
export function checkCluster(cluster: Message, path: Path, diagnostics: Diagnostics): void {
  const kind = kindOf(cluster);
  checkDiscovery(cluster, kind, path, diagnostics);
  checkRefreshRates(cluster, path, diagnostics);
  checkOriginalDst(cluster, kind, path, diagnostics);
  checkBalancing(cluster, path, diagnostics);
  checkBind(child(cluster, 'upstream_bind_config'), [...path, 'upstream_bind_config'], diagnostics);
  checkHealthChecks(cluster, kind === 'original', path, diagnostics);
  if (kind === 'aggregate') checkAggregate(cluster, path, diagnostics);
  const policy = child(cluster, 'load_balancing_policy');
  if (policy !== undefined && messages(policy, 'policies').length === 0) {
    diagnostics.error([...path, 'load_balancing_policy', 'policies'], 'missing', 'the list is empty', {
      expected: 'a load balancing policy',
    });
  }
  if (policy === undefined && number(cluster, 'lb_policy') === LOAD_BALANCING_POLICY_CONFIG) {
    diagnostics.error([...path, 'lb_policy'], 'missing', 'load_balancing_policy is not set', {
      expected: 'load_balancing_policy, which LOAD_BALANCING_POLICY_CONFIG stands for',
    });
  }
}

/** Whether the cluster itself says which host it is, whatever the balancer. */
function providesHosts(cluster: Message): boolean {
  if (has(cluster, 'load_balancing_policy')) return typedPolicy(cluster)?.$type === CLUSTER_PROVIDED_POLICY;
  return number(cluster, 'lb_policy') === CLUSTER_PROVIDED;
}

function checkOriginalDst(cluster: Message, kind: Kind, path: Path, diagnostics: Diagnostics): void {
  const original = kind === 'original';
  const provides = original || kind === 'aggregate';
  const policy = has(cluster, 'load_balancing_policy') ? 'load_balancing_policy' : 'lb_policy';
  if (provides !== providesHosts(cluster)) {
    const message = provides
      ? `a cluster of the type ${original ? 'ORIGINAL_DST' : 'envoy.clusters.aggregate'} has its own way to find a host`
      : 'CLUSTER_PROVIDED is for clusters of the types ORIGINAL_DST and envoy.clusters.aggregate';
    diagnostics.error([...path, policy], 'conflict', message, {
      expected: provides ? 'lb_policy: CLUSTER_PROVIDED' : 'another policy',
    });
  }
  const config = child(cluster, 'original_dst_lb_config');
  if (original && child(cluster, 'load_assignment') !== undefined) {
    const message = 'a cluster of the type ORIGINAL_DST has no hosts of its own';
    diagnostics.error([...path, 'load_assignment'], 'conflict', message, { keyError: true });
  }
  if (config === undefined) return;
  const below = [...path, 'original_dst_lb_config'];
  if (!original) {
    diagnostics.error(below, 'conflict', 'the type of the cluster is not ORIGINAL_DST', {
      expected: 'type: ORIGINAL_DST',
      keyError: true,
    });
  }
  if (text(config, 'http_header_name') !== '' && config.use_http_header !== true) {
    diagnostics.error([...below, 'http_header_name'], 'rule', 'it needs use_http_header', {
      expected: 'use_http_header: true',
    });
  }
}

/** Its hosts are those of others, who have their own settings for them. */
function checkAggregate(cluster: Message, path: Path, diagnostics: Diagnostics): void {
  for (const field of ['load_assignment', 'health_checks', 'outlier_detection']) {
    if (!has(cluster, field)) continue;
    const message = 'an aggregate has no hosts of its own';
    diagnostics.error([...path, field], 'conflict', message, {
      expected: 'it at the clusters of the aggregate',
      keyError: true,
    });
  }
}

function checkDiscovery(cluster: Message, kind: Kind, path: Path, diagnostics: Diagnostics): void {
  const eds = child(cluster, 'eds_cluster_config');
  if (kind === 'eds' && (eds === undefined || child(eds, 'eds_config') === undefined)) {
    const where = eds === undefined ? [] : ['eds_cluster_config'];
    const message = 'a cluster of the type EDS does not say where its hosts come from';
    diagnostics.error([...path, ...where], 'missing', message, { expected: 'eds_cluster_config.eds_config' });
  }
  if (kind !== 'eds' && eds !== undefined) {
    diagnostics.error([...path, 'eds_cluster_config'], 'conflict', 'the type of the cluster is not EDS', {
      expected: 'type: EDS',
      keyError: true,
    });
  }
  const assignment = child(cluster, 'load_assignment');
  const below = [...path, 'load_assignment'];
  if (kind === 'logical') checkSingleHost(assignment, below, path, diagnostics);
  // As in Envoy, an EDS cluster's own hosts are never looked at.
  if (assignment === undefined || kind === 'eds' || kind === 'original') return;
  messages(assignment, 'endpoints').forEach((group, i) => {
    const field = 'leds_cluster_locality_config';
    if (!has(group, field)) return;
    const message = 'endpoints of a locality come by themselves in clusters of the type EDS only';
    diagnostics.error([...below, 'endpoints', i, field], 'conflict', message, { expected: 'type: EDS' });
  });
  checkAssignment(assignment, below, diagnostics, kind !== 'static');
}

function checkSingleHost(
  assignment: Message | undefined,
  path: Path,
  otherwise: Path,
  diagnostics: Diagnostics,
): void {
  const groups = assignment === undefined ? [] : messages(assignment, 'endpoints');
  const hosts = groups.flatMap((group) => messages(group, 'lb_endpoints'));
  if (groups.length === 1 && hosts.length === 1) return;
  const message = `the cluster has ${groups.length} localities and ${hosts.length} endpoints`;
  diagnostics.error(assignment === undefined ? otherwise : path, 'rule', message, {
    expected: 'one locality with one endpoint: all addresses of its name are that one host',
  });
}

const PROXY_PROTOCOL = 'envoy.transport_sockets.proxy_protocol';

/** TLVs of one host for the upstream PROXY header, which stand in metadata, are not built yet. */
function checkHostTlvs(entry: Message, at: () => Path, diagnostics: Diagnostics): void {
  const metadata = child(entry, 'metadata')?.typed_filter_metadata;
  if (!(metadata instanceof Map) || !metadata.has(PROXY_PROTOCOL)) return;
  const message = `${PROXY_PROTOCOL} of a host is not supported by attache yet`;
  diagnostics.error([...at(), 'metadata', 'typed_filter_metadata', PROXY_PROTOCOL], 'unsupported', message, {
    expected: 'TLVs of all hosts, in added_tlvs of the transport socket',
  });
}

/**
 * The hosts of a set (envoy.config.endpoint.v3.ClusterLoadAssignment): each with an address, a numeric
 * one unless `names` are looked up.
 */
export function checkAssignment(
  assignment: Message,
  path: Path,
  diagnostics: Diagnostics,
  names = false,
): void {
  messages(assignment, 'endpoints').forEach((group, i) => {
    messages(group, 'lb_endpoints').forEach((entry, j) => {
      const endpoint = child(entry, 'endpoint');
      const address = endpoint === undefined ? undefined : child(endpoint, 'address');
      const socket = address === undefined ? undefined : child(address, 'socket_address');
      const at = (): Path => [...path, 'endpoints', i, 'lb_endpoints', j];
      checkHostTlvs(entry, at, diagnostics);
      if (socket === undefined) {
        if (address !== undefined && has(address, 'pipe')) return;
        const where = endpoint === undefined ? [] : ['endpoint'];
        diagnostics.error([...at(), ...where], 'missing', 'an endpoint without an address', {
          expected: 'endpoint.address',
        });
        return;
      }
      const host = text(socket, 'address');
      if (names || isIP(host) !== 0) return;
      const message = `${JSON.stringify(host)} is not an IP address`;
      const where = ['endpoint', 'address', 'socket_address', 'address'];
      diagnostics.error([...at(), ...where], 'address', message, {
        expected: 'an IPv4 or IPv6 address; names are for clusters of the type STRICT_DNS or LOGICAL_DNS',
      });
    });
  });
}

function checkRefreshRates(cluster: Message, path: Path, diagnostics: Diagnostics): void {
  const typed = child(cluster, 'cluster_type');
  const config = decoded(typed === undefined ? undefined : child(typed, 'typed_config'));
  const check = (from: Message | undefined, below: Path): void => {
    const rate = from === undefined ? undefined : child(from, 'dns_failure_refresh_rate');
    const base = rate === undefined ? undefined : duration(rate, 'base_interval');
    const most = rate === undefined ? undefined : duration(rate, 'max_interval');
    if (base === undefined || most === undefined || most >= base) return;
    const where = [...path, ...below, 'dns_failure_refresh_rate', 'max_interval'];
    diagnostics.error(where, 'rule', 'max_interval is below base_interval', {
      expected: 'at least base_interval',
    });
  };
  check(cluster, []);
  if (config?.$type === DNS_CLUSTER) check(config, ['cluster_type', 'typed_config']);
}
