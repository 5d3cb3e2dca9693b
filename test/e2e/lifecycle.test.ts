// What happens around requests: clients that leave or read slowly, logs, the end of the process,
// files that change.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  accepts,
  answer,
  ask,
  Client,
  cluster,
  endpoint,
  eventually,
  fileLog,
  folder,
  freePort,
  get,
  header,
  listener,
  Origin,
  Running,
  root,
  routes,
  start,
  toCluster,
} from './support.ts';

const dir = folder();
t.teardown(() => dir.remove());
const kBig = 20 * 1024 * 1024;

const origin = await new Origin((request, socket) => {
  if (request.path === '/silent') return undefined;
  if (request.path === '/big') {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${kBig}\r\n\r\n`);
    socket.write(Buffer.alloc(kBig, 'x'));
    return undefined;
  }
  return answer(request.path);
}).listen();
/** Takes a request's body only when told to. */
let lazySocket: import('node:net').Socket | undefined;
let lazyBytes = 0;
const lazy = await new Origin(
  () => undefined,
  (socket) => {
    lazySocket = socket;
    socket.pause();
    socket.on('data', (data: Buffer) => {
      lazyBytes += data.length;
    });
  },
).listen();
t.teardown(() => Promise.all([origin.close(), lazy.close()]));

function rss(pid: number | undefined): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096;
}

async function proxyWith(action: { [key: string]: string } = {}) {
  const port = await freePort();
  const dead = await freePort();
  const log = join(dir.path, `access-${port}.log`);
  const proxy = await start(
    {
      static_resources: {
        listeners: [
          listener(
            'life',
            port,
            {
              access_log: [fileLog(log)],
              route_config: routes([
                toCluster('dead', {}, { path: '/dead' }),
                toCluster('lazy', {}, { path: '/lazy' }),
                toCluster('origin', action, { prefix: '/s' }),
                toCluster('origin', {}, { path: '/big' }),
                toCluster('origin', {}, { path: '/ok' }),
              ]),
            },
            { per_connection_buffer_limit_bytes: 65536 },
          ),
        ],
        clusters: [
          cluster('origin', [origin.port], { per_connection_buffer_limit_bytes: 65536 }),
          cluster('lazy', [lazy.port], { per_connection_buffer_limit_bytes: 65536 }),
          cluster('dead', [dead]),
        ],
      },
    },
    [port],
  );
  return { proxy, port, log, text: () => readFileSync(log, 'utf8') };
}

t.test('a slow reader holds the origin back; every byte arrives', async (t) => {
  const { proxy, port } = await proxyWith();
  t.teardown(() => proxy.stop());
  await ask(port, get('/ok'));
  const before = rss(proxy.child.pid);
  const client = new Client(port);
  client.socket.pause();
  client.send(get('/big'));
  // The origin's socket stops taking bytes: the proxy has stopped reading.
  let queued = -1;
  await eventually('the origin to stand still', async () => {
    const now = [...origin.sockets].reduce((sum, socket) => sum + socket.writableLength, 0);
    const still = now > 0 && now === queued;
    queued = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return still;
  });
  t.ok(rss(proxy.child.pid) - before < 6 * 1024 * 1024, `${rss(proxy.child.pid) - before} bytes more`);
  client.socket.resume();
  const response = await client.response();
  t.equal(response.body.length, kBig);
  t.ok(response.body.equals(Buffer.alloc(kBig, 'x')));
  t.ok(rss(proxy.child.pid) - before < 6 * 1024 * 1024, `${rss(proxy.child.pid) - before} bytes more`);
  client.close();
});

t.test('a slow origin holds the client back', async (t) => {
  const { proxy, port } = await proxyWith();
  t.teardown(() => proxy.stop());
  await ask(port, get('/ok'));
  const before = rss(proxy.child.pid);
  const client = new Client(port);
  client
    .send(`POST /lazy HTTP/1.1\r\nhost: a\r\ncontent-length: ${kBig}\r\n\r\n`)
    .send(Buffer.alloc(kBig, 'y'));
  let queued = -1;
  await eventually('the client to stand still', async () => {
    const now = client.socket.writableLength;
    const still = lazySocket !== undefined && now > 0 && now === queued;
    queued = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return still;
  });
  t.ok(rss(proxy.child.pid) - before < 6 * 1024 * 1024, `${rss(proxy.child.pid) - before} bytes more`);
  lazySocket?.resume();
  await eventually('the whole body', () => lazyBytes > kBig);
  lazySocket?.write(answer('thanks'));
  t.equal((await client.response()).body.toString(), 'thanks');
  client.close();
});

t.test('a client that leaves takes its request upstream with it; logged', async (t) => {
  const { proxy, port, text } = await proxyWith({ timeout: '5s' });
  t.teardown(() => proxy.stop());
  const seen = origin.requests.length;
  const open = origin.sockets.size;
  const client = new Client(port).send(get('/silent'));
  await eventually('the request at the origin', () => origin.requests.length > seen);
  client.close();
  await eventually('the connection upstream to end', () => origin.sockets.size <= open);
  t.equal((await ask(port, get('/nothing'))).status, 404);
  t.equal((await ask(port, get('/dead'))).status, 503);
  t.equal((await ask(port, get('/ok', 'user-agent: tap\r\nx-request-id: an-id\r\n'))).status, 200);
  const bad = new Client(port).send('GET / HTTP/1.1\r\nbad header: 1\r\n\r\n');
  t.equal((await bad.response()).status, 400);
  bad.close();
  proxy.child.kill('SIGTERM');
  t.equal(await proxy.exited, 0);
  const lines = text().trimEnd().split('\n');
  t.equal(lines.length, 5);
  const [gone, nothing, dead, ok, wrong] = lines;
  const time = String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]`;
  t.match(
    gone,
    new RegExp(
      `^${time} "GET /silent HTTP/1.1" 0 DC 0 0 \\d+ - "-" "-" "[0-9a-f-]{36}" "test.example" "127.0.0.1:${origin.port}"$`,
    ),
  );
  t.match(
    nothing,
    new RegExp(
      `^${time} "GET /nothing HTTP/1.1" 404 NR 0 0 \\d+ - "-" "-" "[0-9a-f-]{36}" "test.example" "-"$`,
    ),
  );
  t.match(
    dead,
    /"GET \/dead HTTP\/1\.1" 503 UF 0 \d+ \d+ - "-" "-" "[0-9a-f-]{36}" "test\.example" "127\.0\.0\.1:\d+"$/,
  );
  t.match(
    ok,
    new RegExp(
      `"GET /ok HTTP/1.1" 200 - 0 3 \\d+ \\d+ "-" "tap" "[^"]+" "test.example" "127.0.0.1:${origin.port}"$`,
    ),
  );
  t.match(wrong, /400 DPE 0 11 /);
});

t.test('SIGTERM: what runs is finished, what idles is closed', async (t) => {
  const { proxy, port } = await proxyWith();
  t.teardown(() => proxy.stop());
  const seen = origin.requests.length;
  const client = new Client(port).send(get('/silent'));
  await eventually('the request at the origin', () => origin.requests.length > seen);
  const serving = [...origin.sockets].at(-1);
  const idle = new Client(port).send(get('/ok'));
  await idle.response();
  proxy.child.kill('SIGTERM');
  await idle.untilEnd();
  serving?.write(answer('finished'));
  const response = await client.response();
  t.equal(response.body.toString(), 'finished');
  t.match(response.headers, [['content-length', '8']]);
  await client.untilEnd();
  t.equal(await proxy.exited, 0);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal}: nobody new is let in while a request finishes, on any worker`, async (t) => {
    const port = await freePort();
    const proxy = await start(
      {
        static_resources: {
          listeners: [listener('life', port, { route_config: routes([toCluster('origin')]) })],
          clusters: [cluster('origin', [origin.port])],
        },
      },
      [port],
      ['--concurrency', '3'],
    );
    t.teardown(() => proxy.stop());
    const seen = origin.requests.length;
    const client = new Client(port).send(get('/silent'));
    await eventually('the request at the origin', () => origin.requests.length > seen);
    const serving = [...origin.sockets].at(-1);
    proxy.child.kill(signal);
    await eventually('the doors to close', async () => !(await accepts(port)));
    for (let i = 0; i < 20; i++) t.notOk(await accepts(port), 'refused');
    t.ok(proxy.alive, 'a request is under way');
    serving?.write(answer('late'));
    const response = await client.response();
    t.equal(response.body.toString(), 'late');
    t.equal(header(response, 'connection'), 'close');
    t.equal(await proxy.exited, 0);
    client.close();
  });
}

t.test('SIGTERM: a request that does not finish is cut off after --drain-time-s', async (t) => {
  const port = await freePort();
  const proxy = await start(
    {
      static_resources: {
        listeners: [listener('life', port, { route_config: routes([toCluster('origin')]) })],
        clusters: [cluster('origin', [origin.port])],
      },
    },
    [port],
    ['--drain-time-s', '1'],
  );
  t.teardown(() => proxy.stop());
  const seen = origin.requests.length;
  const client = new Client(port).send(get('/silent'));
  await eventually('the request at the origin', () => origin.requests.length > seen);
  proxy.child.kill('SIGTERM');
  t.equal(await proxy.exited, 0);
  t.equal((await client.untilEnd()).length, 0);
  client.close();
});

t.test('SIGTERM at any moment of the start ends it', async (t) => {
  const port = await freePort();
  const file = dir.write('start.json', {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    static_resources: {
      listeners: [listener('life', port, { route_config: routes([toCluster('origin')]) })],
      clusters: [cluster('origin', [origin.port])],
    },
  });
  const begin = () =>
    new Running(process.execPath, [join(root, 'bin/attache'), '-c', file, '--concurrency', '4']);
  // What it says tells how far it is: the first words, some of them, a port that answers.
  const moments: ((proxy: Running) => boolean | Promise<boolean>)[] = [
    (proxy) => proxy.output.includes('initializing attache'),
    (proxy) => proxy.output.includes('admin address'),
    (proxy) => proxy.output.includes('all clusters initialized'),
    () => accepts(port),
    (proxy) => proxy.output.includes('starting to serve'),
  ];
  for (const [i, moment] of moments.entries()) {
    const proxy = begin();
    t.teardown(() => proxy.stop());
    await eventually(`moment ${i}`, () => moment(proxy));
    proxy.child.kill('SIGTERM');
    t.equal(await proxy.exited, 0, `moment ${i}`);
    t.match(proxy.output, /caught SIGTERM[\s\S]*exiting/);
    t.notOk(await accepts(port));
  }
});

t.test('SIGTERM twice ends at once', async (t) => {
  const { proxy, port } = await proxyWith();
  t.teardown(() => proxy.stop());
  const seen = origin.requests.length;
  const client = new Client(port).send(get('/silent'));
  await eventually('the request at the origin', () => origin.requests.length > seen);
  proxy.child.kill('SIGTERM');
  await eventually('the first to be taken', () => /caught SIGTERM/.test(proxy.output));
  const began = Date.now();
  proxy.child.kill('SIGTERM');
  await proxy.exited;
  t.ok(Date.now() - began < 3000);
  client.close();
});

const kApi = 'type.googleapis.com/envoy.config';

// observes: envoy.config.bootstrap.v3.Bootstrap: dynamic_resources
// observes: envoy.config.bootstrap.v3.Bootstrap.DynamicResources: lds_config cds_config
// observes: envoy.config.core.v3.ConfigSource: path_config_source
// observes: envoy.config.core.v3.PathConfigSource: path
// observes: envoy.config.cluster.v3.Cluster: eds_cluster_config
// observes: envoy.config.cluster.v3.Cluster.EdsClusterConfig: eds_config
// observes: envoy.config.endpoint.v3.ClusterLoadAssignment: cluster_name
// observes: envoy.config.route.v3.RouteConfiguration: name
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: rds
// observes: envoy.extensions.filters.network.http_connection_manager.v3.Rds: config_source route_config_name
// observes: envoy.service.discovery.v3.DiscoveryResponse: resources
t.test('listeners, clusters, routes and endpoints from files, changed under load', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const [one, two] = [
    await new Origin(() => answer('one')).listen(),
    await new Origin(() => answer('two')).listen(),
  ];
  t.teardown(() => Promise.all([one.close(), two.close()]));
  const [port, second] = [await freePort(), await freePort()];
  const source = (name: string) => ({
    path_config_source: { path: join(files.path, name) },
    resource_api_version: 'V3',
  });
  let version = 0;
  const write = (name: string, type: string, resources: { [key: string]: unknown }[]) =>
    files.write(name, {
      version_info: `${++version}`,
      resources: resources.map((resource) => ({ '@type': `${kApi}.${type}`, ...resource })),
    } as Parameters<typeof files.write>[1]);
  const rds = (mark: string) =>
    write('rds.json', 'route.v3.RouteConfiguration', [
      {
        ...routes([toCluster('moving')], {
          response_headers_to_add: [{ header: { key: 'x-mark', value: mark } }],
        }),
        name: 'table',
      },
    ]);
  const eds = (target: number) =>
    write('eds.json', 'endpoint.v3.ClusterLoadAssignment', [
      { cluster_name: 'moving', endpoints: [{ lb_endpoints: [endpoint(target)] }] },
    ]);
  const moving = {
    name: 'moving',
    type: 'EDS',
    connect_timeout: '1s',
    eds_cluster_config: { eds_config: source('eds.json') },
  };
  const extra = { rds: { route_config_name: 'table', config_source: source('rds.json') } };
  rds('0');
  eds(one.port);
  write('cds.json', 'cluster.v3.Cluster', [moving]);
  write('lds.json', 'listener.v3.Listener', [listener('live', port, extra)]);
  const proxy = await start(
    {
      node: { id: 'test', cluster: 'test' },
      dynamic_resources: { lds_config: source('lds.json'), cds_config: source('cds.json') },
    },
    [port],
  );
  t.teardown(() => proxy.stop());

  let going = true;
  const failures: string[] = [];
  let done = 0;
  const load = Array.from({ length: 4 }, async () => {
    let client = new Client(port);
    while (going) {
      try {
        const response = await client.send(get('/')).response();
        if (response.status !== 200) failures.push(response.line);
        done++;
        // A drained listener says so.
        if (response.headers.some(([name, value]) => name === 'connection' && value === 'close')) {
          client.close();
          client = new Client(port);
        }
      } catch (error) {
        failures.push(String(error));
        going = false;
      }
    }
    client.close();
  });
  const becomes = (what: string, mark: string, body: string) =>
    eventually(what, async () => {
      const response = await ask(port, get('/'));
      return (
        response.body.toString() === body &&
        response.headers.some(([name, value]) => name === 'x-mark' && value === mark)
      );
    });
  await becomes('the first state', '0', 'one');
  for (let round = 1; round <= 15; round++) {
    rds(`${round}`);
    eds(round % 2 ? two.port : one.port);
    await becomes(`round ${round}`, `${round}`, round % 2 ? 'two' : 'one');
  }
  write('cds.json', 'cluster.v3.Cluster', [{ ...moving, lb_policy: 'RANDOM' }, cluster('added', [one.port])]);
  write('lds.json', 'listener.v3.Listener', [
    listener('live', port, extra),
    listener('second', second, {
      route_config: { ...routes([toCluster('added')]), validate_clusters: false },
    }),
  ]);
  await proxy.listening(second);
  await eventually('the added cluster', async () => (await ask(second, get('/'))).body.toString() === 'one');
  const at = done;
  await eventually('more requests', () => done > at + 50);
  going = false;
  await Promise.all(load);
  t.same(failures, []);
  t.ok(done > 100, `${done} requests`);
  // A broken file changes nothing.
  files.write('rds.json', { resources: [{ '@type': `${kApi}.route.v3.RouteConfiguration`, nonsense: 1 }] });
  await eventually('the refusal in the log', () => /nonsense/.test(proxy.output));
  await becomes('the last good state', '15', 'two');
});

t.test('an idle connection drains: requests in that time are answered, and end it', async (t) => {
  const [long, short, admin] = [await freePort(), await freePort(), await freePort()];
  const fields = (drain: string) => ({
    drain_timeout: drain,
    common_http_protocol_options: { idle_timeout: '0.05s' },
    route_config: routes([{ match: { prefix: '/' }, direct_response: { status: 200 } }]),
  });
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [listener('long', long, fields('3600s')), listener('short', short, fields('0.05s'))],
      },
    },
    [long, short, admin],
  );
  t.teardown(() => proxy.stop());
  const idle = async (name: string): Promise<number> => {
    const stats = await ask(admin, get(`/stats?filter=${name}.downstream_cx_idle_timeout`));
    return Number(/: (\d+)/.exec(stats.body.toString())?.[1] ?? 0);
  };
  const before = await idle('long');
  const client = new Client(long).send(get('/'));
  t.equal(header(await client.response(), 'connection'), undefined);
  await eventually('the idle timeout', async () => (await idle('long')) > before);
  t.notOk(client.ended, 'it drains, for an hour');
  client.send(get('/'));
  t.equal(header(await client.response(), 'connection'), 'close');
  await client.untilEnd();
  const silent = new Client(long);
  await silent.untilEnd();
  t.pass('a connection that said nothing does not drain');
  const other = new Client(short).send(get('/'));
  await other.response();
  await other.untilEnd();
  t.pass('the drain time ends it');
  for (const each of [client, silent, other]) each.close();
});

t.test('an access log that cannot be opened', async (t) => {
  const port = await freePort();
  const path = join(dir.path, 'missing', 'access.log');
  const route_config = routes([{ match: { prefix: '/' }, direct_response: { status: 200 } }]);
  const config = (log: string) => ({
    static_resources: { listeners: [listener('l', port, { access_log: [fileLog(log)], route_config })] },
  });
  await t.rejects(start(config(path), [port]), {
    message:
      /exited with 1: .*access_log\[0\]\.typed_config\.path.*unable to open file '.*access.log': no such file/s,
  });
  const lds = dir.write('lds-log.json', { resources: [] });
  const put = (log: string) =>
    dir.write('lds-log.json', {
      resources: [
        {
          '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
          ...config(log).static_resources.listeners[0],
        },
      ],
    });
  const proxy = await start(
    {
      node: { id: 'n', cluster: 'c' },
      dynamic_resources: { lds_config: { path_config_source: { path: lds } } },
    },
    [],
  );
  t.teardown(() => proxy.stop());
  put(path);
  await eventually('the rejection', () => /rejected: .*unable to open file/.test(proxy.output));
  t.notOk(await accepts(port));
  put(join(dir.path, 'works.log'));
  await proxy.listening(port);
  await ask(port, get('/logged'));
  await eventually('the line', () => readFileSync(join(dir.path, 'works.log'), 'utf8').includes('/logged'));
});

// observes: envoy.config.cluster.v3.CircuitBreakers.Thresholds: track_remaining
t.test('circuit breakers say what remains, and when they are open', async (t) => {
  const [port, admin] = [await freePort(), await freePort()];
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [listener('l', port, { route_config: routes([toCluster('tracked')]) })],
        clusters: [
          cluster('tracked', [origin.port], {
            circuit_breakers: {
              thresholds: [{ track_remaining: true, max_requests: 2, max_connections: 5 }],
            },
          }),
          cluster('plain', [origin.port]),
        ],
      },
    },
    [port, admin],
  );
  t.teardown(() => proxy.stop());
  const read = async () => {
    const { body } = await ask(admin, get('/stats?filter=circuit_breakers'));
    return Object.fromEntries(
      body
        .toString()
        .trim()
        .split('\n')
        .map((line) => line.replace('.circuit_breakers', '').split(': ')),
    );
  };
  t.match(await read(), {
    'cluster.tracked.default.remaining_rq': '2',
    'cluster.tracked.default.remaining_cx': '5',
    'cluster.tracked.default.remaining_pending': '1024',
    'cluster.tracked.default.remaining_retries': '3',
    'cluster.tracked.default.remaining_cx_pools': '18446744073709551615',
    'cluster.tracked.default.rq_open': '0',
    'cluster.tracked.high.remaining_rq': undefined,
    'cluster.plain.default.remaining_rq': undefined,
  });
  const first = new Client(port).send(get('/silent'));
  await eventually(
    'one in flight',
    async () => (await read())['cluster.tracked.default.remaining_rq'] === '1',
  );
  const second = new Client(port).send(get('/silent'));
  await eventually('two in flight', async () => (await read())['cluster.tracked.default.rq_open'] === '1');
  t.match(await read(), {
    'cluster.tracked.default.remaining_rq': '0',
    'cluster.tracked.default.remaining_cx': '3',
    'cluster.plain.default.rq_open': '0',
  });
  first.close();
  second.close();
  await eventually(
    'none in flight',
    async () => (await read())['cluster.tracked.default.remaining_rq'] === '2',
  );
  t.equal((await read())['cluster.tracked.default.rq_open'], '0');
});

// observes: envoy.config.listener.v3.Listener: max_connections_to_accept_per_socket_event
t.test('connections that wait are accepted a few at a time', async (t) => {
  const [port, admin] = [await freePort(), await freePort()];
  const route_config = routes([{ match: { prefix: '/' }, direct_response: { status: 200 } }]);
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [listener('l', port, { route_config }, { max_connections_to_accept_per_socket_event: 2 })],
      },
    },
    [port, admin],
  );
  t.teardown(() => proxy.stop());
  proxy.child.kill('SIGSTOP');
  const clients = Array.from({ length: 7 }, () => new Client(port).send(get('/')));
  await eventually('the connections', () => clients.every((each) => each.socket.readyState !== 'opening'));
  proxy.child.kill('SIGCONT');
  for (const each of clients) t.equal((await each.response()).status, 200);
  const { body } = await ask(admin, get('/stats?filter=accepted_per_socket_event'));
  const most = Number(/P100\(\S+?,([\d.]+)\)/.exec(body.toString())?.[1]);
  t.ok(most >= 2 && most < 3, `at most ${most}`);
  for (const each of clients) each.close();
});
