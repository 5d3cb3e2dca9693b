/** Policies of the filters rbac, for tests of both proxies. */
import { connect } from 'node:net';
import { cluster, type Fields, type Json, listener, router, toCluster } from './support.ts';
import { tcpProxy } from './tcp_support.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3';
const NETWORK = 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC';
const ANY: Fields = { any: true };
const loopback: Fields = { address_prefix: '127.0.0.0', prefix_len: 8 };
const elsewhere: Fields = { address_prefix: '8.8.0.0', prefix_len: 16 };

/** Permissions and principals, each by itself against the other that takes all. `$`: the listener's port. */
export const PERMISSIONS: Readonly<Record<string, Fields>> = {
  any: ANY,
  header: { header: { name: 'x-a', string_match: { exact: 'b' } } },
  authority: { header: { name: ':authority', string_match: { suffix: '.b', ignore_case: true } } },
  method: { header: { name: ':method', string_match: { exact: 'POST' } } },
  path: { url_path: { path: { prefix: '/a' } } },
  exact: { url_path: { path: { exact: '/a' } } },
  ip: { destination_ip: loopback },
  other_ip: { destination_ip: elsewhere },
  port: { destination_port: 1 },
  ports: { destination_port_range: { start: 1, end: 65_536 } },
  few_ports: { destination_port_range: { start: 1, end: 7 } },
  name: { requested_server_name: { exact: 'a' } },
  no_name: { requested_server_name: { exact: '' } },
  not: { not_rule: { header: { name: 'x-a' } } },
  and: { and_rules: { rules: [{ url_path: { path: { prefix: '/a' } } }, { header: { name: 'x-a' } }] } },
  or: { or_rules: { rules: [{ url_path: { path: { prefix: '/a' } } }, { header: { name: 'x-a' } }] } },
  deep: {
    not_rule: {
      or_rules: { rules: [{ and_rules: { rules: [ANY, { not_rule: { header: { name: 'x-a' } } }] } }] },
    },
  },
};
export const PRINCIPALS: Readonly<Record<string, Fields>> = {
  header: { header: { name: 'x-a' } },
  path: { url_path: { path: { exact: '/a' } } },
  authenticated: { authenticated: {} },
  source: { source_ip: loopback },
  other_source: { source_ip: elsewhere },
  direct: { direct_remote_ip: loopback },
  other_direct: { direct_remote_ip: elsewhere },
  remote: { remote_ip: loopback },
  other_remote: { remote_ip: elsewhere },
  not: { not_id: { header: { name: 'x-a' } } },
  and: { and_ids: { ids: [{ source_ip: loopback }, { header: { name: 'x-a' } }] } },
  or: { or_ids: { ids: [{ authenticated: {} }, { header: { name: 'x-a' } }] } },
};
const rules = (action: string, policies: Fields): Fields => ({ action, policies });
const one = (permission: Json, principal: Json): Fields => ({
  'a policy': { permissions: [permission], principals: [principal] },
});
const sets: Fields = {};
for (const [name, permission] of Object.entries(PERMISSIONS))
  sets[`permission_${name}`] = one(permission, ANY);
for (const [name, principal] of Object.entries(PRINCIPALS)) sets[`principal_${name}`] = one(ANY, principal);
const TWO: Fields = {
  z: { permissions: [ANY], principals: [ANY] },
  b: {
    permissions: [{ header: { name: 'x-a' } }, { url_path: { path: { exact: '/a' } } }],
    principals: [ANY],
  },
};

/** By path: what the route says of the filter. */
export const PER_ROUTE: Record<string, Fields> = {
  off: {},
  none: { rbac: {} },
  log: { rbac: { rules: rules('LOG', TWO) } },
};
for (const [name, policies] of Object.entries(sets)) {
  for (const action of ['ALLOW', 'DENY'])
    PER_ROUTE[`${name}_${action}`] = { rbac: { rules: rules(action, policies as Fields) } };
}
PER_ROUTE.two = { rbac: { rules: rules('DENY', TWO), shadow_rules: rules('ALLOW', {}) } };
PER_ROUTE.empty = { rbac: { rules: rules('ALLOW', {}) } };

export const TCP: Readonly<Record<string, Fields>> = {
  tcp_allowed: {
    rules: rules('ALLOW', one(ANY, { source_ip: loopback })),
    shadow_rules: rules('DENY', one(ANY, ANY)),
  },
  tcp_denied: { rules: rules('DENY', one({ destination_ip: loopback }, ANY)), stat_prefix: 'tcp.' },
  tcp_path: { rules: rules('DENY', one({ url_path: { path: { prefix: '/' } } }, ANY)) },
  tcp_none: {},
  tcp_shadow: { shadow_rules: rules('ALLOW', one(ANY, ANY)), shadow_rules_stat_prefix: 'dry_' },
  tcp_log: { rules: rules('LOG', one(ANY, ANY)) },
};

/** A listener of requests, whose route the header x-route names, and one for each of TCP. */
export function rbacConfig(
  origin: number,
  admin: number,
  http: number,
  ports: Readonly<Record<string, number>>,
): Fields {
  const manager: Fields = {
    use_remote_address: false,
    http_filters: [
      {
        name: 'rbac',
        typed_config: {
          '@type': `${HTTP}.RBAC`,
          rules: rules('DENY', one({ header: { name: 'x-deny' } }, ANY)),
          rules_stat_prefix: 'own_',
          shadow_rules: rules('ALLOW', one({ header: { name: 'x-a' } }, ANY)),
          shadow_rules_stat_prefix: 'dry_run_',
        },
      },
      router,
    ],
    route_config: {
      name: 'table',
      response_headers_to_add: [{ header: { key: 'x-says', value: '%RESPONSE_CODE_DETAILS%' } }],
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [
            ...Object.entries(PER_ROUTE).map(([name, settings]) => ({
              ...toCluster(
                'origin',
                {},
                { prefix: '/a', headers: [{ name: 'x-route', string_match: { exact: name } }] },
              ),
              ...(name === 'off'
                ? {}
                : { typed_per_filter_config: { rbac: { '@type': `${HTTP}.RBACPerRoute`, ...settings } } }),
            })),
            toCluster('origin'),
          ],
        },
      ],
    },
  };
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('http', http, manager),
        ...Object.entries(TCP).map(([name, settings]) => ({
          name,
          address: { socket_address: { address: '127.0.0.1', port_value: ports[name] ?? 0 } },
          filter_chains: [
            {
              filters: [
                { name: 'rbac', typed_config: { '@type': NETWORK, stat_prefix: name, ...settings } },
                tcpProxy(name, { cluster: 'origin' }),
              ],
            },
          ],
        })),
      ],
      clusters: [cluster('origin', [origin])],
    },
  };
}

/** What a client gets of a connection on which it asks. */
export function exchange(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
    socket.on('data', (data) => {
      resolve(data.toString().split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve('closed'));
  });
}
