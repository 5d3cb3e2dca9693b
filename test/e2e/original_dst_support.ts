// Connections that were redirected: hosts that say who they are, listeners that pass connections on to each other,
// clusters whose hosts are where clients meant to go.
import { createServer, type Server, type Socket } from 'node:net';
import { answer, type Fields, type Json, listener, routes, toCluster } from './support.ts';
import { lineLog, proxied, tcpProxy } from './tcp_support.ts';

const kType = 'type.googleapis.com/envoy.extensions';
export const HOSTS = [
  ['10.2.0.1', 8080],
  ['10.2.0.2', 8080],
  ['10.2.0.1', 9090],
  ['10.3.0.1', 8080],
  ['10.2.0.1', 7070],
  ['fd00:2::1', 8080],
] as const;

/** Each host answers every request with its address and the number of the connection. */
export async function hosts(): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  for (const [ip, port] of HOSTS) {
    let count = 0;
    const server = createServer((socket) => {
      const id = ++count;
      let have = '';
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        have += data.toString('latin1');
        for (let at = have.indexOf('\r\n\r\n'); at >= 0; at = have.indexOf('\r\n\r\n')) {
          have = have.slice(at + 4);
          socket.write(answer(`${ip} ${port} connection ${id}`));
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(port, ip, resolve));
    servers.push(server);
  }
  return async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
  };
}

export const SAYS = [
  '%LISTENER_NAME% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% %UPSTREAM_HOST_NAME%',
  '%UPSTREAM_CLUSTER% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT%',
].join(' ');

/** A cluster of the type ORIGINAL_DST. */
export const original = (name: string, config?: Fields, fields: Fields = {}): Fields => ({
  name,
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '1s',
  ...(config === undefined ? {} : { original_dst_lb_config: config }),
  ...fields,
});

export type Ports = { readonly redirected: number; readonly [name: string]: number };
export const NAMES = ['plain', 'plaintcp', 'header', 'edge', 'named', 'port', 'proxied'] as const;

/** Everything that the tests use; logs of HTTP and TCP go to `log`. */
export function resources(ports: Ports, log: string): Fields {
  const access_log = [lineLog(log, SAYS)];
  const at = (name: string): number => ports[name] as number;
  const http = (
    name: string,
    port: number,
    cluster: string,
    address: string,
    fields: Fields,
    more: Fields = {},
  ) => ({
    ...listener(name, port, { route_config: routes([toCluster(cluster)]), access_log, ...more }),
    address: { socket_address: { address, port_value: port } },
    ...fields,
  });
  const unbound = { bind_to_port: false };
  const redirecting = { use_original_dst: true };
  const tcp = tcpProxy('tcp', { cluster: 'original', access_log });
  const proxy: Json = {
    name: 'proxy',
    typed_config: { '@type': `${kType}.filters.listener.proxy_protocol.v3.ProxyProtocol` },
  };
  return {
    listeners: [
      http('virtual', ports.redirected, 'original', '0.0.0.0', redirecting),
      http('virtual6', ports.redirected, 'original', '::', redirecting),
      http('transparent', ports.redirected + 1, 'original', '0.0.0.0', { ...redirecting, transparent: true }),
      // This one would pass connections on too: they go no further.
      http('exact', 8080, 'original', '10.2.0.2', { ...unbound, ...redirecting }),
      {
        name: 'any',
        address: { socket_address: { address: '0.0.0.0', port_value: 9090 } },
        filter_chains: [{ filters: [tcp] }],
        ...unbound,
      },
      http('exact6', 8080, 'header', 'fd00:2::1', unbound),
      http('plain', at('plain'), 'original', '127.0.0.1', {}),
      proxied('plaintcp', at('plaintcp'), { cluster: 'original', access_log }),
      http('header', at('header'), 'header', '127.0.0.1', {}),
      http('edge', at('edge'), 'header', '127.0.0.1', {}, { use_remote_address: true }),
      http('named', at('named'), 'named', '127.0.0.1', {}),
      http('port', at('port'), 'port', '127.0.0.1', {}),
      http('proxied', at('proxied'), 'original', '127.0.0.1', { listener_filters: [proxy] }),
    ],
    clusters: [
      original('original', undefined, { cleanup_interval: '0.5s' }),
      original('header', { use_http_header: true }, { alt_stat_name: 'by_header' }),
      original('named', { use_http_header: true, http_header_name: 'X-Where' }),
      original('port', { use_http_header: true, upstream_port_override: 9090 }),
    ],
  };
}
