import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3';
const CORE = 'envoy.config.core.v3';

/** What src/config/extract.ts does of the bootstrap. */
export function declareBootstrap(registry: SupportRegistry): void {
  registry
    .message(`${BOOTSTRAP}.Bootstrap`, {
      node: implemented(),
      static_resources: implemented(),
      dynamic_resources: implemented(),
      admin: implemented(),
      stats_flush_interval: harmless('statistics are read where they are: nothing is flushed'),
    })
    .message(`${BOOTSTRAP}.Bootstrap.StaticResources`, { listeners: implemented(), clusters: implemented() })
    .message(`${BOOTSTRAP}.Bootstrap.DynamicResources`, {
      lds_config: implemented(),
      cds_config: implemented(),
    })
    .message(`${BOOTSTRAP}.Admin`, { address: implemented() })
    .message(`${CORE}.Node`, {
      id: implemented(),
      cluster: implemented(),
      locality: implemented(),
      metadata: harmless('it is for management servers, and shown by /server_info'),
      user_agent_name: harmless('it is for management servers'),
    })
    .message(`${CORE}.ConfigSource`, {
      path: implemented(),
      path_config_source: implemented(),
      initial_fetch_timeout: implemented(),
      resource_api_version: implemented({ enum: ['AUTO', 'V3'] }),
    })
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
    })
    .message(`${CORE}.PathConfigSource`, { path: implemented(), watched_directory: implemented() })
    .message(`${CORE}.WatchedDirectory`, { path: implemented(), watch_modify: implemented() });
}
