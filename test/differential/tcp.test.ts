// Connections through the TCP proxy of the real Envoy and of this one. Compared: what both ends get and how they
// end, access logs, statistics. Skipped where Envoy's binary is absent.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import t from 'tap';
import { Authority } from '../e2e/certificates.ts';
import { cluster, eventually, type Fields, folder, freePort, Running, start } from '../e2e/support.ts';
import { client, End, filtered, lineLog, proxied, TcpOrigin } from '../e2e/tcp_support.ts';
import { downstream, secured, upstream } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const dir = folder();
const authority = new Authority();
const pair = authority.issue('a.example');

/** Sends back what it gets; "bye" ends it, "cut" resets it, and it answers the other side's end with "last". */
const origin = await new TcpOrigin((end) => {
  end.socket.on('data', (data: Buffer) => {
    if (data.includes('cut')) end.reset();
    else end.send(data);
    if (data.includes('bye')) end.end();
  });
  end.socket.on('end', () => {
    if (!end.socket.writableEnded) end.end('last');
  });
}).listen();
const dead = await freePort();

/** A port whose queue is full: nobody is accepted, nobody is refused. */
const deaf = spawn(process.execPath, [
  '-e',
  `const s = require('node:net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port));`,
]);
const deafPort = await new Promise<number>((resolve) =>
  deaf.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
);
deaf.kill('SIGSTOP');
const fillers = Array.from({ length: 4 }, () => connect(deafPort, '127.0.0.1').on('error', () => undefined));
await eventually('a full queue', () => fillers.filter(({ connecting }) => !connecting).length >= 2);

const SAYS = [
  '%ACCESS_LOG_TYPE% %PROTOCOL% %UPSTREAM_PROTOCOL% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%',
  '%CONNECTION_TERMINATION_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% %DOWNSTREAM_WIRE_BYTES_RECEIVED%',
  '%DOWNSTREAM_WIRE_BYTES_SENT% %UPSTREAM_WIRE_BYTES_RECEIVED% %UPSTREAM_WIRE_BYTES_SENT%',
  '%DOWNSTREAM_HEADER_BYTES_RECEIVED% %UPSTREAM_HEADER_BYTES_SENT% %REQUEST_DURATION% %RESPONSE_DURATION%',
  '%RESPONSE_TX_DURATION% %ROUTE_NAME% %UPSTREAM_CLUSTER% %UPSTREAM_CLUSTER_RAW% %UPSTREAM_HOST%',
  '%UPSTREAM_HOST_NAME% %UPSTREAM_REMOTE_ADDRESS% %UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%',
  '%UPSTREAM_REQUEST_ATTEMPT_COUNT% %UPSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_VERSION%',
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%DOWNSTREAM_TRANSPORT_FAILURE_REASON% %REQUESTED_SERVER_NAME% %FILTER_CHAIN_NAME%',
  '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
].join(' ');

const tls = downstream([pair]);
const inspector = {
  listener_filters: [
    {
      name: 'envoy.filters.listener.tls_inspector',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
      },
    },
  ],
};
const everything = { flush_access_log_on_start: true, flush_access_log_on_connected: true };
const filter = (name: string, type: string, fields: Fields): Fields => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.filters.network.${type}`, ...fields },
});

/** The listeners: by name, what the TCP proxy says besides its log. */
const LISTENERS: { readonly [name: string]: Fields } = {
  plain: { cluster: 'origin', access_log_options: everything },
  alt: { weighted_clusters: { clusters: [{ name: 'alt', weight: 1 }] } },
  dead: { cluster: 'dead' },
  again: { cluster: 'dead', max_connect_attempts: 3 },
  none: { cluster: 'none' },
  empty: { cluster: 'empty' },
  over: { cluster: 'over' },
  pending: { cluster: 'pending' },
  pipe: { cluster: 'pipe' },
  late: { cluster: 'late' },
  idle: { cluster: 'origin', idle_timeout: '0.2s' },
  life: { cluster: 'origin', max_downstream_connection_duration: '0.2s' },
  short: { cluster: 'later', max_downstream_connection_duration: '0.2s' },
  hasty: { cluster: 'later', idle_timeout: '0.2s' },
  eager: { cluster: 'origin', max_early_data_bytes: 1024 },
  patient: { cluster: 'origin', upstream_connect_mode: 'ON_DOWNSTREAM_DATA', max_early_data_bytes: 1024 },
  secure: { cluster: 'origin' },
  passing: { cluster: 'origin' },
  sealed: { cluster: 'sealed' },
  broken: { cluster: 'broken' },
};

interface Side {
  readonly ports: { readonly [name: string]: number };
  readonly folder: string;
}
const NAMES = [...Object.keys(LISTENERS), 'mirror', 'says', 'tlsorigin', 'admin'];
async function side(folder: string): Promise<Side> {
  const ports: { [name: string]: number } = {};
  for (const name of NAMES) ports[name] = await freePort();
  return { ports, folder: join(dir.path, folder) };
}
const sides = [await side('theirs'), await side('ours')] as const;

function config({ ports, folder }: Side): Fields {
  const port = (name: string): number => ports[name] ?? 0;
  const log = (name: string): Fields => ({ access_log: [lineLog(`${folder}.${name}.log`, SAYS)] });
  const listeners = Object.entries(LISTENERS).map(([name, fields]) =>
    proxied(
      name,
      port(name),
      { ...log(name), ...fields },
      name === 'plain' ? { access_log: [lineLog(`${folder}.listener.log`, SAYS)] } : {},
    ),
  );
  const of = (name: string): Fields => listeners.find((each) => each.name === name) as Fields;
  Object.assign(of('secure'), secured(of('secure'), tls), inspector);
  Object.assign(of('passing'), inspector);
  const broken = upstream(
    { tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' } },
    { sni: 'a.example' },
  );
  return {
    static_resources: {
      listeners: [
        ...listeners,
        secured(proxied('tlsorigin', port('tlsorigin'), { cluster: 'origin' }), tls),
        filtered('mirror', port('mirror'), filter('envoy.filters.network.echo', 'echo.v3.Echo', {})),
        filtered(
          'says',
          port('says'),
          filter('envoy.filters.network.direct_response', 'direct_response.v3.Config', {
            response: { inline_string: 'so it is' },
          }),
        ),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('alt', [origin.port], { alt_stat_name: 'other' }),
        cluster('dead', [dead]),
        cluster('empty', []),
        cluster('over', [origin.port], { circuit_breakers: { thresholds: [{ max_connections: 1 }] } }),
        cluster('pending', [origin.port], {
          circuit_breakers: { thresholds: [{ max_pending_requests: 0 }] },
        }),
        cluster('pipe', [], {
          load_assignment: {
            cluster_name: 'pipe',
            endpoints: [
              { lb_endpoints: [{ endpoint: { address: { pipe: { path: join(dir.path, 'no.sock') } } } }] },
            ],
          },
        }),
        cluster('late', [deafPort], { connect_timeout: '0.2s' }),
        cluster('later', [deafPort], { connect_timeout: '20s' }),
        cluster('sealed', [port('tlsorigin')], { transport_socket: broken }),
        cluster('broken', [origin.port], { transport_socket: broken }),
      ],
    },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: port('admin') } } },
  };
}

const [theirs, ours] = sides;
const envoy = new Running(binary, [
  ...['-c', dir.write('envoy.json', config(theirs)), '--concurrency', '1'],
  ...['--disable-hot-restart', '-l', 'error', '--file-flush-interval-msec', '10'],
]);
const proxy = await start(config(ours), [ours.ports.admin ?? 0]);
for (const { ports } of sides) {
  await eventually('its listeners', async () => {
    const response = await fetch(`http://127.0.0.1:${ports.admin}/ready`).catch(() => undefined);
    return response?.ok;
  });
}
t.teardown(async () => {
  await Promise.all([envoy.stop(), proxy.stop()]);
  for (const socket of fillers) socket.destroy();
  deaf.kill('SIGKILL');
  await origin.close();
  authority.remove();
  dir.remove();
});

// Node tells some resets as an end too.
const told = (end: End | undefined) =>
  end && { text: end.text, ended: end.ended || end.closed, error: end.error?.code };
/** What one connection was: both of its ends, once the client's is closed. */
async function outcome(here: End, count: number): Promise<unknown> {
  await eventually('the end', () => here.ended || here.closed);
  here.end();
  await here.untilClosed();
  const there = origin.ends[count];
  if (there !== undefined) await eventually('the end of the host', () => there.ended || there.closed);
  // Who has said hello to no TLS server is cut or ends, as the moment has it.
  const hello = there?.text.startsWith('\u0016');
  return { here: told(here), there: hello ? 'a ClientHello' : told(there) };
}
type Case = (port: (name: string) => number) => Promise<unknown>;

/** One connection: words that are echoed, then its own end, or whatever ends it. */
const says =
  (name: string, words: readonly string[], last?: 'end' | 'reset'): Case =>
  async (port) => {
    const count = origin.ends.length;
    const here = client(port(name));
    let all = '';
    for (const word of words) {
      all += word;
      here.send(word);
      if (word !== 'cut') await eventually(word, () => here.text === all || here.ended);
    }
    if (last === 'end') here.end();
    if (last === 'reset') {
      here.reset();
      const there = origin.ends[count];
      await eventually('the end of the host', () => there?.closed);
      return told(there);
    }
    return outcome(here, count);
  };
const over =
  (name: string, words: string, servername?: string): Case =>
  async (port) => {
    const count = origin.ends.length;
    const socket = tlsConnect({
      ...{ port: port(name), host: '127.0.0.1', rejectUnauthorized: false, allowHalfOpen: true },
      ...(servername === undefined ? {} : { servername }),
    });
    const here = new End(socket);
    here.send(words);
    await eventually('an echo', () => here.text === words || here.closed);
    here.end();
    return outcome(here, count);
  };

const CASES: readonly (readonly [name: string, run: Case, log?: string, lines?: number])[] = [
  ['the client ends', says('plain', ['one', 'two'], 'end'), 'plain', 3],
  ['the host ends', says('plain', ['one', 'bye']), 'plain', 3],
  ['the host cuts', says('plain', ['one', 'cut']), 'plain', 3],
  ['the client cuts', says('plain', ['one'], 'reset'), 'plain', 3],
  ['nothing at all', says('plain', [], 'end'), 'plain', 3],
  ['another name for statistics', says('alt', ['one'], 'end'), 'alt'],
  ['no host', says('dead', []), 'dead'],
  ['no host, three times', says('again', []), 'again'],
  ['no cluster', says('none', []), 'none'],
  ['no endpoint', says('empty', []), 'empty'],
  ['too many waiting', says('pending', []), 'pending'],
  ['no such path', says('pipe', []), 'pipe'],
  ['a host that does not answer', says('late', []), 'late'],
  ['idle', says('idle', ['one']), 'idle'],
  ['too old', says('life', ['one']), 'life'],
  ['too old before there is a host', says('short', []), 'short'],
  ['idle before there is a host', says('hasty', []), 'hasty'],
  ['early data', says('eager', ['one'], 'end'), 'eager'],
  ['a host when something has come', says('patient', ['one', 'two'], 'end'), 'patient'],
  ['TLS of the client', over('secure', 'one', 'a.example'), 'secure'],
  ['TLS that passes', says('passing', ['plain'], 'end'), 'passing'],
  ['TLS to the host', says('sealed', ['one'], 'end'), 'sealed'],
  ['TLS to a host that has none', says('broken', []), 'broken'],
  ['the filter echo', says('mirror', ['one', 'two'], 'end')],
  ['the filter direct_response', says('says', [])],
];

async function lines({ folder }: Side, name: string, from: number, count: number): Promise<string[]> {
  const file = `${folder}.${name}.log`;
  const read = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  await eventually(`${from + count} lines of ${name}`, () => read().length >= from + count);
  return read().slice(from, from + count);
}

const differs = new Map([
  ['TLS that passes', 'a look for a ClientHello that finds none is no failure of TLS'],
]);
/** The words of OpenSSL are others; the ports of the two are too. */
const normal = (line: string, { ports }: Side): string =>
  Object.entries(ports).reduce(
    (text, [name, port]) => text.replaceAll(`:${port}`, `:${name}`),
    line.replace(/TLS_error:\S*/g, 'TLS_error').replaceAll(dir.path, 'DIR'),
  );

const seen = new Map<string, number>();
for (const [name, run, log, count = 1] of CASES) {
  t.test(name, async (t) => {
    const from = seen.get(log ?? '') ?? 0;
    seen.set(log ?? '', from + count);
    const got = [];
    for (const side of [theirs, ours]) {
      const ends = await run((name) => side.ports[name] ?? 0);
      const logged = log === undefined ? [] : await lines(side, log, from, count);
      got.push({ ends, lines: logged.map((line) => normal(line, side)) });
    }
    const why = differs.get(name);
    if (why === undefined) t.strictSame(got[1], got[0]);
    else t.notSame(got[1], got[0], `still differs: ${why}`);
  });
}

t.test('one connection more than there may be', async (t) => {
  const got = [];
  for (const side of [theirs, ours]) {
    const here = client(side.ports.over ?? 0).send('one');
    await here.has('one');
    const second = await client(side.ports.over ?? 0).untilEnd();
    const logged = await lines(side, 'over', 0, 1);
    here.end();
    await here.untilClosed();
    got.push({ second: told(second), lines: logged.map((line) => normal(line, side)) });
  }
  t.strictSame(got[1], got[0]);
});

t.test('the log of the listener', async (t) => {
  const [expected, got] = await Promise.all(
    sides.map(async (side) => (await lines(side, 'listener', 0, 5)).map((line) => normal(line, side))),
  );
  t.strictSame(got, expected);
});

/** What depends on the moment, or on what else the process does. */
const TIMED =
  /buffered|_ms$|_rq_per_cx|flow_control|membership|total_match_count|circuit_breakers|early_data|\.ssl\.(cip|cur|sig)/;
t.test('statistics', async (t) => {
  const stats = async ({ ports }: Side): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${ports.admin}/stats?usedonly`);
    return (await response.text())
      .split('\n')
      .filter((line) => /^(tcp|cluster|listener\.127)\./.test(line) && !/worker_0/.test(line))
      .filter((line) => !TIMED.test(line.split(':')[0] ?? '') && !/: No recorded values|: P0/.test(line))
      .map((line) => normal(line.replace(/127.0.0.1_(\d+)/, 'listener:$1'), { ports, folder: '' }))
      .sort();
  };
  const [expected, got] = [await stats(theirs), await stats(ours)];
  t.strictSame(got, expected);
});
