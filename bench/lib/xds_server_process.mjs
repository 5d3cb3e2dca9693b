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

const clusters = new LinearCache('clusters');
const hosts = new LinearCache('endpoints');
const server = new XdsServer(new MuxCache({ types: { clusters, endpoints: hosts } }));
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
