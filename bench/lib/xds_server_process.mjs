// A control plane that does as it is told over IPC: the process under test of bench/cases/xds-server.mjs, and what
// serves the proxies of bench/cases/xds.mjs.
import { readFileSync } from 'node:fs';
import { LinearCache, MuxCache, XdsServer } from '../../dist/xds-server.js';

const source = { ads: {}, resource_api_version: 'V3' };
const cluster = (i, seconds = 5) => ({
  name: `cluster-${i}`,
  type: 'EDS',
  connect_timeout: `${seconds}s`,
  lb_policy: 'LEAST_REQUEST',
  eds_cluster_config: { eds_config: source },
  circuit_breakers: { thresholds: [{ max_connections: 4096, max_requests: 4096 }] },
});
const endpoints = (i, port = 8080, address = '10.0.0.1') => ({
  cluster_name: `cluster-${i}`,
  endpoints: [
    {
      lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: port } } } }],
    },
  ],
});

/** A cluster with so many hosts; cluster 7 has one, at a port of this machine. */
const crowd = (i, count, port) => ({
  cluster_name: `cluster-${i}`,
  endpoints: [
    {
      lb_endpoints: Array.from({ length: count }, (_, n) => ({
        endpoint: {
          address: {
            socket_address:
              i === 7
                ? { address: '127.0.0.1', port_value: port }
                : { address: `10.${i >> 8}.${i & 255}.${n + 1}`, port_value: 8080 },
          },
        },
      })),
    },
  ],
});
/** `/0` to `/N`, each to a cluster of its own; `/7` of the last table is asked for. */
const routeTable = (i, count) => ({
  name: `table-${i}`,
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: Array.from({ length: count }, (_, n) => ({
        match: { path: `/${n}` },
        route: { cluster: `cluster-${n === 7 ? 7 : i * count + n}` },
      })),
    },
  ],
});
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';
const listenerOf = (i, port) => ({
  name: `listener-${i}`,
  address: { socket_address: { address: `127.1.${i >> 8}.${i & 255}`, port_value: port } },
  filter_chains: [
    {
      filters: [
        {
          name: 'http',
          typed_config: {
            '@type': `type.googleapis.com/${HCM}`,
            stat_prefix: 'ingress',
            rds: { route_config_name: `table-${i}`, config_source: source },
            http_filters: [{ name: 'router', typed_config: { '@type': `type.googleapis.com/${ROUTER}` } }],
          },
        },
      ],
    },
  ],
});

const clusters = new LinearCache('clusters');
const hosts = new LinearCache('endpoints');
const listeners = new LinearCache('listeners');
const routes = new LinearCache('routes');
const server = new XdsServer(new MuxCache({ types: { clusters, endpoints: hosts, listeners, routes } }));
const kb = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]);

const commands = {
  listen: async () => (await server.listen({ grpc: '127.0.0.1:0' })).grpc.port,
  /** Everything at once. */
  fill: (count) => {
    const begin = performance.now();
    const all = Array.from({ length: count }, (_, i) => i);
    hosts.update(all.map((i) => endpoints(i)));
    clusters.update(all.map((i) => cluster(i)));
    return performance.now() - begin;
  },
  endpoint: (n) => void hosts.set(endpoints(7, 1000 + n)),
  cluster: (n) => void clusters.set(cluster(7, 10 + n)),
  /** The hosts of a cluster, and a cluster with its host, at a port of this machine. */
  moveEndpoint: ({ i, port }) => void hosts.set(endpoints(i, port, '127.0.0.1')),
  moveCluster: ({ name, port }) =>
    void clusters.set({
      name,
      type: 'STATIC',
      connect_timeout: '5s',
      load_assignment: { ...endpoints(0, port, '127.0.0.1'), cluster_name: name },
    }),
  /** So many hosts for each of so many clusters; none of them but that of cluster 7 is there. */
  hosts: ({ count, each, port }) =>
    void hosts.update(Array.from({ length: count }, (_, i) => crowd(i, i === 7 ? 1 : each, port))),
  /** Listeners at addresses of their own, with a route table each. */
  listeners: ({ count, each, port }) => {
    const all = Array.from({ length: count }, (_, i) => i);
    routes.update(all.map((i) => routeTable(i, each)));
    listeners.update(all.map((i) => listenerOf(i, port)));
  },
  settled: () => server.settled(120_000),
  memory: () => ({ residentKb: kb('VmRSS'), peakKb: kb('VmHWM'), cpuMs: cpuMs(), inFlight: server.inFlight }),
};

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

process.on('message', async ({ id, command, argument }) => {
  try {
    process.send({ id, result: await commands[command](argument) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
