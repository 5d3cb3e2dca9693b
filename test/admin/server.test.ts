import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { AdminContext } from '../../src/admin/context.ts';
import { ENDPOINTS } from '../../src/admin/endpoints.ts';
import { AdminServer } from '../../src/admin/server.ts';
import type { StatsSource } from '../../src/stats/blocks.ts';
import { StatsGroup } from '../../src/stats/generated/groups.ts';
import { StatsRegistry } from '../../src/stats/registry.ts';
import { request } from '../stats/real_envoy.ts';
import { fakeContext, plane } from './fake_context.ts';

async function listening(
  context: AdminContext,
): Promise<{ server: AdminServer; target: { host: string; port: number } }> {
  const server = new AdminServer(context);
  await server.listen({ address: { host: '127.0.0.1', port: 0 } });
  const [host = '', port = ''] = (server.address ?? '').split(':');
  return { server, target: { host, port: Number(port) } };
}

t.test('listens on IPv4, IPv6 and Unix sockets, and writes down where', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'attache-admin-'));
  const file = join(folder, 'address');
  const context = fakeContext();
  const withPath = fakeContext({ options: { ...context.options, adminAddressPath: file } });
  const { server, target } = await listening(withPath);
  t.match(server.address, /^127\.0\.0\.1:\d+$/);
  t.equal(readFileSync(file, 'utf8'), server.address);
  t.equal((await request(target, '/ready')).body, 'LIVE\n');

  const six = new AdminServer(context);
  await six.listen({ address: { host: '::1', port: 0 } });
  t.match(six.address, /^\[::1\]:\d+$/);
  t.equal((await request({ host: '::1', port: Number(six.address?.split(']:')[1]) }, '/ready')).status, 200);

  const path = join(folder, 'admin.sock');
  const pipe = new AdminServer(context);
  await pipe.listen({ address: { pipe: path, mode: 0o600 } });
  t.equal(pipe.address, path);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal((await request({ socketPath: path }, '/ready')).status, 200);

  const again = new AdminServer(context);
  await again.listen({ address: { pipe: path, mode: 0 } });
  t.equal((await request({ socketPath: path }, '/ready')).status, 200, 'a socket left behind is taken over');

  const abstract = new AdminServer(context);
  await abstract.listen({ address: { pipe: `@attache-admin-${process.pid}`, mode: 0 } });
  t.equal((await request({ socketPath: `\0attache-admin-${process.pid}` }, '/ready')).status, 200);

  const taken = new AdminServer(context);
  await t.rejects(taken.listen({ address: target }), {
    message: /^cannot bind '127\.0\.0\.1:\d+': .*EADDRINUSE/,
  });
  for (const one of [server, six, pipe, again, abstract]) one.close();
  t.notOk(existsSync(path));
});

t.test('every endpoint answers, and says how it is to be asked', async (t) => {
  const context = fakeContext();
  const { server, target } = await listening(context);
  const help = (await request(target, '/help')).body;
  const home = (await request(target, '/')).body;
  for (const { path, post } of ENDPOINTS) {
    const got = await request(target, path);
    t.equal(got.status, post ? 405 : 200, path);
    if (post) t.equal(got.body, 'Method GET not allowed, POST required.');
    t.match(help, `  ${path}${post ? ' (POST)' : ''}: `);
    if (path !== '/')
      t.ok(home.includes(post ? `action="${path.slice(1)}"` : `href="${path.slice(1)}"`), path);
  }
  t.match(await request(target, '/nothing'), {
    status: 404,
    body: /^invalid path\. admin commands are:\n {2}\/: Admin/,
  });
  t.match(await request(target, '/ready/'), { status: 404 });
  server.close();
});

t.test('headers; HEAD; the order of parameters', async (t) => {
  const { server, target } = await listening(fakeContext());
  const { headers, body } = await request(target, '/ready', { method: 'HEAD' });
  t.equal(body, '');
  t.match(headers, {
    'content-type': 'text/plain; charset=UTF-8',
    'cache-control': 'no-cache, max-age=0',
    'x-content-type-options': 'nosniff',
    server: 'envoy',
  });
  t.match((await request(target, '/stats/prometheus', { method: 'HEAD' })).body, /^$/);
  t.match(await request(target, '/stats?format=json&format=bogus&filter=a%20b%zz+'), {
    status: 200,
    body: '{"stats":[]}',
  });
  server.close();
});

t.test('what changes something', async (t) => {
  const context = fakeContext();
  const { server, target } = await listening(context);
  const post = (path: string, headers: Record<string, string> = {}) =>
    request(target, path, { method: 'POST', headers });
  for (const path of [
    '/healthcheck/fail',
    '/healthcheck/ok',
    '/drain_listeners',
    '/drain_listeners?graceful&skip_exit',
    '/reset_counters',
    '/reopen_logs',
    '/quitquitquit',
  ]) {
    t.match(await post(path), { status: 200, body: 'OK\n' }, path);
  }
  t.same(context.calls, [
    'fail true',
    'fail false',
    'drain {"graceful":false,"skipExit":false}',
    'drain {"graceful":true,"skipExit":true}',
    'reset',
    'reopen',
    'quit',
  ]);
  t.match(await post('/logging?paths=upstream:debug,http:trace'), { body: /http: trace\n/ });
  t.equal(context.logs.level('upstream'), 'debug');
  t.equal(context.logs.level('main'), 'critical');
  t.match(await post('/logging?level=bogus'), {
    status: 400,
    body: /^error: unknown logger level\n\nusage: /,
  });
  t.match(await post('/logging?paths=upstream:info,bogus:info'), { status: 400 });
  t.equal(context.logs.level('upstream'), 'debug', 'all or nothing');
  server.close();
});

t.test('parameters as a form', async (t) => {
  const context = fakeContext();
  const { server, target } = await listening(context);
  const send = (body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const req = http.request(
        {
          ...target,
          method: 'POST',
          path: '/logging',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        (res) => {
          res.resume();
          res.on('end', () => resolve(res.statusCode ?? 0));
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  t.equal(await send('level=warning'), 200);
  t.equal(context.logs.level('main'), 'warning');
  t.equal(await send('level=loud'), 400);
  t.equal(await send(`level=${'x'.repeat(100_000)}`), 500);
  server.close();
});

t.test('readiness', async (t) => {
  let state: AdminContext['state'] = 'PRE_INITIALIZING';
  let failed = false;
  const context = fakeContext({
    get state() {
      return state;
    },
    get healthcheckFailed() {
      return failed;
    },
  });
  const { server, target } = await listening(context);
  const ready = async (): Promise<unknown> => {
    const { status, body } = await request(target, '/ready');
    return [status, body];
  };
  t.same(await ready(), [503, 'PRE_INITIALIZING\n']);
  state = 'INITIALIZING';
  t.same(await ready(), [503, 'INITIALIZING\n']);
  state = 'LIVE';
  t.same(await ready(), [200, 'LIVE\n']);
  failed = true;
  t.same(await ready(), [503, 'DRAINING\n']);
  t.match(JSON.parse((await request(target, '/server_info')).body), { state: 'DRAINING' });
  failed = false;
  state = 'DRAINING';
  t.same(await ready(), [503, 'DRAINING\n']);
  server.close();
});

t.test('/server_info and /memory have the fields that tools read', async (t) => {
  const { server, target } = await listening(
    fakeContext({ startTime: Date.now() - 61_500, firstStart: Date.now() - 61_500 }),
  );
  t.match(JSON.parse((await request(target, '/server_info')).body), {
    version: /^[^/]+\/1\.40\.0\/Clean\/RELEASE\//,
    state: 'LIVE',
    uptime_current_epoch: '61s',
    uptime_all_epochs: '61s',
    hot_restart_version: 'disabled',
    command_line_options: {
      base_id: '0',
      concurrency: 2,
      mode: 'Serve',
      drain_time: '600s',
      drain_strategy: 'Gradual',
      file_flush_interval: '10s',
      stats_tag: [],
    },
    node: {
      id: 'n',
      cluster: 'c',
      user_agent_name: 'envoy',
      user_agent_build_version: { version: { major_number: 1, minor_number: 40, patch: 0 } },
    },
  });
  const memory = JSON.parse((await request(target, '/memory')).body) as Record<string, string>;
  t.same(Object.keys(memory), [
    'allocated',
    'heap_size',
    'pageheap_unmapped',
    'pageheap_free',
    'total_thread_cache',
    'total_physical_bytes',
  ]);
  t.ok(Number(memory.total_physical_bytes) > Number(memory.allocated));
  server.close();
});

t.test('the admin listener counts itself', async (t) => {
  const context = fakeContext();
  const { server, target } = await listening(context);
  for (const path of ['/ready', '/nothing']) await request(target, path);
  const { body } = await request(
    target,
    '/stats?usedonly&filter=admin.*(total|[245]xx|completed|rq_active)$',
  );
  t.match(body, /http\.admin\.downstream_rq_2xx: 1\n/);
  t.match(body, /http\.admin\.downstream_rq_4xx: 1\n/);
  t.match(body, /http\.admin\.downstream_rq_active: 1\n/);
  t.match(body, /http\.admin\.downstream_cx_http1_total: 3\n/);
  t.match(body, /listener\.admin\.http\.admin\.downstream_rq_completed: 2\n/);
  t.match(body, /listener\.admin\.main_thread\.downstream_cx_total: 3\n/);
  server.close();
});

t.test('a failure is an answer too', async (t) => {
  const { server, target } = await listening(
    fakeContext({
      get plane(): never {
        throw new Error('of the test');
      },
    }),
  );
  t.match(await request(target, '/listeners'), { status: 500, body: 'internal error\n' });
  server.close();
});

t.test('/listeners shows every address', async (t) => {
  const addresses = ['127.0.0.1:80', '[::1]:81', '/tmp/x.sock', '@abstract'];
  const { server, target } = await listening(
    fakeContext({
      plane: plane({
        listenerManager: { active: () => new Map([['l', {}]]), addresses: () => addresses },
      }),
    }),
  );
  t.equal((await request(target, '/listeners')).body, addresses.map((a) => `l::${a}\n`).join(''));
  t.same(JSON.parse((await request(target, '/listeners?format=json')).body), {
    listener_statuses: [
      {
        name: 'l',
        local_address: { socket_address: { address: '127.0.0.1', port_value: 80 } },
        additional_local_addresses: [
          { socket_address: { address: '::1', port_value: 81 } },
          { pipe: { path: '/tmp/x.sock' } },
          { pipe: { path: '@abstract' } },
        ],
      },
    ],
  });
  server.close();
});

t.test('a million statistics do not hold up a readiness probe', async (t) => {
  const source: StatsSource = {
    statsRead: (_, into) => into.fill(1),
    statsReadWorker: (_, __, into) => into.fill(1),
    statsHistogram: () => Float64Array.of(1, 2),
    statsCodes: () => Float64Array.of(200, 1, 404, 2),
    statsResetCounters: () => undefined,
  };
  const stats = new StatsRegistry({ source, workers: 2 });
  for (let i = 0; i < 8000; i++) stats.added(i + 1, StatsGroup.Cluster, `cluster_${(i * 7919) % 8000}`);
  const { server, target } = await listening(fakeContext({ stats }));
  let over = false;
  const scrapes = Promise.all(
    ['/stats', '/stats/prometheus'].map(async (path) => {
      const bytes = await new Promise<number>((resolve, reject) => {
        http.get({ ...target, path, agent: false }, (res) => {
          let length = 0;
          res.on('data', (chunk: Buffer) => {
            length += chunk.length;
          });
          res.on('end', () => resolve(length));
          res.on('error', reject);
        });
      });
      return bytes;
    }),
  ).finally(() => {
    over = true;
  });
  const waits: number[] = [];
  while (!over) {
    const since = performance.now();
    const { status } = await request(target, '/ready');
    waits.push(performance.now() - since);
    if (status !== 200) t.fail('not ready');
  }
  const [text = 0, prometheus = 0] = await scrapes;
  t.ok(text > 40e6, `${text} bytes of text`);
  t.ok(prometheus > 100e6, `${prometheus} bytes for Prometheus`);
  // How long they wait depends on what else the machine does; one that waited for a scrape would be alone.
  waits.sort((a, b) => a - b);
  t.comment(`${waits.length} probes: ${waits[waits.length >> 1]?.toFixed(1)} ms in the middle`);
  t.ok(waits.length >= 20, `${waits.length} probes were answered during the scrapes`);
  server.close();
});

t.test('a reader who goes away ends the work for it', async (t) => {
  let reads = 0;
  const source: StatsSource = {
    statsRead: (_, into) => {
      reads++;
      into.fill(1);
    },
    statsReadWorker: () => undefined,
    statsHistogram: () => new Float64Array(),
    statsCodes: () => new Float64Array(),
    statsResetCounters: () => undefined,
  };
  const stats = new StatsRegistry({ source, workers: 1 });
  for (let i = 0; i < 5000; i++) stats.added(i + 1, StatsGroup.Cluster, `c${i}`);
  const { server, target } = await listening(fakeContext({ stats }));
  await new Promise<void>((resolve) => {
    const req = http.get({ ...target, path: '/stats', agent: false }, (res) => {
      res.once('data', () => {
        req.destroy();
        resolve();
      });
      res.on('error', () => undefined);
    });
    req.on('error', () => undefined);
  });
  await request(target, '/ready');
  for (let i = 0, last = -1; i < 100 && last !== reads; i++) {
    last = reads;
    await request(target, '/ready');
  }
  t.ok(reads < 5000, `${reads} of 5000 blocks were read`);
  server.close();
});
