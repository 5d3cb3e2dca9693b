import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import type { ExtensionInput } from '../../tables/generated/layout.ts';
import { text } from '../../tables/route_read.ts';
import { beforeLast } from '../../tables/support/values.ts';
import type { Extension, UpstreamFilter } from '../types.ts';

const TYPE = 'envoy.tcp.metadataexchange.config.MetadataExchange';
const STATS = 'metadata_exchange';

const compile = (config: Message, stats: string): ExtensionInput => ({
  struct: 'MetadataExchange',
  value: { protocol: text(config, 'protocol'), stats },
});

function declare(registry: SupportRegistry): void {
  registry.message(
    TYPE,
    {
      protocol: implemented(),
      enable_discovery: harmless('nobody discovers workloads without a bootstrap extension for it'),
    },
    { minimal: { protocol: 'base' }, embed: beforeLast(TYPE) },
  );
}

/** Peers of a mesh say who they are before the bytes of a client's connection. */
export const metadataExchange: Extension = {
  name: 'envoy.filters.network.metadata_exchange',
  aliases: ['istio.metadata_exchange'],
  category: 'envoy.filters.network',
  type: TYPE,
  declare,
  compile: (config) => compile(config, STATS),
};

/** The same of connections to hosts. */
export const upstreamMetadataExchange: UpstreamFilter = {
  name: 'envoy.filters.network.upstream.metadata_exchange',
  aliases: ['istio.metadata_exchange'],
  category: 'envoy.filters.upstream_network',
  type: TYPE,
  compile: (config, cluster) => compile(config, `cluster.${cluster}.${STATS}`),
};
