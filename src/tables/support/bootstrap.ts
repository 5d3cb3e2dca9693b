import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import { NODE_PARAMS } from '../../config/authorities.ts';
import { unknownRuntimeKeys } from '../../config/runtime.ts';
import { address, onlyType } from './values.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3';
const CORE = 'envoy.config.core.v3';
const METRICS = 'envoy.config.metrics.v3';

/** Of a server that sends changes. */
const adsConfig = {
  api_type: 'DELTA_GRPC',
  transport_api_version: 'V3',
  grpc_services: [{ envoy_grpc: { cluster_name: 'server' } }],
};

/** What src/config/extract.ts and src/config/runtime.ts do of the bootstrap. */
export function declareBootstrap(registry: SupportRegistry): void {
  registry
    .message(`${BOOTSTRAP}.Bootstrap`, {
      node: implemented(),
      node_context_params: implemented({
        uncompiled: 'they are parameters of the names of collections',
        only: (names) => {
          const unknown = (names as readonly string[]).find((name) => !(name in NODE_PARAMS));
          return unknown === undefined ? undefined : `the parameter ${unknown} of the node`;
        },
      }),
      config_sources: implemented({ uncompiled: 'streams are opened to them' }),
      default_config_source: implemented({ uncompiled: 'a stream is opened to it' }),
      static_resources: implemented(),
      dynamic_resources: implemented(),
      admin: implemented(),
      cluster_manager: implemented(),
      layered_runtime: implemented(),
      overload_manager: implemented(),
      stats_config: implemented(),
      stats_flush_interval: harmless('statistics are read where they are: nothing is flushed'),
      stats_flush_on_admin: harmless('statistics are read where they are: nothing is flushed'),
      typed_dns_resolver_config: implemented(),
      dns_resolution_config: implemented(),
      default_regex_engine: harmless('regular expressions are always those of RE2', {
        only: onlyType('envoy.extensions.regex_engines.v3.GoogleRE2', 'a regex engine other than google_re2'),
      }),
    })
    .message(`${BOOTSTRAP}.ClusterManager`, {
      load_stats_config: implemented({
        sample: {
          api_type: 'GRPC',
          transport_api_version: 'V3',
          grpc_services: [{ envoy_grpc: { cluster_name: 'server' } }],
        },
        only: (config) => onlyLoadServer(config as Message),
        without: [
          'rate_limit_settings',
          'set_node_on_first_message_only',
          'request_timeout',
          'refresh_delay',
        ],
      }),
      upstream_bind_config: implemented({
        sample: { source_address: { address: '127.0.0.2', port_value: 0 } },
      }),
    })
    .message(`${BOOTSTRAP}.Bootstrap.StaticResources`, {
      listeners: implemented(),
      clusters: implemented(),
      secrets: implemented({
        uncompiled: 'where their names are, they are as if they stood there',
        // Whole certificates are wanted here.
        embed: { message: `${BOOTSTRAP}.Bootstrap`, wrap: (json) => json },
      }),
    })
    .message(`${BOOTSTRAP}.Bootstrap.DynamicResources`, {
      lds_config: implemented(),
      cds_config: implemented(),
      ads_config: implemented(),
      cds_resources_locator: implemented({
        sample: 'xdstp://a/envoy.config.cluster.v3.Cluster/*',
        base: { ads_config: adsConfig, cds_config: { ads: {} } },
      }),
      lds_resources_locator: implemented({
        sample: 'xdstp://a/envoy.config.listener.v3.Listener/*',
        base: { ads_config: adsConfig, lds_config: { ads: {} } },
      }),
    })
    .message(
      `${BOOTSTRAP}.Admin`,
      {
        address: implemented(),
        access_log_path: implemented({ uncompiled: 'the admin interface is none of the data plane' }),
        profile_path: harmless('there is no profiler that would write to it'),
        ignore_global_conn_limit: harmless('connections to the admin interface are never counted'),
      },
      { minimal: { address: address(9901) } },
    )
    .message(`${CORE}.Node`, {
      id: implemented(),
      cluster: implemented(),
      locality: implemented(),
      metadata: implemented({ opaque: true, sample: { a: 'b' } }),
      dynamic_parameters: implemented({ opaque: true, sample: { type: { params: { a: 'b' } } } }),
      user_agent_name: harmless('management servers are told that of Envoy'),
      user_agent_version: harmless('management servers are told the version by its parts'),
      user_agent_build_version: harmless(
        'management servers are told that of the Envoy that attache follows',
      ),
      extensions: implemented({ opaque: true, sample: [{ name: 'a' }] }),
      client_features: implemented({ sample: ['a'] }),
    });
  declareLimits(registry);
  declareStats(registry);
  declareDiscovery(registry);
}

const GRPC = 2;

function onlyLoadServer(config: Message): string | undefined {
  if (config.api_type !== GRPC) return 'a load reporting service that is not reached over GRPC';
  const [service] = (config.grpc_services as readonly Message[] | undefined) ?? [];
  const envoy = service?.envoy_grpc as Message | undefined;
  if (service?.retry_policy !== undefined || envoy?.retry_policy !== undefined)
    return 'a retry policy of the load reporting service';
  return undefined;
}

/** Connection limits, the two ways that Envoy has for them. */
function declareLimits(registry: SupportRegistry): void {
  registry
    .message(`${BOOTSTRAP}.LayeredRuntime`, { layers: implemented() })
    .message(
      `${BOOTSTRAP}.RuntimeLayer`,
      {
        name: harmless('for people'),
        static_layer: implemented({
          opaque: true,
          only: (layer) => {
            const [key] = unknownRuntimeKeys(layer as Message);
            return key === undefined ? undefined : `the runtime key ${key}`;
          },
          sample: { overload: { global_downstream_max_connections: 7 } },
          note: 'connection limits: `overload.global_downstream_max_connections`, `envoy.resource_limits.listener.<name>.connection_limit`',
        }),
      },
      { minimal: { name: 'layer', static_layer: {} } },
    )
    .message(`${BOOTSTRAP}.RuntimeLayer`, { rtds_layer: implemented() })
    .message(
      `${BOOTSTRAP}.RuntimeLayer.RtdsLayer`,
      { name: implemented(), rtds_config: implemented() },
      { minimal: { name: 'rtds', rtds_config: { path_config_source: { path: '/dev/null' } } } },
    )
    .message('envoy.service.runtime.v3.Runtime', {
      name: implemented({ uncompiled: 'it is asked for by its name' }),
      layer: implemented({
        opaque: true,
        uncompiled: 'it comes from servers and files of its own',
        note: 'the connection limit `overload.global_downstream_max_connections`',
      }),
    })
    .message('envoy.config.overload.v3.OverloadManager', {
      refresh_interval: harmless('the only resource there is, connections, is counted as they come'),
      resource_monitors: implemented(),
    })
    .message('envoy.config.overload.v3.ResourceMonitor', {
      name: harmless('the type of the configuration decides'),
      typed_config: implemented(),
    })
    .message(
      'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
      { max_active_downstream_connections: implemented() },
      { minimal: { max_active_downstream_connections: 1 } },
    )
    .extension({
      category: 'envoy.resource_monitors',
      name: 'envoy.resource_monitors.global_downstream_max_connections',
      type: 'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
      since: '0.1.0',
    });
}

/** What src/stats/config.ts does. */
function declareStats(registry: SupportRegistry): void {
  const pattern = { exact: 'sample' };
  registry
    .message(`${METRICS}.StatsConfig`, {
      stats_tags: implemented(),
      use_all_default_tags: implemented(),
      stats_matcher: implemented(),
      histogram_bucket_settings: implemented(),
    })
    .message(
      `${METRICS}.TagSpecifier`,
      { tag_name: implemented(), regex: implemented(), fixed_value: implemented() },
      { minimal: { tag_name: 'tag', fixed_value: 'value' } },
    )
    .message(
      `${METRICS}.StatsMatcher`,
      { reject_all: implemented(), exclusion_list: implemented(), inclusion_list: implemented() },
      { minimal: { exclusion_list: { patterns: [pattern] } } },
    )
    .message(
      'envoy.type.matcher.v3.ListStringMatcher',
      { patterns: implemented() },
      { minimal: { patterns: [pattern] } },
    )
    .message(
      `${METRICS}.HistogramBucketSettings`,
      { match: implemented(), buckets: implemented() },
      { minimal: { match: pattern, buckets: [1] } },
    );
}

/** What a file of resources may say. */
function declareDiscovery(registry: SupportRegistry): void {
  registry
    .message('envoy.service.discovery.v3.DiscoveryResponse', {
      version_info: implemented(),
      resources: implemented(),
      type_url: harmless('each resource of a file names its own type'),
      nonce: harmless('a file is not acknowledged'),
    })
    .message('envoy.service.discovery.v3.Resource', {
      resource: implemented(),
      name: harmless('the resource has its own name'),
      version: harmless('resources of a file are compared by content'),
    });
}
