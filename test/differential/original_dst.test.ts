// Redirected connections and clusters of the type ORIGINAL_DST, through the real Envoy and through this proxy in one
// network namespace: what clients get, access logs, statistics. Skipped where Envoy's binary or a namespace is absent.
import { readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inOwnNetwork, redirection } from '../e2e/network_support.ts';
import { hosts, NAMES, type Ports, resources } from '../e2e/original_dst_support.ts';
import { eventually, type Fields, folder, get, takeResponse } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const PORTS = [15_001, 15_011] as const;
if (!(await inOwnNetwork(t, import.meta.url, redirection({ 8: PORTS[0], 9: PORTS[1] })))) process.exit();
t.setTimeout(60_000);

const dir = folder();
const stopHosts = await hosts();
type Side = { readonly ports: Ports; readonly admin: number; readonly log: string; readonly client: number };

async function begin(own: boolean): Promise<Side> {
  const first = own ? 16_000 : 17_000;
  const ports = {
    redirected: PORTS[own ? 1 : 0],
    ...Object.fromEntries(NAMES.map((name, i) => [name, first + i])),
  };
  const admin = first + 100;
  const log = join(dir.path, own ? 'ours.log' : 'theirs.log');
  const config: Fields = {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: resources(ports, log),
  };
  const running = await runSide(own, config, { admin, dir, flags: ['--file-flush-interval-msec', '20'] });
  t.teardown(() => running.stop());
  return { ports, admin, log, client: own ? 9 : 8 };
}
const sides = [await begin(false), await begin(true)] as const;
t.teardown(async () => {
  await stopHosts();
  dir.remove();
});

type To = (side: Side) => NetConnectOpts;
/** A client that is redirected. */
const to =
  (host: string, port: number): To =>
  ({ client }) => ({
    host,
    port,
    localAddress: host.includes(':') ? `fd00:1::${client}` : `10.1.0.${client}`,
  });
/** One that connects to a listener itself. */
const at =
  (name: string): To =>
  ({ ports }) => ({ host: '127.0.0.1', port: ports[name] as number });

function exchange(options: NetConnectOpts, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(options);
    let data: Buffer = Buffer.alloc(0);
    const done = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => done('silence'), 10_000);
    socket.on('connect', () => socket.write(request, 'latin1'));
    socket.on('data', (more: Buffer) => {
      data = Buffer.concat([data, more]);
      const [response] = takeResponse(data, false, false) ?? [];
      if (response !== undefined) done(`${response.status} ${response.body.toString()}`);
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNRESET' ? 'closed' : String(error.code)),
    );
    socket.on('close', () => done('closed'));
  });
}

const lines = ({ log, ports }: Side): string[] =>
  readFileSync(log, 'utf8')
    .replaceAll(/:1[5-7]\d{3}\b/g, (port) => {
      const [name] = Object.entries(ports).find(([, each]) => `:${each}` === port) ?? [port.slice(1)];
      return `:${name}`;
    })
    .split('\n')
    .slice(0, -1);
let logged = 0;

/** What both say, which is the same; the line that both write. */
async function same(t: Test, what: string, where: To, headers = ''): Promise<[string, string]> {
  const [theirs, ours] = await Promise.all(sides.map((side) => exchange(where(side), get('/', headers))));
  // Hosts count the connections of both.
  const plain = (text = ''): string => text.replace(/connection \d+/, '');
  t.equal(plain(ours), plain(theirs), what);
  logged++;
  await eventually(`a line for: ${what}`, () => sides.every((side) => lines(side).length >= logged));
  const [theirLine, ourLine] = sides.map((side) => lines(side)[logged - 1]);
  t.equal(ourLine, theirLine, `${what}: log`);
  return [plain(theirs), theirLine as string];
}

t.test('redirected connections go to the listener of their destination', async (t) => {
  for (const [host, port, wanted] of [
    ['10.2.0.1', 8080, 'virtual'],
    ['10.2.0.2', 8080, 'exact'],
    ['10.2.0.1', 9090, 'any'],
    ['fd00:2::1', 8080, 'exact6'],
    ['10.2.0.1', 1, 'virtual'],
    ['10.2.0.2', 9090, 'any'],
    ['10.2.0.1', 7070, 'transparent'],
  ] as const) {
    const [, line] = await same(t, `${host} ${port}`, to(host, port));
    t.match(line, new RegExp(`^${wanted} `));
  }
});

t.test('a connection that nobody redirected has no destination', async (t) => {
  for (const name of ['plain', 'plaintcp', 'header']) await same(t, name, at(name));
});

t.test('a PROXY header says where the client meant to go', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(({ ports }) =>
      exchange(
        { host: '127.0.0.1', port: ports.proxied as number },
        `PROXY TCP4 1.2.3.4 10.3.0.1 5 8080\r\n${get('/')}`,
      ),
    ),
  );
  t.equal(ours?.slice(0, 16), theirs?.slice(0, 16));
  t.match(theirs, '10.3.0.1 8080');
  logged++;
});

t.test('a header names the host', async (t) => {
  const values = [
    ...[
      '10.3.0.1:8080',
      '10.2.0.2:8080',
      '10.3.0.1',
      '[fd00:2::1]:8080',
      '[::1]:1',
      '::1:80',
      '10.3.0.1:70000',
    ],
    ...[
      '',
      '10.3.0.1:8080,10.2.0.2:8080',
      '10.3.0.1:8080 ',
      'localhost:80',
      '/tmp/x',
      '10.3.0.1:0',
      '[10.3.0.1]:8080',
    ],
    ...[
      '10.3.0.1:08080',
      '10.3.0.1:',
      ':8080',
      '10.3.0.1:80x',
      '010.3.0.1:8080',
      '10.3.1:8080',
      '[fd00:2::1]8080',
    ],
    ...[
      '[fd00:2::1',
      '10.3.0.1:8080:8080',
      '10.3.0.1:+8080',
      '10.3.0.1:-1',
      '10.3.0.1: 8080',
      'a'.repeat(200),
    ],
  ];
  for (const value of values) {
    await same(t, JSON.stringify(value), at('header'), `x-envoy-original-dst-host: ${value}\r\n`);
  }
  const twice = ['10.3.0.1:8080', '10.2.0.2:8080'].map((v) => `x-envoy-original-dst-host: ${v}\r\n`).join('');
  await same(t, 'two headers', at('header'), twice);
  await same(t, 'at an edge', at('edge'), 'x-envoy-original-dst-host: 10.3.0.1:8080\r\n');
  await same(t, 'a name of its own', at('named'), 'x-where: 10.3.0.1:8080\r\n');
  await same(t, 'another name', at('named'), 'x-envoy-original-dst-host: 10.3.0.1:8080\r\n');
  const six = to('fd00:2::1', 8080);
  t.match(
    (await same(t, 'before the destination', six, 'x-envoy-original-dst-host: 10.3.0.1:8080\r\n'))[0],
    '10.3.0.1',
  );
  t.match((await same(t, 'no address', six, 'x-envoy-original-dst-host: nowhere\r\n'))[0], 'fd00:2::1');
  const [answer] = await same(t, 'another port', at('port'), 'x-envoy-original-dst-host: 10.2.0.1:8080\r\n');
  t.match(answer, '10.2.0.1 9090');
});

t.test('statistics', async (t) => {
  const read = async ({ admin }: Side): Promise<string[]> => {
    const filter =
      'original_dst|^cluster.*(upstream_cx_total|none_healthy)|^listener.(0.0.0.0_9090|10.2.0.2|fd00).*downstream_(cx_total|pre_cx)';
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
    return text.split('\n').filter((line) => !/worker_/.test(line));
  };
  const [theirs, ours] = await Promise.all(sides.map(read));
  t.strictSame(ours, theirs);
  t.ok(theirs?.some((line) => /by_header.original_dst_host_invalid: [1-9]/.test(line)));
});
