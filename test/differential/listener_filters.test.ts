// Listener filters, the same configuration through the real Envoy and through this proxy: what clients are
// answered, whom the origin hears of, what logs and statistics say. Skipped where Envoy's binary is absent.
// observes: envoy.config.listener.v3.ListenerFilter: filter_disabled
// observes: envoy.config.listener.v3.ListenerFilterChainMatchPredicate: or_match and_match not_match any_match destination_port_range
// observes: envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet: rules
// observes: envoy.type.v3.Int32Range: start end
// observes: envoy.config.listener.v3.Listener: listener_filters listener_filters_timeout continue_on_listener_filters_timeout
// observes: envoy.config.listener.v3.ListenerFilter: typed_config
// observes: envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector: max_client_hello_size close_connection_on_client_hello_parsing_errors
// observes: envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol: allow_requests_without_proxy_protocol disallowed_versions stat_prefix
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  Client,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  header,
  type Json,
  listener,
  Running,
  start,
  takeResponse,
} from '../e2e/support.ts';
import { FOUR, first, headers, v2 } from './listener_filter_cases.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(240_000);

const kType = 'type.googleapis.com/envoy.extensions.filters.listener';
const filter = (name: string, message: string, config: Fields = {}, more: Fields = {}): Json => ({
  name,
  typed_config: { '@type': `${kType}.${name}.v3.${message}`, ...config },
  ...more,
});
const proxyProtocol = (config: Fields = {}, more: Fields = {}) =>
  filter('proxy_protocol', 'ProxyProtocol', config, more);
const httpInspector = (more: Fields = {}) => filter('http_inspector', 'HttpInspector', {}, more);
const tlsInspector = (config: Fields = {}) => filter('tls_inspector', 'TlsInspector', config);

// ---- configuration -----------------------------------------------------------------------------

const says =
  '%DOWNSTREAM_REMOTE_ADDRESS%|%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%|%DOWNSTREAM_LOCAL_ADDRESS%|' +
  '%DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT%|%REQUESTED_SERVER_NAME%|%FILTER_CHAIN_NAME%|%REQ(x-forwarded-for)%';

type Chain = readonly [name: string, match: Fields];
type Case = { readonly filters: Json[]; readonly chains?: readonly Chain[]; readonly fields?: Fields };

const application: readonly Chain[] = [
  ['http10', { application_protocols: ['http/1.0'] }],
  ['http11', { application_protocols: ['http/1.1'] }],
  ['http2', { application_protocols: ['h2c'] }],
  ['else', {}],
];
const range = (start: number, end: number): Fields => ({ destination_port_range: { start, end } });
const disabled = (filter_disabled: Fields) => ({ filters: [proxyProtocol({}, { filter_disabled })] });
const sources: readonly Chain[] = [
  ['to-80', { destination_port: 80 }],
  ['to-v6', { prefix_ranges: [{ address_prefix: '2001:db8::', prefix_len: 32 }] }],
  ['from-v6', { source_prefix_ranges: [{ address_prefix: '2001:db8::', prefix_len: 33 }] }],
  ['inside', { direct_source_prefix_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] }],
  ['port', { source_ports: [4660] }],
];
const sixty = { listener_filters_timeout: '60s' };

const cases: Record<string, Case> = {
  proxied: { filters: [proxyProtocol()], fields: sixty },
  optional: { filters: [proxyProtocol({ allow_requests_without_proxy_protocol: true, stat_prefix: 'opt' })] },
  only1: { filters: [proxyProtocol({ disallowed_versions: ['V2'], stat_prefix: 'only1' })] },
  only2: { filters: [proxyProtocol({ disallowed_versions: ['V1'], stat_prefix: 'only2' })] },
  optional1: {
    filters: [
      proxyProtocol({
        disallowed_versions: ['V2'],
        allow_requests_without_proxy_protocol: true,
        stat_prefix: 'o1',
      }),
    ],
  },
  chains: { filters: [proxyProtocol({ stat_prefix: 'chains' })], chains: sources },
  http: { filters: [httpInspector()], chains: application, fields: { listener_filters_timeout: '0.5s' } },
  both: { filters: [proxyProtocol({ stat_prefix: 'both' }), httpInspector()], chains: application },
  all: { filters: [tlsInspector(), proxyProtocol({ stat_prefix: 'all' }), httpInspector()] },
  twice: { filters: [proxyProtocol({ stat_prefix: 'one' }), proxyProtocol({ stat_prefix: 'two' })] },
  never: disabled({ any_match: true }),
  always: disabled({ not_match: { any_match: true } }),
  low: disabled(range(0, 100)),
  most: disabled(range(100, 65_536)),
  and: disabled({ and_match: { rules: [{ any_match: true }, range(0, 100)] } }),
  or: disabled({ or_match: { rules: [range(0, 100), range(1, 2), range(100, 70_000)] } }),
  second: {
    filters: [
      proxyProtocol({ stat_prefix: 'first' }),
      proxyProtocol({ stat_prefix: 'last' }, { filter_disabled: range(80, 81) }),
    ],
  },
  late: { filters: [proxyProtocol({ stat_prefix: 'late' })], fields: { listener_filters_timeout: '0.2s' } },
  patient: {
    filters: [proxyProtocol({ stat_prefix: 'patient' })],
    fields: { listener_filters_timeout: '0.2s', continue_on_listener_filters_timeout: true },
  },
  unmatched: {
    filters: [proxyProtocol({ stat_prefix: 'un' })],
    chains: [['to-80', { destination_port: 80 }]],
  },
  strict: {
    filters: [
      tlsInspector({ max_client_hello_size: 256, close_connection_on_client_hello_parsing_errors: true }),
    ],
  },
};

type Ports = Record<string, number>;

function textLog(path: string, inline_string: string): Json {
  return {
    name: 'file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: { text_format_source: { inline_string } },
    },
  };
}

function chainOf([name, match]: Chain, path: string): Fields {
  const route = {
    match: { prefix: '/' },
    direct_response: { status: 200, body: { inline_string: name } },
    response_headers_to_add: [{ header: { key: 'x-says', value: says } }],
  };
  const route_config = { virtual_hosts: [{ name: 'v', domains: ['*'], routes: [route] }] };
  const [made] = listener('x', 0, {
    route_config,
    stat_prefix: 'x',
    use_remote_address: true,
    ...(name.startsWith('http') || name === 'else'
      ? {}
      : { access_log: [textLog(path, `request ${says.replaceAll('ADDRESS%', 'ADDRESS_WITHOUT_PORT%')}\n`)] }),
  }).filter_chains as Fields[];
  return { ...made, name, filter_chain_match: match };
}

function config(ports: Ports, admin: number, log: string): Fields {
  const listeners: Json[] = Object.entries(cases).map(([name, { filters, chains, fields }]) => ({
    name,
    stat_prefix: name,
    address: { socket_address: { address: '127.0.0.1', port_value: ports[name] as number } },
    filter_chains: (chains ?? [['only', {}] as const]).map((chain) => chainOf(chain, log)),
    listener_filters: filters,
    access_log: [
      textLog(
        log,
        name === 'http'
          ? 'connection http %FILTER_CHAIN_NAME%\n'
          : `connection ${name} %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% ` +
              '%FILTER_CHAIN_NAME% %LISTENER_NAME% %REQUESTED_SERVER_NAME%\n',
      ),
    ],
    ...fields,
  }));
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { listeners },
  };
}

// ---- both sides --------------------------------------------------------------------------------

const dir = folder();
t.teardown(() => dir.remove());
type Proxy = { readonly ports: Ports; readonly admin: number; readonly log: string };

async function begin(own: boolean): Promise<Proxy> {
  const ports: Ports = {};
  const given = new Set<number>();
  const another = async (): Promise<number> => {
    const port = await freePort();
    if (given.has(port)) return another();
    given.add(port);
    return port;
  };
  for (const name of Object.keys(cases)) ports[name] = await another();
  const admin = await another();
  const log = join(dir.path, own ? 'ours.log' : 'theirs.log');
  const fields = config(ports, admin, log);
  if (own) {
    const running = await start(fields, [admin]);
    t.teardown(() => running.stop());
  } else {
    const running = new Running(binary as string, [
      ...['-c', dir.write('envoy.json', fields), '--concurrency', '1', '-l', 'off'],
      ...['--use-dynamic-base-id', '--file-flush-interval-msec', '20'],
    ]);
    t.teardown(() => running.stop());
    await running.listening(admin);
  }
  const ready = async (): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${admin}/ready`).catch(() => undefined);
    return answer?.status === 200;
  };
  await eventually('readiness', ready);
  return { ports, admin, log };
}

const proxies = [await begin(false), await begin(true)] as const;

/** What comes of the pieces. */
function exchange(port: number, pieces: readonly (string | Buffer)[], end = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let data: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => done('silence'), 15_000);
    const done = (how: string): void => {
      clearTimeout(timer);
      resolve(how.replaceAll(`:${port}`, ':PORT').replace(new RegExp(`:${own}\\b`), ':OWN'));
      socket.destroy();
    };
    let own: number | undefined;
    socket.on('connect', () => {
      own = socket.localPort;
    });
    socket.on('data', (more: Buffer) => {
      data = Buffer.concat([data, more]);
      const [response] = takeResponse(data, false, false) ?? [];
      if (response === undefined) return;
      done(`${response.status} ${response.body.toString()} ${header(response, 'x-says') ?? ''}`);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(data.length === 0 ? 'closed' : 'cut'));
    // In one piece: what a reader decides may depend on how much it sees at once.
    socket.write(Buffer.concat(pieces.map((p) => (typeof p === 'string' ? Buffer.from(p, 'latin1') : p))));
    if (end) socket.end();
  });
}

const lines = (log: string): string[] => readFileSync(log, 'utf8').trimEnd().split('\n');

async function same(
  t: Test,
  name: string,
  pieces: readonly (string | Buffer)[],
  what: string,
  end = false,
): Promise<string> {
  const [theirs, ours] = await Promise.all(
    proxies.map(({ ports }) => exchange(ports[name] as number, pieces, end)),
  );
  t.equal(ours, theirs, what);
  return theirs as string;
}

for (const name of ['proxied', 'optional', 'only1', 'only2', 'optional1', 'chains', 'both']) {
  t.test(`headers of the PROXY protocol: ${name}`, async (t) => {
    const seen = new Set<string>();
    for (const [what, header] of headers) {
      seen.add(await same(t, name, [header, get('/')], `${name}: ${what}`));
    }
    t.ok(seen.size > 1, [...seen].join('\n'));
  });
}

/** Which chain each gets is in the log; what is answered is another test's matter. */
t.test('first lines of HTTP', async (t) => {
  for (const [, bytes] of first) {
    await Promise.all(proxies.map(({ ports }) => exchange(ports.http as number, [bytes, get('/')])));
  }
  const chains = (log: string) => lines(log).filter((line) => line.startsWith('connection http '));
  await eventually('all connections in the logs', () =>
    proxies.every(({ log }) => chains(log).length >= first.length),
  );
  const [theirs, ours] = proxies.map(({ log }) => chains(log));
  for (const [i, [what]] of first.entries()) t.equal(ours?.[i], theirs?.[i], what);
  t.ok(new Set(theirs).size > 3);
});

t.test('filters after filters, filters that are disabled', async (t) => {
  const header = 'PROXY TCP4 127.1.2.3 10.20.30.40 4660 80\r\n';
  const other = 'PROXY TCP4 127.1.2.4 10.20.30.41 4661 81\r\n';
  for (const name of ['all', 'twice', 'never', 'always', 'low', 'most', 'and', 'or', 'second']) {
    for (const [what, before] of Object.entries({
      none: [],
      one: [header],
      two: [header, header],
      others: [other, header],
      binary: [v2(0x11, FOUR), header],
    })) {
      await same(t, name, [...before, get('/')], `${name}: ${what}`);
    }
  }
  await same(t, 'all', [Buffer.from('16030100', 'hex')], 'half a record', true);
});

t.test('no chain for where the client meant to go', async (t) => {
  for (const port of [80, 81]) {
    const what = await same(
      t,
      'unmatched',
      [`PROXY TCP4 127.1.2.3 10.20.30.40 4660 ${port}\r\n`, get('/')],
      `${port}`,
    );
    t.match(what, port === 80 ? '200' : 'closed');
  }
});

t.test('a ClientHello that cannot be', async (t) => {
  for (const hex of ['1603010005020000010a', '16030100050100012c0303', '16030100000100', '1603010200']) {
    await same(t, 'strict', [Buffer.from(hex, 'hex'), 'x'.repeat(600)], hex);
  }
});

const stat = async ({ admin }: Proxy, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
};

t.test('clients that say too little', async (t) => {
  const header = 'PROXY TCP4 127.1.2.3 10.20.30.40 4660 80\r\n';
  for (const name of ['late', 'patient']) {
    for (const begin of ['', 'GET /', header.slice(0, 30)]) {
      const seen = proxies.map(async (proxy) => {
        const timeouts = `listener.${name}.downstream_pre_cx_timeout`;
        const before = await stat(proxy, timeouts);
        const client = new Client(proxy.ports[name] as number).send(begin);
        t.teardown(() => client.close());
        await eventually('the timeout', async () => (await stat(proxy, timeouts)) > before);
        client.send(get('/', 'connection: close\r\n').slice(begin.startsWith('GET') ? begin.length : 0));
        return (await client.untilEnd().then(String, String)).slice(0, 12);
      });
      const [theirs, ours] = await Promise.all(seen);
      t.equal(ours, theirs, `${name}: ${JSON.stringify(begin)}`);
    }
  }
});

t.test('clients that go away', async (t) => {
  const end = async (proxy: Proxy, abrupt: boolean): Promise<void> => {
    const active = 'listener.proxied.downstream_pre_cx_active';
    const client = new Client(proxy.ports.proxied as number);
    await eventually('the connection', async () => (await stat(proxy, active)) > 0);
    if (abrupt) client.socket.resetAndDestroy();
    else client.socket.end();
    await eventually('its end', async () => (await stat(proxy, active)) === 0);
    client.close();
  };
  // With bytes that wait Envoy may not see the end: docs/differences.md.
  for (const abrupt of [false, true]) await Promise.all(proxies.map((proxy) => end(proxy, abrupt)));
  t.pass('statistics are compared at the end');
});

t.test('statistics and logs', async (t) => {
  const read = async ({ admin }: Proxy): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?usedonly`)).text();
    const wanted =
      /^(tls_inspector|http_inspector|proxy_proto|downstream_cx_proxy)|no_filter_chain_match|pre_cx|listener_filter|listener.*downstream_cx_(total|active)/;
    return text
      .split('\n')
      .filter((line) => wanted.test(line) && !/\.admin\.|bytes_processed|pre_cx_active: 0/.test(line));
  };
  const [theirs, ours] = await Promise.all(proxies.map(read));
  t.strictSame(ours, theirs);
  const [theirLines, ourLines] = [proxies[0].log, proxies[1].log];
  await eventually('the last lines', () => lines(theirLines).length === lines(ourLines).length).catch(
    () => undefined,
  );
  t.strictSame(lines(ourLines).sort(), lines(theirLines).sort());
});
