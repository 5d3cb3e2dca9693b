// Serves one request through the package installed in a folder: node check-packed.mjs FOLDER
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';

const folder = process.argv[2];
const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

const origin = createServer((request, response) => response.end(`origin saw ${request.url}`));
const originPort = await listen(origin);
const probe = createTcpServer();
const port = await listen(probe);
await new Promise((resolve) => probe.close(resolve));

const address = (value) => `{ socket_address: { address: 127.0.0.1, port_value: ${value} } }`;
const type = 'type.googleapis.com/envoy.extensions.filters';
const yaml = `static_resources:
  listeners:
  - address: ${address(port)}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": ${type}.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: http
          route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, route: { cluster: origin } }] }] }
          http_filters: [{ name: envoy.filters.http.router, typed_config: { "@type": ${type}.http.router.v3.Router } }]
  clusters:
  - name: origin
    load_assignment: { cluster_name: origin, endpoints: [{ lb_endpoints: [{ endpoint: { address: ${address(originPort)} } }] }] }
`;

const proxy = spawn('npx', ['attache', '--config-yaml', yaml, '--concurrency', '1', '-l', 'warning'], {
  cwd: folder,
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
let ended = false;
const exit = new Promise((resolve) =>
  proxy.once('exit', (code) => {
    ended = true;
    resolve(code);
  }),
);

const accepts = () =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

try {
  const limit = performance.now() + 20_000;
  while (!(await accepts())) {
    if (ended || performance.now() > limit) throw new Error('the installed package does not serve');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const response = await fetch(`http://127.0.0.1:${port}/hello`, { headers: { connection: 'close' } });
  const text = await response.text();
  if (response.status !== 200 || text !== 'origin saw /hello') throw new Error(`${response.status} ${text}`);
  console.log(`served from ${join(folder, 'node_modules/attache-proxy')}`);
} finally {
  if (!ended) process.kill(-proxy.pid, 'SIGTERM');
  await exit;
  origin.closeAllConnections();
  origin.close();
}
