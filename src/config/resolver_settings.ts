import { isIP } from 'node:net';
import type { ResolverSettings } from '../upstream/dns_resolvers.ts';
import { formatAddress } from '../upstream/endpoints.ts';

/** A decoded message as plain data. */
type Msg = { readonly [field: string]: unknown };

const CARES = 'envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig';
const GETADDRINFO = 'envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig';
const DNS_PORT = 53;

const message = (of: Msg | undefined, field: string): Msg | undefined => of?.[field] as Msg | undefined;
const list = (of: Msg | undefined, field: string): readonly Msg[] =>
  (of?.[field] as readonly Msg[] | undefined) ?? [];
const value = (of: Msg, field: string): number | undefined => {
  const wrapped = message(of, field)?.value;
  return wrapped === undefined ? undefined : Number(wrapped);
};

/** `address:port` of each server; 53 when none is given. */
function servers(addresses: readonly Msg[]): string[] {
  return addresses.flatMap((address) => {
    const socket = message(address, 'socket_address');
    const host = (socket?.address as string | undefined) ?? '';
    if (isIP(host) === 0) return [];
    return [formatAddress(host, (socket?.port_value as number | undefined) || DNS_PORT)];
  });
}

function cares(from: Msg, addresses: readonly Msg[]): ResolverSettings {
  const list = servers(addresses);
  const seconds = value(from, 'query_timeout_seconds');
  const tries = value(from, 'query_tries');
  return {
    kind: 'cares',
    options: {
      ...(list.length === 0 ? {} : { servers: list }),
      ...(from.use_resolvers_as_fallback === true ? { asFallback: true } : {}),
      ...(from.filter_unroutable_families === true ? { routableOnly: true } : {}),
      ...(from.rotate_nameservers === true ? { rotate: true } : {}),
      ...(message(from, 'dns_resolver_options')?.no_default_search_domain === true ? { search: false } : {}),
      ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
      ...(tries === undefined ? {} : { tries }),
    },
  };
}

/** What the typed field says. */
function typedResolver(from: Msg): ResolverSettings | undefined {
  const typed = message(message(message(from, 'typed_dns_resolver_config'), 'typed_config'), '$decoded');
  if (typed?.$type === CARES) return cares(typed, list(typed, 'resolvers'));
  if (typed?.$type === GETADDRINFO) {
    const retries = value(typed, 'num_retries');
    return { kind: 'getaddrinfo', ...(retries === undefined ? {} : { retries }) };
  }
  return undefined;
}

/**
 * The resolver that a cluster or a DnsCluster names; undefined: the one of the process. The typed field counts
 * first, then dns_resolution_config if it has servers, then the list of servers, as in Envoy.
 */
export function resolverSettings(from: Msg): ResolverSettings | undefined {
  const typed = typedResolver(from);
  if (typed !== undefined) return typed;
  const older = message(from, 'dns_resolution_config');
  const named = list(older, 'resolvers');
  if (older !== undefined && named.length > 0) return cares(older, named);
  const oldest = list(from, 'dns_resolvers');
  return oldest.length === 0 ? undefined : cares({}, oldest);
}

/** The resolver of the process, as the bootstrap says. */
export function processResolver(bootstrap: Msg): ResolverSettings | undefined {
  const typed = typedResolver(bootstrap);
  const older = message(bootstrap, 'dns_resolution_config');
  return typed ?? (older === undefined ? undefined : cares(older, list(older, 'resolvers')));
}
