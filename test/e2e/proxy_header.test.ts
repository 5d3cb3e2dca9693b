// PROXY headers to hosts: who gets which, and who shares a connection. Beside the real Envoy they are in
// test/differential/proxy_header.test.ts.
// observes: envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport: config transport_socket
// observes: envoy.config.core.v3.ProxyProtocolConfig: version pass_through_tlvs added_tlvs
// observes: envoy.config.core.v3.ProxyProtocolPassThroughTLVs: match_type tlv_type
// observes: envoy.config.core.v3.TlvEntry: type value
// observes: envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol: pass_through_tlvs
import { join } from 'node:path';
import t from 'tap';
import { Authority } from './certificates.ts';
import { HeaderOrigin, HTTP2, places, resources, type Told, withHeader } from './proxy_header_support.ts';
import {
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  routes,
  start,
  toCluster,
} from './support.ts';
import { client, filtered, tcpProxy } from './tcp_support.ts';

const dir = folder();
const origin = await new HeaderOrigin(new Authority().issue('a.example')).listen();
const all = places();
const ports: Record<string, number> = {};
for (const name of [...Object.keys(all), 'own_two', 'own_one', 'queue', 'queue2'])
  ports[name] = await freePort();
const port = (name: string): number => ports[name] as number;
const { listeners, clusters } = resources(all, ports, origin.port) as { listeners: Json[]; clusters: Json[] };
const pipe = (name: string): string => join(dir.path, `${name}.sock`);
const more = (name: string, version: string, fields: Fields = {}): Fields =>
  cluster(name, [origin.port], { transport_socket: withHeader({ version }), ...fields });
const limited = { circuit_breakers: { thresholds: [{ max_connections: 2 }] } };
const proxy = await start(
  {
    static_resources: {
      listeners: [
        ...listeners,
        filtered('unix_two', pipe('two'), tcpProxy('unix_two', { cluster: 'two' })),
        filtered('unix_one', pipe('one'), tcpProxy('unix_one', { cluster: 'one' })),
        listener('queue', port('queue'), { route_config: routes([toCluster('few')]) }),
        listener('queue2', port('queue2'), { route_config: routes([toCluster('few2')]) }),
      ],
      clusters: [
        ...clusters,
        more('two', 'V2'),
        more('one', 'V1'),
        more('few', 'V2', limited),
        more('few2', 'V2', { ...limited, ...HTTP2 }),
      ],
    },
  },
  [port('queue'), port('queue2')],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
  dir.remove();
});

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
/** A header of version 2 from 192.0.2.`end`, with TLVs of the type 0xea. */
function header(end: number, ...tlvs: string[]): Buffer {
  const body = [192, 0, 2, end, 192, 0, 2, 200, 0x12, 0x34, 0, 80];
  for (const value of tlvs) body.push(0xea, 0, value.length, ...Buffer.from(value));
  return Buffer.concat([
    Buffer.from(SIGNATURE, 'latin1'),
    Buffer.from([0x21, 0x11, 0, body.length, ...body]),
  ]);
}

async function tell(name: string, before: Buffer): Promise<Told> {
  const user = new Client(port(name)).send(Buffer.concat([before, Buffer.from(get('/'))]));
  try {
    return JSON.parse((await user.response()).body.toString()) as Told;
  } finally {
    user.close();
  }
}

t.test('clients that differ in what hosts are told of them share no connection', async (t) => {
  for (const name of ['http_all', 'tls', 'http2', 'tls_http2', 'auto']) {
    const first = await tell(name, header(1));
    const other = await tell(name, header(2));
    const again = await tell(name, header(1));
    t.not(other.header, first.header, name);
    t.not(other.connection, first.connection, `${name}: another client's is another connection`);
    t.equal(again.connection, first.connection, `${name}: the same client's is used again`);
    t.ok(again.nth > first.nth);
  }
});

t.test('what TLVs a client brings decides too', async (t) => {
  const [a, b, a2] = [
    await tell('http_all', header(9, 'a')),
    await tell('http_all', header(9, 'b')),
    await tell('http_all', header(9, 'a')),
  ];
  t.not(a.connection, b.connection);
  t.equal(a.connection, a2.connection);
  t.match([a.header.at(-1), b.header.at(-1)], ['a', 'b']);
});

t.test('connections without a client of IP', async (t) => {
  for (const [name, wanted] of [
    ['two', `${SIGNATURE}\x20\0\0\0`],
    ['one', 'PROXY UNKNOWN\r\n'],
  ] as const) {
    const here = client(pipe(name)).send(get('/'));
    await eventually('an answer', () => here.text.includes('"header"'));
    const told = JSON.parse(here.text.slice(here.text.indexOf('{'), here.text.indexOf('}') + 1)) as Told;
    t.equal(told.header, wanted);
    here.close();
  }
});

for (const name of ['queue', 'queue2']) {
  t.test(`clients that have to wait get connections of their own: ${name}`, async (t) => {
    const users = Array.from({ length: 12 }, () => new Client(port(name)));
    for (const user of users) user.send(get('/'));
    const told = await Promise.all(
      users.map(async (user) => JSON.parse((await user.response()).body.toString()) as Told),
    );
    t.equal(new Set(told.map(({ header }) => header)).size, users.length, 'each with its own ports');
    for (const [i, { header }] of told.entries()) {
      const own = users[i]?.socket.localPort ?? 0;
      t.equal(Buffer.from(header, 'latin1').readUInt16BE(24), own);
    }
    for (const user of users) user.close();
  });
}
