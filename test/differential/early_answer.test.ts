// Answers to requests that have not come as a whole, through the real Envoy and through this proxy:
// the same bytes, the same end, the same lines in the log, the same statistics. Skipped where Envoy's
// binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  Client,
  cluster,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  get,
  listener,
  Origin,
  Running,
  start,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const dir = folder();
/** Answers as soon as it has a head. */
const origin = await new Origin(
  () => undefined,
  (socket) => {
    let [text, answered] = ['', false];
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      if (answered || !text.includes('\r\n\r\n')) return;
      answered = true;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  },
).listen();

const line = '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT%\n';

/** Two listeners: one that waits for its clients after an answer, and one that does not. */
function config(ports: readonly number[], admin: number, log: string): Fields {
  const file = fileLog(log);
  const access_log = [
    {
      ...file,
      typed_config: {
        ...(file.typed_config as Fields),
        log_format: { text_format_source: { inline_string: line } },
      },
    },
  ];
  const route_config = {
    name: 'local',
    validate_clusters: false,
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'tea' } } },
          toCluster('origin', {}, { path: '/origin' }),
          toCluster('missing', {}, { path: '/missing' }),
        ],
      },
    ],
  };
  const limits = ['0.05s', '0s'];
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: ports.map((port, i) =>
        listener(`in${i}`, port, {
          delayed_close_timeout: limits[i] as string,
          stat_prefix: 'in',
          access_log,
          route_config,
        }),
      ),
      clusters: [cluster('origin', [origin.port])],
    },
  };
}

class Side {
  readonly ports: readonly number[];
  readonly admin: number;
  readonly log: string;
  constructor(ports: readonly number[], admin: number, name: string) {
    this.ports = ports;
    this.admin = admin;
    this.log = join(dir.path, `${name}.log`);
  }
  get lines(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'latin1').split('\n').slice(0, -1) : [];
  }
  /** What comes back until the end, and what the log says. */
  async exchange(which: number, parts: readonly string[]): Promise<unknown> {
    const before = this.lines.length;
    const client = new Client(this.ports[which] as number).send(parts[0] as string);
    const complete = (): boolean => /\r\n\r\n/.test(client.bytes.toString('latin1')) || client.ended;
    for (const part of parts.slice(1)) {
      await eventually('an answer', complete);
      client.send(part);
    }
    const bytes = (await client.untilEnd()).toString('latin1').replace(/date: [^\r]*/, 'date');
    client.close();
    const logged = await eventually('the line', () => this.lines.slice(before)[0]);
    return { bytes, logged };
  }
  async stats(): Promise<string[]> {
    const text = await (await fetch(`http://127.0.0.1:${this.admin}/stats`)).text();
    return text.split('\n').filter((each) => COMPARED.test(each));
  }
}

const COMPARED = new RegExp(
  '^(http\\.in\\.(downstream_rq_(response_before_rq_complete|rx_reset|tx_reset|completed|total|too_large)' +
    '|downstream_cx_(protocol_error|total|drain_close))' +
    '|cluster\\.origin\\.upstream_(rq_(rx_reset|tx_reset|completed|total)|cx_(destroy\\w*|total|protocol_error))):',
);

const sides = { theirs: await side('theirs'), ours: await side('ours') };
async function side(name: string): Promise<Side> {
  return new Side([await freePort(), await freePort()], await freePort(), name);
}

const { theirs, ours } = sides;
const envoy = new Running(binary, [
  ...['-c', dir.write('envoy.json', config(theirs.ports, theirs.admin, theirs.log))],
  ...['--concurrency', '1', '--disable-hot-restart', '-l', 'error', '--file-flush-interval-msec', '10'],
]);
t.teardown(async () => {
  await envoy.stop();
  await origin.close();
  dir.remove();
});
const proxy = await start(
  config(ours.ports, ours.admin, ours.log),
  [...ours.ports],
  ['--file-flush-interval-msec', '10'],
);
t.teardown(() => proxy.stop());
for (const port of theirs.ports) await envoy.listening(port);

const post = (path: string, fields: string): string => `POST ${path} HTTP/1.1\r\nhost: a\r\n${fields}\r\n`;
const NINE = 'content-length: 9\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n';
/** The parts of requests; from the second on they are sent when the answer has begun. */
const cases: readonly (readonly [string, ...string[]])[] = [
  ['no body yet', post('/direct', NINE)],
  ['half a body', `${post('/direct', NINE)}ab`],
  ['a whole body behind the head', `${post('/direct', NINE)}abcdefghi`],
  ['a body after the answer', post('/direct', NINE), 'abcdefghi'],
  ['a request behind the body', `${post('/direct', NINE)}abcdefghi${get('/direct')}`],
  ['chunks', `${post('/direct', CHUNKED)}3\r\nabc\r\n0\r\n\r\n`],
  ['chunks that are wrong', `${post('/direct', CHUNKED)}xyz\r\n`],
  ['no chunk yet', post('/direct', CHUNKED)],
  ['expect', post('/direct', `${NINE}expect: 100-continue\r\n`)],
  ['no route', post('/nowhere', NINE)],
  ['no cluster', post('/missing', NINE)],
  ['a host that answers before the body', post('/origin', NINE)],
  ['a host that answers within the body', `${post('/origin', NINE)}ab`],
  ['no Host', `POST /direct HTTP/1.1\r\n${NINE}\r\n`],
  ['HTTP/1.0', `POST /direct HTTP/1.0\r\nhost: a\r\n${NINE}\r\n`],
  ['HEAD', `HEAD /direct HTTP/1.1\r\nhost: a\r\n${NINE}\r\n`],
  ['connection: close', post('/direct', `${NINE}connection: close\r\n`)],
  ['not HTTP', 'GET /direct HTTP/1.1\r\nhost a\r\n\r\n'],
];

for (const [i, limit] of ['with a delayed close', 'without'].entries()) {
  for (const [name, ...parts] of cases) {
    t.test(`${name}, ${limit}`, async (t) => {
      const expected = await theirs.exchange(i, parts);
      t.same(await ours.exchange(i, parts), expected);
    });
  }
}

t.test('statistics', async (t) => {
  const expected = await theirs.stats();
  t.ok(expected.length > 10, expected.join('\n'));
  await eventually('the same values', async () => {
    const got = await ours.stats();
    return got.join() === expected.join();
  }).catch(() => undefined);
  t.same(await ours.stats(), expected);
});
