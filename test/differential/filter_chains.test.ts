// Which filter chain takes a connection, the same file through the real Envoy and through this proxy. Skipped
// where Envoy's binary is absent.
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import t from 'tap';
import { Authority } from '../e2e/certificates.ts';
import {
  Client,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Running,
  start,
} from '../e2e/support.ts';
import { downstream, TlsClient } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

const authority = new Authority();
const dir = folder();
t.teardown(() => {
  authority.remove();
  dir.remove();
});
const leaf = authority.issue('test.example');

type Chain = readonly [name: string, match: Fields | undefined, tls: boolean];
type Case = { readonly chains: readonly Chain[]; readonly otherwise?: boolean; readonly fields?: Fields };

const ip = (address_prefix: string, prefix_len: number): Fields => ({ address_prefix, prefix_len });
const names = (...server_names: string[]): Fields => ({ server_names });
const TLS = true;
const PLAIN = false;

const cases: Record<string, Case> = {
  names: {
    chains: [
      ['exact', names('a.example'), TLS],
      ['wild', names('*.example'), TLS],
      ['deeper', names('*.b.example', 'c.example'), TLS],
      ['any', {}, TLS],
    ],
  },
  only_names: { chains: [['exact', names('a.example'), TLS]] },
  otherwise: { chains: [['exact', names('a.example'), TLS]], otherwise: true },
  transport: {
    chains: [
      ['secure', { transport_protocol: 'tls' }, TLS],
      ['plain', { transport_protocol: 'raw_buffer' }, PLAIN],
    ],
  },
  protocols: {
    chains: [
      ['one', { application_protocols: ['http/1.1'] }, TLS],
      ['two', { application_protocols: ['acme', 'x'] }, TLS],
      ['named', { ...names('a.example'), application_protocols: ['x'] }, TLS],
      ['rest', {}, TLS],
    ],
  },
  addresses: {
    chains: [
      ['wide', { prefix_ranges: [ip('127.0.0.0', 8)] }, PLAIN],
      ['narrow', { prefix_ranges: [ip('127.0.0.2', 32), ip('10.0.0.0', 8)] }, PLAIN],
      ['six', { prefix_ranges: [ip('::1', 128)] }, PLAIN],
    ],
  },
  sources: {
    chains: [
      ['local', { source_type: 'SAME_IP_OR_LOOPBACK' }, PLAIN],
      ['outside', { source_type: 'EXTERNAL' }, PLAIN],
      [
        'direct',
        { direct_source_prefix_ranges: [ip('127.0.0.0', 24)], source_prefix_ranges: [ip('127.0.0.3', 32)] },
        PLAIN,
      ],
    ],
  },
  uninspected: {
    chains: [
      ['exact', names('a.example'), TLS],
      ['any', {}, TLS],
    ],
  },
  no_way_back: {
    chains: [
      ['named', { ...names('a.example'), source_ports: [1] }, TLS],
      ['rest', {}, TLS],
    ],
  },
};

const inspector = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
  },
};

type Ports = Record<string, number>;

function chainOf(port: number, [name, match, tls]: Chain): Fields {
  const body = { status: 200, body: { inline_string: name } };
  const route = {
    virtual_hosts: [
      { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: body }] },
    ],
  };
  const [made] = listener('x', port, { route_config: route, stat_prefix: 'x' }).filter_chains as Fields[];
  return {
    ...made,
    name,
    ...(match === undefined ? {} : { filter_chain_match: match }),
    ...(tls ? { transport_socket: downstream([leaf]) } : {}),
  };
}

function config(ports: Ports, admin: number): Fields {
  const listeners: Json[] = Object.entries(cases).map(([name, { chains, otherwise, fields }]) => {
    const port = ports[name] as number;
    const last: Fields =
      otherwise === true ? { default_filter_chain: chainOf(port, ['otherwise', undefined, TLS]) } : {};
    return {
      name,
      stat_prefix: name,
      address: { socket_address: { address: '0.0.0.0', port_value: port } },
      filter_chains: chains.map((chain) => chainOf(port, chain)),
      listener_filters_timeout: '0.3s',
      ...(name === 'uninspected' ? {} : { listener_filters: [inspector] }),
      ...last,
      ...fields,
    };
  });
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { listeners },
  };
}

type Proxy = { readonly ports: Ports; readonly admin: number };

async function begin(own: boolean): Promise<Proxy> {
  const ports: Ports = {};
  for (const name of Object.keys(cases)) ports[name] = await freePort();
  const admin = await freePort();
  const fields = config(ports, admin);
  const all = [...Object.values(ports), admin];
  if (own) {
    const running = await start(fields, all);
    t.teardown(() => running.stop());
  } else {
    const file = dir.write('envoy.json', fields);
    const running = new Running(binary as string, [
      '-c',
      file,
      '--concurrency',
      '1',
      '-l',
      'off',
      '--use-dynamic-base-id',
    ]);
    t.teardown(() => running.stop());
    for (const port of all) await running.listening(port);
  }
  return { ports, admin };
}

const proxies = [await begin(false), await begin(true)] as const;

async function overTls(port: number, options: ConnectionOptions): Promise<string> {
  const client = new TlsClient(port, options).send(get('/'));
  try {
    return (await client.response()).body.toString();
  } catch {
    return 'refused';
  } finally {
    client.close();
  }
}

function plain(port: number, host: string, localAddress: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, localAddress });
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const body = /\r\n\r\n(\w+)/.exec(text)?.[1];
      if (body !== undefined) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(/\r\n\r\n(\w+)/.exec(text)?.[1] ?? 'refused'));
    socket.write(get('/'));
  });
}

const NAMES = [
  'a.example',
  'A.Example',
  'x.example',
  'x.b.example',
  'b.example',
  'c.example',
  'example',
  'other.test',
  '',
];
for (const name of ['names', 'only_names', 'otherwise', 'no_way_back', 'uninspected']) {
  t.test(`by server name: ${name}`, async (t) => {
    for (const servername of NAMES) {
      const [theirs, ours] = await Promise.all(
        proxies.map(({ ports }) => overTls(ports[name] as number, { servername })),
      );
      t.equal(ours, theirs, servername || '(none)');
    }
  });
}

t.test('by protocols', async (t) => {
  for (const ALPNProtocols of [
    [],
    ['http/1.1'],
    ['x'],
    ['x', 'http/1.1'],
    ['http/1.1', 'x'],
    ['z', 'acme'],
  ]) {
    for (const servername of ['', 'a.example']) {
      const options = { servername, ...(ALPNProtocols.length > 0 ? { ALPNProtocols } : {}) };
      const [theirs, ours] = await Promise.all(
        proxies.map(({ ports }) => overTls(ports.protocols as number, options)),
      );
      t.equal(ours, theirs, `${ALPNProtocols} ${servername}`);
    }
  }
});

t.test('by transport', async (t) => {
  const secure = await Promise.all(proxies.map(({ ports }) => overTls(ports.transport as number, {})));
  t.strictSame(secure, ['secure', 'secure']);
  const bare = await Promise.all(
    proxies.map(({ ports }) => plain(ports.transport as number, '127.0.0.1', '127.0.0.1')),
  );
  t.strictSame(bare, ['plain', 'plain']);
});

t.test('by addresses', async (t) => {
  for (const name of ['addresses', 'sources']) {
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      for (const from of ['127.0.0.1', '127.0.0.3', '127.1.0.1']) {
        const [theirs, ours] = await Promise.all(
          proxies.map(({ ports }) => plain(ports[name] as number, host, from)),
        );
        t.equal(ours, theirs, `${name}: ${from} to ${host}`);
      }
    }
  }
});

t.test('a client that says nothing, and one that goes away', async () => {
  for (const { ports } of proxies) {
    const silent = new Client(ports.names as number);
    await silent.untilEnd();
    new Client(ports.names as number).close();
  }
});

t.test('the statistics are the same', async (t) => {
  const read = async ({ admin }: Proxy): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?usedonly`)).text();
    return text
      .split('\n')
      .filter((line) =>
        /^tls_inspector\.\w+: \d|no_filter_chain_match|downstream_pre_cx|^listener\.\w+\.ssl\.handshake/.test(
          line,
        ),
      )
      .sort();
  };
  await eventually(
    'the same statistics',
    async () => {
      const [theirs, ours] = await Promise.all(proxies.map(read));
      return JSON.stringify(theirs) === JSON.stringify(ours);
    },
    3000,
  ).catch(() => undefined);
  const [theirs, ours] = await Promise.all(proxies.map(read));
  t.strictSame(ours, theirs);
  t.ok((ours ?? []).length > 5);
});
