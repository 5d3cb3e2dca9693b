// A control plane in 40 lines. Proxies that connect to it send what they get at :10000 to the ports that you type:
//   node examples/control-plane.mjs 127.0.0.1:18000 10000 8081
//   envoy -c examples/control-plane-client.yaml
import { createInterface } from 'node:readline';
import { SnapshotCache, XdsServer } from 'attache-proxy/xds-server';

const [listen = '127.0.0.1:18000', port = '10000', ...origins] = process.argv.slice(2);
const type = 'type.googleapis.com/envoy.extensions.filters';
const ads = { ads: {}, resource_api_version: 'V3' };
const address = (host, port_value) => ({ socket_address: { address: host, port_value: Number(port_value) } });
const router = { name: 'router', typed_config: { '@type': `${type}.http.router.v3.Router` } };
const manager = {
  '@type': `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
  stat_prefix: 'http',
  rds: { route_config_name: 'all', config_source: ads },
  http_filters: [router],
};
const routes = [{ match: { prefix: '/' }, route: { cluster: 'origins' } }];
const filter_chains = [{ filters: [{ name: 'http', typed_config: manager }] }];
const fixed = {
  listeners: [{ name: 'http', address: address('0.0.0.0', port), filter_chains }],
  routes: [{ name: 'all', virtual_hosts: [{ name: 'all', domains: ['*'], routes }] }],
  clusters: [{ name: 'origins', type: 'EDS', connect_timeout: '1s', eds_cluster_config: { eds_config: ads } }],
};

// One group for all clients; what did not change in a snapshot is not sent again.
const cache = new SnapshotCache({ hash: () => 'all' });
const use = (ports) => {
  const lb_endpoints = ports.map((each) => ({ endpoint: { address: address('127.0.0.1', each) } }));
  cache.set('all', { ...fixed, endpoints: [{ cluster_name: 'origins', endpoints: [{ lb_endpoints }] }] });
  console.log(`requests go to ${ports.join(', ') || 'nobody'}`);
};
const onNack = ({ node }, { error }) => console.log(`${node.id} refuses it: ${error.message}`);
const server = new XdsServer(cache, { callbacks: { onNack } });
use(origins);
console.log('serving', (await server.listen({ grpc: listen })).grpc);
createInterface({ input: process.stdin }).on('line', (line) => use(line.split(/\s+/).filter(Boolean)));
