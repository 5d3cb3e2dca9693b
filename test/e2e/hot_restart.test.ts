// A new process takes over from the one before it: its sockets, its admin address, its statistics.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Origin,
  Running,
  root,
  routes,
  toCluster,
} from './support.ts';

const dir = folder();
t.setTimeout(120_000);
const waiting: (() => void)[] = [];
const origin = await new Origin((request, socket) => {
  if (request.path !== '/wait') return answer('ok');
  waiting.push(() => socket.write(answer('late')));
  return undefined;
}).listen();
const [port, admin] = [await freePort(), await freePort()];
const config = (fields: Fields = {}): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [listener('in', port, { route_config: routes([toCluster('origin')]) })],
    clusters: [cluster('origin', [origin.port])],
  },
  ...fields,
});
const good = dir.write('good.json', config());
const bad = dir.write('bad.json', config({ static_resources: { listeners: [{ name: 'no address' }] } }));

const all: Running[] = [];
function run(file: string, epoch: number, ...flags: string[]): Running {
  const args = ['-c', file, '--concurrency', '2', '--restart-epoch', String(epoch), ...flags];
  const proxy = new Running(process.execPath, [join(root, 'bin/attache'), ...args]);
  all.push(proxy);
  return proxy;
}
t.teardown(async () => {
  for (const proxy of all) await proxy.stop();
  await origin.close();
  dir.remove();
});
const serves = (proxy: Running): Promise<boolean> =>
  eventually('it to serve', () => {
    if (!proxy.alive) throw new Error(proxy.output);
    return proxy.output.includes('starting to serve');
  });
async function stat(name: string): Promise<number | undefined> {
  const text = await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`).then((r) => r.text());
  const value = /: (\d+)/.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
/** The file system's, for the folder is this test's own. */
const socket = join(dir.path, 'hot');
const MINE = ['--socket-path', socket, '--base-id', '7'];

/** Requests one after another until told to stop: new connections, or one for as long as it is kept. */
function load(kept: boolean): { stop(): Promise<{ answered: number; failed: string[] }> } {
  let stopped = false;
  let answered = 0;
  const failed: string[] = [];
  const running = (async () => {
    let client: Client | undefined;
    while (!stopped) {
      try {
        client ??= new Client(port);
        const response = await client.send(get('/')).response();
        if (response.status === 200) answered++;
        else failed.push(response.line);
        const close = response.headers.some(([name, value]) => name === 'connection' && value === 'close');
        if (kept && !close) continue;
      } catch (error) {
        failed.push((error as Error).message);
      }
      client?.close();
      client = undefined;
    }
    client?.close();
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
      return { answered, failed };
    },
  };
}

t.test('under load nothing is refused and nothing is lost', async (t) => {
  const first = run(good, 0, ...MINE);
  await serves(first);
  const loads = [load(false), load(false), load(true), load(true)];
  const long = new Client(port).send(get('/wait'));
  await eventually('the long request', () => waiting.length === 1);
  const before = await eventually('requests', () => stat('http.in.downstream_rq_2xx'));

  const second = run(good, 1, ...MINE, '--parent-shutdown-time-s', '2');
  await serves(second);
  t.equal(await stat('server.hot_restart_epoch'), 1, 'the admin address is the new process’s');
  const info = (await (await fetch(`http://127.0.0.1:${admin}/server_info`)).json()) as Fields;
  t.match(info, { hot_restart_version: 'attache.1', command_line_options: { restart_epoch: 1 } });
  await eventually('what the first has counted', async () => {
    const now = await stat('http.in.downstream_rq_2xx');
    return now !== undefined && now >= (before ?? 0);
  });
  t.ok(first.alive, 'it finishes what it has begun');
  waiting.pop()?.();
  t.equal((await long.response()).body.toString(), 'late');
  long.close();
  t.equal(await first.exited, 0, 'it ends after the time that it is given');

  const results = await Promise.all(loads.map((one) => one.stop()));
  for (const { answered, failed } of results) {
    t.ok(answered > 0);
    t.same(failed, []);
  }
  const sum = results.reduce((total, { answered }) => total + answered, 0);
  await eventually('all to be counted', async () => (await stat('http.in.downstream_rq_2xx')) === sum + 1);
  t.equal(await stat('server.parent_connections'), 0);

  await t.test('one that does not get as far as serving changes nothing', async (t) => {
    const third = run(bad, 2, ...MINE);
    t.equal(await third.exited, 1);
    t.equal((await ask(port, get('/'))).status, 200);
    await eventually(
      'the admin address',
      async () => (await stat('server.hot_restart_epoch').catch(() => 0)) === 1,
    );
  });

  await t.test('and the third takes over in its turn', async (t) => {
    const third = run(good, 2, ...MINE, '--parent-shutdown-time-s', '0');
    await serves(third);
    t.equal(await second.exited, 0);
    t.equal((await ask(port, get('/'))).status, 200);
    t.ok(((await stat('http.in.downstream_rq_2xx')) ?? 0) > sum);
    third.child.kill('SIGTERM');
    t.equal(await third.exited, 0);
  });
});

t.test('without a process to take over from', async (t) => {
  const alone = run(good, 1, ...MINE);
  t.equal(await alone.exited, 1);
  t.match(alone.output, /cannot take over from epoch 0: No such file or directory/);
  const anyway = run(good, 1, ...MINE, '--skip-hot-restart-on-no-parent');
  await serves(anyway);
  t.match(anyway.output, /cannot take over from epoch 0: .*; starting without/);
  anyway.child.kill('SIGTERM');
  await anyway.exited;
});

t.test('base ids keep processes apart', async (t) => {
  const free = dir.write('free.json', {
    ...config(),
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    static_resources: {},
  });
  const one = run(free, 0, ...MINE);
  await serves(one);
  const same = run(free, 0, ...MINE);
  await serves(same);
  t.match(same.output, /another process listens there \(see --base-id\); nobody can take over/);
  const path = join(dir.path, 'base-id');
  const dynamic = run(free, 0, '--use-dynamic-base-id', '--base-id-path', path);
  await serves(dynamic);
  t.match(readFileSync(path, 'utf8'), /^\d+$/);
  const off = run(free, 0, '--disable-hot-restart');
  await serves(off);
});
