/** Load balancing policies: the old enum of a cluster, or its typed list, to the fields of a Cluster record. */
import type { Message } from '../api/message.ts';
import { type ClusterInput, type HashingInput, LbPolicy, type SlowStartInput } from './generated/layout.ts';
import {
  child,
  decoded,
  duration,
  flag,
  has,
  messages,
  number,
  wrappedFlag,
  wrappedNumber,
} from './route_read.ts';

const POLICIES = 'envoy.extensions.load_balancing_policies';
const MURMUR_LEGACY = 1;
const MURMUR = 2;
const FULL_SCAN = 1;
const RING_SIZE = 1024;
const MAX_RING_SIZE = 1 << 23;
const TABLE_SIZE = 65_537;

type Balancing = Pick<
  ClusterInput,
  | 'lb_policy'
  | 'choice_count'
  | 'active_request_bias'
  | 'full_scan'
  | 'hashing'
  | 'slow_start'
  | 'locality_weighted'
>;
const PLAIN = { choice_count: 2, active_request_bias: 1 } as const;

function slowStart(config: Message | undefined): SlowStartInput | undefined {
  const slow = config === undefined ? undefined : child(config, 'slow_start_config');
  const window = slow === undefined ? undefined : duration(slow, 'slow_start_window');
  if (slow === undefined || window === undefined || window === 0) return undefined;
  const aggression = child(slow, 'aggression');
  const power = aggression === undefined ? 1 : number(aggression, 'default_value');
  const least = child(slow, 'min_weight_percent');
  return {
    window_ms: BigInt(window),
    // As Envoy: what makes no sense is 1.
    aggression: power > 0 ? power : 1,
    min_weight: least === undefined ? 0.1 : number(least, 'value') / 100,
  };
}

function leastRequest(config: Message | undefined): Balancing {
  const bias = config === undefined ? undefined : child(config, 'active_request_bias');
  const scans =
    config !== undefined &&
    (number(config, 'selection_method') === FULL_SCAN || wrappedFlag(config, 'enable_full_scan', false));
  return {
    lb_policy: LbPolicy.LeastRequest,
    choice_count: config === undefined ? 2 : wrappedNumber(config, 'choice_count', 2),
    active_request_bias: bias === undefined ? 1 : number(bias, 'default_value'),
    full_scan: scans,
    slow_start: slowStart(config),
  };
}

const roundRobin = (config: Message | undefined): Balancing => ({
  ...PLAIN,
  lb_policy: LbPolicy.RoundRobin,
  slow_start: slowStart(config),
});

/** `consistent`: a ConsistentHashingLbConfig, of the old API or the typed one. */
const hashing = (consistent: Message | undefined): HashingInput => ({
  balance_factor: consistent === undefined ? 0 : wrappedNumber(consistent, 'hash_balance_factor', 0),
  by_hostname: consistent !== undefined && flag(consistent, 'use_hostname_for_hashing'),
});

function ringHash(
  config: Message | undefined,
  murmur: number,
  consistent: Message | undefined,
  statName: string,
): Balancing {
  return {
    ...PLAIN,
    lb_policy: LbPolicy.RingHash,
    hashing: {
      ...hashing(consistent),
      minimum_ring_size:
        config === undefined ? RING_SIZE : wrappedNumber(config, 'minimum_ring_size', RING_SIZE),
      maximum_ring_size:
        config === undefined ? MAX_RING_SIZE : wrappedNumber(config, 'maximum_ring_size', MAX_RING_SIZE),
      ring_stats: statName,
      murmur: config !== undefined && number(config, 'hash_function') === murmur,
    },
  };
}

function maglev(config: Message | undefined, consistent: Message | undefined, statName: string): Balancing {
  const size = config === undefined ? TABLE_SIZE : wrappedNumber(config, 'table_size', TABLE_SIZE);
  return {
    ...PLAIN,
    lb_policy: LbPolicy.Maglev,
    hashing: { ...hashing(consistent), table_size: size, maglev_stats: statName },
  };
}

/** The first policy of the typed list. */
export function typedPolicy(cluster: Message): Message | undefined {
  const list = child(cluster, 'load_balancing_policy');
  const [first] = list === undefined ? [] : messages(list, 'policies');
  const extension = first === undefined ? undefined : child(first, 'typed_extension_config');
  return decoded(extension === undefined ? undefined : child(extension, 'typed_config'));
}

function typed(config: Message | undefined, statName: string): Balancing {
  const consistent = config === undefined ? undefined : child(config, 'consistent_hashing_lb_config');
  const locality = config === undefined ? undefined : (child(config, 'locality_lb_config') ?? config);
  const locality_weighted = locality !== undefined && has(locality, 'locality_weighted_lb_config');
  switch (config?.$type) {
    case `${POLICIES}.least_request.v3.LeastRequest`:
      return { ...leastRequest(config), locality_weighted };
    case `${POLICIES}.random.v3.Random`:
      return { ...PLAIN, lb_policy: LbPolicy.Random, locality_weighted };
    case `${POLICIES}.ring_hash.v3.RingHash`:
      // The fields of the policy itself are the older ones.
      return { ...ringHash(config, MURMUR, consistent ?? config, statName), locality_weighted };
    case `${POLICIES}.maglev.v3.Maglev`:
      return { ...maglev(config, consistent, statName), locality_weighted };
    default:
      return { ...roundRobin(config), locality_weighted };
  }
}

function byEnum(cluster: Message, statName: string): Balancing {
  const common = child(cluster, 'common_lb_config');
  const consistent = common === undefined ? undefined : child(common, 'consistent_hashing_lb_config');
  switch (number(cluster, 'lb_policy')) {
    case 1:
      return leastRequest(child(cluster, 'least_request_lb_config'));
    case 2:
      return ringHash(child(cluster, 'ring_hash_lb_config'), MURMUR_LEGACY, consistent, statName);
    case 3:
      return { ...PLAIN, lb_policy: LbPolicy.Random };
    case 5:
      return maglev(child(cluster, 'maglev_lb_config'), consistent, statName);
    default:
      return roundRobin(child(cluster, 'round_robin_lb_config'));
  }
}

/** The first of the typed list when there is one, whatever the old enum says. Statistics go by `statName`. */
export function compileBalancing(cluster: Message, statName: string): Balancing {
  if (has(cluster, 'load_balancing_policy')) return typed(typedPolicy(cluster), statName);
  const common = child(cluster, 'common_lb_config');
  const locality_weighted = common !== undefined && has(common, 'locality_weighted_lb_config');
  return { ...byEnum(cluster, statName), locality_weighted };
}
