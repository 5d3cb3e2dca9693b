/** Clusters whose connections are bound to a source, below a bootstrap that has one for all: for tests of both proxies. */
import { answer, cluster, type Fields, listener, Origin, toCluster } from './support.ts';

const source = (address: string): Fields => ({ address, port_value: 0 });
/** An option that no kernel has. */
const BAD = { level: 1, name: 99_999, int_value: 1 };
/** Keeps connections alive: harmless. */
const GOOD = { level: 1, name: 9, int_value: 1 };
/** Nobody's address (RFC 5737). */
const NOBODY = '192.0.2.77';

/** By name: the upstream_bind_config of a cluster; absent: none of its own. */
export const BINDS: Readonly<Record<string, Fields | undefined>> = {
  common: undefined,
  own: { source_address: source('127.0.0.9') },
  options: { source_address: source('127.0.0.9'), socket_options: [GOOD] },
  bad_options: { source_address: source('127.0.0.9'), socket_options: [BAD] },
  only_options: { socket_options: [GOOD] },
  nobody: { source_address: source(NOBODY), freebind: false },
  other_family: { source_address: source('::1') },
  extra: { source_address: source('::1'), extra_source_addresses: [{ address: source('127.0.0.10') }] },
  extra_options: {
    source_address: source('::1'),
    socket_options: [BAD],
    extra_source_addresses: [{ address: source('127.0.0.10'), socket_options: { socket_options: [GOOD] } }],
  },
  extra_inherits: {
    source_address: source('::1'),
    socket_options: [BAD],
    extra_source_addresses: [{ address: source('127.0.0.10') }],
  },
  additional: {
    source_address: source('::1'),
    additional_source_addresses: [source('127.0.0.10')],
  },
  empty: {},
};
export const COMMON: Fields = { source_address: source('127.0.0.5') };

/** Says where its client came from. */
export const remoteOrigin = (): Origin =>
  new Origin((_, socket) => answer(socket.remoteAddress?.replace('::ffff:', '') ?? ''));

/** A listener for each of the clusters, at ports from `first` on. */
export function bindConfig(origin: number, admin: number, ports: Readonly<Record<string, number>>): Fields {
  const names = Object.keys(BINDS);
  const table = (name: string): Fields => ({
    route_config: {
      name,
      virtual_hosts: [{ name, domains: ['*'], routes: [toCluster(name)] }],
      response_headers_to_add: [
        { header: { key: 'x-says', value: '%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%' } },
      ],
    },
  });
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    cluster_manager: { upstream_bind_config: COMMON },
    static_resources: {
      listeners: names.map((name) => listener(name, ports[name] ?? 0, table(name))),
      clusters: names.map((name) => {
        const bind = BINDS[name];
        return cluster(name, [origin], bind === undefined ? {} : { upstream_bind_config: bind });
      }),
    },
  };
}
