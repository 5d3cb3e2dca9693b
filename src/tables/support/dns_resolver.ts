import { isIP } from 'node:net';
import type { FieldValue, Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { address } from './values.ts';

type Json = Record<string, unknown>;
const CORE = 'envoy.config.core.v3';
const RESOLVERS = 'envoy.extensions.network.dns_resolver';
const CARES = `${RESOLVERS}.cares.v3.CaresDnsResolverConfig`;
const GETADDRINFO = `${RESOLVERS}.getaddrinfo.v3.GetAddrInfoDnsResolverConfig`;
const SOCKETS = 'the sockets of the resolver are closed whenever it waits for no answer';

/** Of a field that holds servers (envoy.config.core.v3.Address). */
export const onlyServers = (value: FieldValue): string | undefined => {
  const named = (value as readonly Message[]).some((server) => {
    const socket = server.socket_address as Message | undefined;
    return typeof socket?.address !== 'string' || isIP(socket.address) === 0;
  });
  return named ? 'a server that is not given by its IP address' : undefined;
};

const servers = () => implemented({ only: onlyServers, sample: [address(54)] });

/** A cluster of a name, where the generated cases put the settings of a resolver. */
export const inNamedCluster = (field: string, wrap: (json: Json) => unknown) => ({
  message: 'envoy.config.cluster.v3.Cluster',
  wrap: (json: Json): Json => ({
    name: 'base',
    type: 'STRICT_DNS',
    load_assignment: { cluster_name: 'base' },
    [field]: wrap(json),
  }),
});
const inTyped = (type: string) =>
  inNamedCluster('typed_dns_resolver_config', (json) => ({
    name: 'base',
    typed_config: { '@type': `type.googleapis.com/${type}`, ...json },
  }));

/** What src/config/resolver_settings.ts and src/upstream/dns*.ts do. */
export function declareResolvers(registry: SupportRegistry): void {
  registry
    .message(`${CORE}.DnsResolverOptions`, { no_default_search_domain: implemented() })
    .message(
      `${CORE}.DnsResolutionConfig`,
      { resolvers: servers(), dns_resolver_options: implemented() },
      {
        minimal: { resolvers: [address(53)] },
        embed: inNamedCluster('dns_resolution_config', (json) => json),
      },
    )
    .message(
      CARES,
      {
        resolvers: servers(),
        use_resolvers_as_fallback: implemented(),
        filter_unroutable_families: implemented(),
        dns_resolver_options: implemented(),
        udp_max_queries: harmless(SOCKETS),
        max_udp_channel_duration: harmless(SOCKETS),
        reinit_channel_on_timeout: harmless(SOCKETS),
        query_timeout_seconds: implemented(),
        query_tries: implemented(),
        rotate_nameservers: implemented(),
      },
      { embed: inTyped(CARES) },
    )
    .message(
      GETADDRINFO,
      {
        num_retries: implemented(),
        num_resolver_threads: harmless('lookups wait for threads of the process, which change no answer'),
      },
      { embed: inTyped(GETADDRINFO) },
    );
  for (const [name, type] of [
    ['cares', CARES],
    ['getaddrinfo', GETADDRINFO],
  ] as const) {
    registry.extension({
      category: 'envoy.network.dns_resolver',
      name: `envoy.network.dns_resolver.${name}`,
      type,
      since: '0.1.0',
    });
  }
}
