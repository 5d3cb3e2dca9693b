// Hosts that turn bad and good, checked over HTTP/1, TCP and gRPC through the built command: who gets the requests,
// what /clusters, the statistics and the event log say; hosts that come and go with their endpoint set.
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  ask,
  cluster,
  endpoint,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  routes,
  type Running,
  start,
  toCluster,
} from './support.ts';

const dir = folder();
const sockets = new Set<Socket>();
const servers: Server[] = [];
function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
}
let proxy: Running | undefined;
t.teardown(async () => {
  await proxy?.stop();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  dir.remove();
});

/** What the hosts say of themselves: by name, a status, or extra fields. */
const state: Record<string, { status: number; fields?: Record<string, string> }> = {};
const web = (name: string): HttpServer => {
  state[name] = { status: 200 };
  return createHttp((request, response) => {
    const { status, fields = {} } = state[name] ?? { status: 500 };
    if (request.url === '/check') response.writeHead(status, fields).end();
    else response.end(name);
  });
};
let tcpGood = true;
const echo = createServer((socket) => {
  socket.on('data', (data) => {
    if (tcpGood) socket.write(data);
    else socket.destroy();
  });
});
let serving = 1;
const grpc = createHttp2((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers({ 'grpc-status': '0' });
    response.end(Buffer.from([0, 0, 0, 0, 2, 8, serving]));
  });
});

const [a, b, tcp, rpc, admin, port] = [
  await listen(web('a')),
  await listen(web('b')),
  await listen(echo),
  await listen(grpc as unknown as Server),
  await freePort(),
  await freePort(),
];
const check = (fields: Fields): Json => [
  {
    timeout: '10s',
    interval: '0.02s',
    no_traffic_interval: '0.02s',
    unhealthy_threshold: 2,
    healthy_threshold: 2,
    ...fields,
  },
];
const events = join(dir.path, 'events.log');
const eds = (ports: number[]): string =>
  dir.write('eds.json', {
    resources: [
      {
        '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
        cluster_name: 'eds',
        endpoints: [{ lb_endpoints: ports.map(endpoint) }],
      },
    ],
  });

proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [listener('web', port, { route_config: routes([toCluster('web')]) })],
      clusters: [
        cluster('web', [a, b], {
          common_lb_config: { healthy_panic_threshold: { value: 0 } },
          health_checks: check({
            http_health_check: { path: '/check' },
            event_logger: [
              {
                name: 'file',
                typed_config: {
                  '@type':
                    'type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink',
                  event_log_path: events,
                },
              },
            ],
          }),
        }),
        cluster('tcp', [tcp], {
          health_checks: check({ tcp_health_check: { send: { text: '61' }, receive: [{ text: '61' }] } }),
        }),
        cluster('grpc', [rpc], {
          http2_protocol_options: {},
          health_checks: check({ grpc_health_check: {} }),
        }),
        {
          name: 'eds',
          type: 'EDS',
          eds_cluster_config: { eds_config: { path_config_source: { path: eds([a, b]) } } },
          health_checks: check({ http_health_check: { path: '/check' } }),
        },
      ],
    },
  },
  [admin, port],
);

const page = async (path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${admin}${path}`)).text();
async function flags(name: string): Promise<Record<string, string>> {
  const text = await page('/clusters');
  return Object.fromEntries(
    [...text.matchAll(new RegExp(`^${name}::127.0.0.1:(\\d+)::health_flags::(.*)$`, 'gm'))].map(
      ([, at, found]) => [at === String(a) ? 'a' : at === String(b) ? 'b' : 'it', found ?? ''],
    ),
  );
}
const become = (name: string, wanted: Record<string, string>): Promise<unknown> =>
  eventually(`${name}: ${JSON.stringify(wanted)}`, async () => {
    const found = await flags(name);
    return JSON.stringify(found) === JSON.stringify(wanted);
  });
/** Who answers, of twenty requests. */
async function answering(): Promise<string> {
  const names = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { status, body } = await ask(port, get('/'));
    names.add(status === 200 ? body.toString() : String(status));
  }
  return [...names].sort().join();
}
const answered = (wanted: string): Promise<unknown> =>
  eventually(`answers of ${wanted}`, async () => (await answering()) === wanted);
async function stat(name: string): Promise<number> {
  return Number(new RegExp(`^${name.replaceAll('.', '\\.')}: (\\d+)$`, 'm').exec(await page('/stats'))?.[1]);
}

t.test('HTTP: who fails gets no requests, who is well again does', async (t) => {
  t.same(await flags('web'), { a: 'healthy', b: 'healthy' }, 'checked before the first request');
  t.equal(await answering(), 'a,b');
  state.b = { status: 500 };
  await become('web', { a: 'healthy', b: '/failed_active_hc' });
  await answered('a');
  t.equal(await stat('cluster.web.membership_healthy'), 1);
  t.equal(await stat('cluster.web.health_check.healthy'), 1);
  state.a = { status: 503 };
  await answered('503');
  state.a = state.b = { status: 200 };
  await answered('a,b');
  state.b = { status: 200, fields: { 'x-envoy-degraded': 'true' } };
  await become('web', { a: 'healthy', b: '/degraded_active_hc' });
  t.equal(await stat('cluster.web.membership_degraded'), 1);
  state.b = { status: 500, fields: { 'x-envoy-immediate-health-check-fail': 'true' } };
  await become('web', {
    a: 'healthy',
    b: '/failed_active_hc/degraded_active_hc/excluded_via_immediate_hc_fail',
  });
  t.equal(await stat('cluster.web.membership_excluded'), 1);
  state.b = { status: 200 };
  await become('web', { a: 'healthy', b: 'healthy' });
  t.equal((await stat('cluster.web.upstream_rq_total')) > 0, true);
  const kinds = (): (string | undefined)[] =>
    readFileSync(events, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"port_value":${b},`))
      .map((line) => Object.keys(JSON.parse(line) as object).find((key) => /event|degraded/.test(key)));
  await eventually('the events', () => kinds().length >= 7);
  t.same(kinds(), [
    'add_healthy_event',
    'eject_unhealthy_event',
    'add_healthy_event',
    'degraded_healthy_host',
    'eject_unhealthy_event',
    'no_longer_degraded_host',
    'add_healthy_event',
  ]);
});

t.test('TCP and gRPC', async (t) => {
  t.same(await flags('tcp'), { it: 'healthy' });
  tcpGood = false;
  await become('tcp', { it: '/failed_active_hc' });
  tcpGood = true;
  await become('tcp', { it: 'healthy' });
  t.ok((await stat('cluster.tcp.health_check.network_failure')) >= 2);
  t.same(await flags('grpc'), { it: 'healthy' });
  serving = 2;
  await become('grpc', { it: '/failed_active_hc' });
  serving = 1;
  await become('grpc', { it: 'healthy' });
  t.equal(await stat('cluster.grpc.health_check.network_failure'), 0);
  t.equal(await stat('cluster.grpc.upstream_cx_total'), 0, 'checks are no traffic');
});

t.test('a host that leaves its set while it is well stays until it is not', async () => {
  await become('eds', { a: 'healthy', b: 'healthy' });
  eds([a]);
  await become('eds', { a: 'healthy', b: '/pending_dynamic_removal' });
  eds([a, b]);
  await become('eds', { a: 'healthy', b: 'healthy' });
  eds([a]);
  await become('eds', { a: 'healthy', b: '/pending_dynamic_removal' });
  state.b = { status: 500 };
  await become('eds', { a: 'healthy' });
  state.b = { status: 200 };
});
