import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

type Json = Record<string, unknown>;
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const POLICIES = 'envoy.extensions.load_balancing_policies';
const COMMON = `${POLICIES}.common.v3`;
const WINDOW = { slow_start_window: '7s' };
const LOCALITY = { locality_weighted_lb_config: {} };

/** What src/tables/balancing.ts and native/upstream do of load balancing. */
export function declareBalancing(
  registry: SupportRegistry,
  clusters: { minimal: Json; original: Json },
): void {
  const inCluster = (field: string, around: Json) => ({
    message: CLUSTER,
    wrap: (json: Json): Json => ({ ...clusters.minimal, ...around, [field]: json }),
  });
  declareLegacy(registry, inCluster, clusters.original);
  declareTyped(registry, (type) => ({
    message: CLUSTER,
    wrap: (json: Json): Json => ({
      ...clusters.minimal,
      load_balancing_policy: {
        policies: [
          {
            typed_extension_config: {
              name: 'sample',
              typed_config: { '@type': `type.googleapis.com/${POLICIES}.${type}`, ...json },
            },
          },
        ],
      },
    }),
  }));
}

const SLOW_START = {
  slow_start_window: implemented(),
  aggression: implemented({ sample: { default_value: 7, runtime_key: 'sample' }, base: WINDOW }),
  min_weight_percent: implemented({ sample: { value: 7 }, base: WINDOW }),
};
const CONSISTENT = {
  use_hostname_for_hashing: implemented(),
  hash_balance_factor: implemented({ sample: 120 }),
};

type Embed = (field: string, around: Json) => { message: string; wrap: (json: Json) => Json };

function declareLegacy(registry: SupportRegistry, inCluster: Embed, original: Json): void {
  const slow = { slow_start_config: implemented() };
  registry
    .message(
      `${CLUSTER}.CommonLbConfig`,
      {
        healthy_panic_threshold: implemented(),
        locality_weighted_lb_config: implemented({ sample: {} }),
        consistent_hashing_lb_config: implemented(),
        update_merge_window: harmless('hosts that change are taken over at once'),
      },
      { embed: inCluster('common_lb_config', { lb_policy: 'RING_HASH' }) },
    )
    .message(`${CLUSTER}.CommonLbConfig.LocalityWeightedLbConfig`, {})
    .message(`${CLUSTER}.CommonLbConfig.ConsistentHashingLbConfig`, {
      ...CONSISTENT,
      use_hostname_for_hashing: implemented({
        embed: {
          message: CLUSTER,
          wrap: (json) =>
            inCluster('common_lb_config', { lb_policy: 'RING_HASH', type: 'STRICT_DNS' }).wrap({
              consistent_hashing_lb_config: json,
            }),
        },
      }),
    })
    .message(`${CLUSTER}.SlowStartConfig`, SLOW_START, {
      minimal: WINDOW,
      embed: {
        message: `${CLUSTER}.RoundRobinLbConfig`,
        wrap: (json) => ({ slow_start_config: json }),
      },
    })
    .message(`${CLUSTER}.RoundRobinLbConfig`, slow, { embed: inCluster('round_robin_lb_config', {}) })
    .message(
      `${CLUSTER}.LeastRequestLbConfig`,
      { choice_count: implemented(), active_request_bias: implemented(), ...slow },
      { embed: inCluster('least_request_lb_config', { lb_policy: 'LEAST_REQUEST' }) },
    )
    .message(
      `${CLUSTER}.RingHashLbConfig`,
      {
        minimum_ring_size: implemented(),
        maximum_ring_size: implemented({ sample: 5000 }),
        hash_function: implemented({ enum: ['XX_HASH', 'MURMUR_HASH_2'], sample: 'MURMUR_HASH_2' }),
      },
      { embed: inCluster('ring_hash_lb_config', { lb_policy: 'RING_HASH' }) },
    )
    .message(
      `${CLUSTER}.MaglevLbConfig`,
      { table_size: implemented({ sample: 101 }) },
      { embed: inCluster('maglev_lb_config', { lb_policy: 'MAGLEV' }) },
    )
    .message(
      `${CLUSTER}.OriginalDstLbConfig`,
      {
        use_http_header: implemented(),
        http_header_name: implemented({ sample: 'x-where', base: { use_http_header: true } }),
        upstream_port_override: implemented(),
      },
      { embed: inCluster('original_dst_lb_config', original) },
    );
}

type Typed = (type: string) => { message: string; wrap: (json: Json) => Json };

function declareTyped(registry: SupportRegistry, inPolicy: Typed): void {
  const locality = { locality_lb_config: implemented({ sample: LOCALITY }) };
  const weighted = { locality_weighted_lb_config: implemented({ sample: {} }) };
  const slow = { slow_start_config: implemented({ sample: WINDOW }) };
  registry
    .message('envoy.config.cluster.v3.LoadBalancingPolicy', { policies: implemented() })
    .message('envoy.config.cluster.v3.LoadBalancingPolicy.Policy', { typed_extension_config: implemented() })
    .message(`${COMMON}.LocalityLbConfig`, {
      locality_weighted_lb_config: implemented({ uncompiled: 'all that the message says' }),
    })
    .message(`${COMMON}.LocalityLbConfig.LocalityWeightedLbConfig`, {})
    .message(`${COMMON}.ConsistentHashingLbConfig`, CONSISTENT)
    .message(`${COMMON}.SlowStartConfig`, SLOW_START, {
      minimal: WINDOW,
      embed: {
        message: `${POLICIES}.round_robin.v3.RoundRobin`,
        wrap: (json) => ({ slow_start_config: json }),
      },
    })
    .message(
      `${POLICIES}.round_robin.v3.RoundRobin`,
      { ...slow, ...locality },
      { embed: inPolicy('round_robin.v3.RoundRobin') },
    )
    .message(`${POLICIES}.random.v3.Random`, locality, { embed: inPolicy('random.v3.Random') })
    .message(`${POLICIES}.cluster_provided.v3.ClusterProvided`, {})
    .message(
      `${POLICIES}.least_request.v3.LeastRequest`,
      {
        choice_count: implemented(),
        active_request_bias: implemented(),
        enable_full_scan: implemented(),
        selection_method: implemented({ enum: ['N_CHOICES', 'FULL_SCAN'], sample: 'FULL_SCAN' }),
        ...slow,
        ...locality,
      },
      { embed: inPolicy('least_request.v3.LeastRequest') },
    )
    .message(
      `${POLICIES}.ring_hash.v3.RingHash`,
      {
        minimum_ring_size: implemented(),
        maximum_ring_size: implemented({ sample: 5000 }),
        hash_function: implemented({
          enum: ['DEFAULT_HASH', 'XX_HASH', 'MURMUR_HASH_2'],
          sample: 'MURMUR_HASH_2',
        }),
        use_hostname_for_hashing: implemented(),
        hash_balance_factor: implemented({ sample: 120 }),
        consistent_hashing_lb_config: implemented(),
        ...weighted,
      },
      { embed: inPolicy('ring_hash.v3.RingHash') },
    )
    .message(
      `${POLICIES}.maglev.v3.Maglev`,
      {
        table_size: implemented({ sample: 101 }),
        consistent_hashing_lb_config: implemented(),
        ...weighted,
      },
      { embed: inPolicy('maglev.v3.Maglev') },
    );
  for (const [name, type] of [
    ['round_robin', 'round_robin.v3.RoundRobin'],
    ['random', 'random.v3.Random'],
    ['least_request', 'least_request.v3.LeastRequest'],
    ['ring_hash', 'ring_hash.v3.RingHash'],
    ['maglev', 'maglev.v3.Maglev'],
    ['cluster_provided', 'cluster_provided.v3.ClusterProvided'],
  ] as const) {
    registry.extension({
      category: 'envoy.load_balancing_policies',
      name: `envoy.load_balancing_policies.${name}`,
      type: `${POLICIES}.${type}`,
      since: '0.1.0',
    });
  }
}
