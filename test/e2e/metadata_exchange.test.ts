// Two proxies of a mesh, between which peers say who they are before the bytes; a client and a host of the test that
// speak it themselves, or not.
// observes: envoy.config.cluster.v3.Cluster: filters
// observes: envoy.config.cluster.v3.Filter: typed_config
// observes: envoy.tcp.metadataexchange.config.MetadataExchange: protocol
import { createServer, type TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import type { Message } from '../../src/api/message.ts';
import { plainToStruct, structToPlain } from '../../src/api/well_known.ts';
import { decodeWire, encodeWire } from '../../src/api/wire.ts';
import { Authority } from './certificates.ts';
import { cluster, eventually, type Fields, freePort, listener, start, toCluster } from './support.ts';
import { client, TcpOrigin, tcpProxy } from './tcp_support.ts';
import { downstream, secured, TlsClient, upstream } from './tls_support.ts';

const PROTOCOL = 'istio-peer-exchange';
const MAGIC = 0x3d230467;
const authority = new Authority();
const pair = authority.issue('a.example');
const pool = DescriptorPool.load();
t.teardown(() => authority.remove());

const METADATA = {
  NAME: 'shop-1',
  NAMESPACE: 'shop',
  WORKLOAD_NAME: 'catalog',
  CLUSTER_ID: 'Kubernetes',
  OWNER: 'kubernetes://apis/apps/v1/namespaces/shop/deployments/catalog',
  LABELS: {
    'service.istio.io/canonical-name': 'catalog',
    'service.istio.io/canonical-revision': 'v1',
    app: 'older',
    'app.kubernetes.io/name': 'catalog',
    version: 'v1',
    other: 'not told',
  },
  SECRET: 'not told',
};
const TOLD = {
  'x-envoy-peer-metadata': {
    NAME: 'shop-1',
    NAMESPACE: 'shop',
    WORKLOAD_NAME: 'catalog',
    CLUSTER_ID: 'Kubernetes',
    OWNER: 'kubernetes://apis/apps/v1/namespaces/shop/deployments/catalog',
    LABELS: {
      'service.istio.io/canonical-name': 'catalog',
      'service.istio.io/canonical-revision': 'v1',
      app: 'catalog',
      version: 'v1',
    },
  },
  'x-envoy-peer-metadata-id': 'sidecar~1',
};

/** As istiod writes it. */
const exchange = (type = 'udpa.type.v1.TypedStruct'): Fields => ({
  name: 'istio.metadata_exchange',
  typed_config: {
    '@type': `type.googleapis.com/${type}`,
    type_url: 'type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange',
    value: { protocol: PROTOCOL, enable_discovery: true },
  },
});
const offering = (...alpn_protocols: string[]): Fields => ({ alpn_protocols });

function message(fields: Record<string, unknown>): Buffer {
  const any = encodeWire(pool, {
    $type: 'google.protobuf.Any',
    type_url: 'type.googleapis.com/google.protobuf.Struct',
    value: encodeWire(pool, plainToStruct(fields)),
  });
  const head = Buffer.alloc(8);
  head.writeUInt32BE(MAGIC, 0);
  head.writeUInt32BE(any.length, 4);
  return Buffer.concat([head, any]);
}

/** What a peer has said, and what came behind it; undefined: not all of it is there. */
function parse(bytes: Buffer): [unknown, Buffer] | undefined {
  if (bytes.length < 8) return undefined;
  if (bytes.readUInt32BE(0) !== MAGIC) throw new Error(`not metadata: ${bytes.toString('latin1')}`);
  const end = 8 + bytes.readUInt32BE(4);
  if (bytes.length < end) return undefined;
  const any = decodeWire(pool, 'google.protobuf.Any', bytes.subarray(8, end)) as Message;
  const struct = decodeWire(pool, 'google.protobuf.Struct', any.value as Uint8Array);
  return [structToPlain(struct), bytes.subarray(end)];
}

/** Echoes; says hello first where it is asked to be first. */
const origin = await new TcpOrigin((end) => {
  end.socket.on('data', (data: Buffer) => end.send(data));
  end.socket.on('end', () => end.end('last'));
}).listen();
const talker = await new TcpOrigin((end) => end.send('hello ')).listen();

/** A host behind TLS: what it has got on each connection, and what it sends. */
const heard: { socket: TLSSocket; have: Buffer }[] = [];
const host = createServer(
  { cert: readFileSync(pair.cert), key: readFileSync(pair.key), ALPNProtocols: [PROTOCOL, 'other'] },
  (socket) => {
    const own = { socket, have: Buffer.alloc(0) };
    heard.push(own);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      own.have = Buffer.concat([own.have, data]);
    });
  },
);
await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', () => resolve()));
const hostPort = (host.address() as AddressInfo).port;

const names = ['client', 'server', 'first', 'direct', 'plain', 'http', 'raw'] as const;
const ports = {} as Record<(typeof names)[number], number>;
for (const name of names) ports[name] = await freePort();
const admin = await freePort();

const inbound = (name: 'server' | 'first' | 'direct', to: string): Fields =>
  secured(
    {
      name,
      address: { socket_address: { address: '127.0.0.1', port_value: ports[name] } },
      filter_chains: [{ filters: [exchange('xds.type.v3.TypedStruct'), tcpProxy(name, { cluster: to })] }],
    },
    downstream([pair], offering(PROTOCOL, 'other', 'http/1.1')),
  );
const outbound = (name: 'client' | 'plain' | 'raw', to: string): Fields => ({
  name,
  address: { socket_address: { address: '127.0.0.1', port_value: ports[name] } },
  filter_chains: [{ filters: [tcpProxy(name, { cluster: to })] }],
});
const peer = (name: string, port: number, ...alpn: string[]): Fields =>
  cluster(name, [port], { filters: [exchange()], transport_socket: upstream(offering(...alpn)) });

const running = await start(
  {
    node: { id: 'sidecar~1', cluster: 'c', metadata: METADATA },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        inbound('server', 'origin'),
        inbound('first', 'talker'),
        inbound('direct', 'origin'),
        outbound('client', 'to_server'),
        outbound('plain', 'to_other'),
        outbound('raw', 'to_host'),
        listener('http', ports.http, {
          route_config: {
            name: 'r',
            virtual_hosts: [{ name: 'v', domains: ['*'], routes: [toCluster('to_host')] }],
          },
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('talker', [talker.port]),
        peer('to_server', ports.server, PROTOCOL, 'istio'),
        peer('to_other', ports.direct, 'other'),
        peer('to_host', hostPort, PROTOCOL),
      ],
    },
  },
  // Nobody tries the others: their connections are counted.
  [admin],
);
await eventually('readiness', async () => (await fetch(`http://127.0.0.1:${admin}/ready`)).status === 200);
t.teardown(async () => {
  await running.stop();
  await Promise.all([origin.close(), talker.close()]);
  for (const { socket } of heard) socket.destroy();
  await new Promise<void>((resolve) => host.close(() => resolve()));
});

const statistics = async (filter: string): Promise<Record<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
  return Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(': '))
      .map(([name = '', value]) => [name, Number(value)]),
  );
};
const options = (...ALPNProtocols: string[]) => ({ ALPNProtocols });

t.test('two proxies: the bytes are those of the client and of the host', async (t) => {
  const before = await statistics('metadata_exchange');
  t.equal(before['cluster.to_server.metadata_exchange.alpn_protocol_found'], 0);
  const end = client(ports.client).send('ask ');
  await end.has('ask ');
  end.send('more ');
  await end.has('ask more ');
  end.end();
  await end.untilEnd();
  t.equal(end.text, 'ask more last', 'half-closed connections go on as such');
  const after = await statistics('metadata_exchange');
  t.match(after, {
    'cluster.to_server.metadata_exchange.alpn_protocol_found': 1,
    'cluster.to_server.metadata_exchange.metadata_added': 1,
    'cluster.to_server.metadata_exchange.header_not_found': 0,
    'cluster.to_server.metadata_exchange.alpn_protocol_not_found': 0,
    'metadata_exchange.alpn_protocol_found': 1,
    'metadata_exchange.metadata_added': 1,
  });
});

t.test('much of it', async (t) => {
  const data = Buffer.alloc(3_000_000, 'abcdefghi');
  const end = client(ports.client).end(data);
  await end.untilEnd();
  t.equal(end.received, data.length + 'last'.length);
});

t.test('what a client gets that speaks it', async (t) => {
  const peer = new TlsClient(ports.server, options(PROTOCOL));
  t.teardown(() => peer.close());
  const [told, rest] = await eventually('the metadata', () => parse(peer.have));
  t.same(told, TOLD, 'before it has said anything');
  t.equal(rest.length, 0);
  peer.have = Buffer.alloc(0);
  // Its own comes in pieces, the last of them with bytes behind it.
  const own = Buffer.concat([message({ 'x-envoy-peer-metadata': { NAME: 'a' } }), Buffer.from('ask ')]);
  for (let i = 0; i < own.length; i += 5) {
    peer.send(own.subarray(i, i + 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually('the answer', () => peer.have.toString() === 'ask ');
});

t.test('a host that speaks first', async (t) => {
  const peer = new TlsClient(ports.first, options(PROTOCOL));
  t.teardown(() => peer.close());
  const rest = await eventually('the hello', () => {
    const [, behind] = parse(peer.have) ?? [];
    return behind?.toString() === 'hello ' ? behind : undefined;
  });
  t.equal(rest.toString(), 'hello ', 'behind the metadata');
});

t.test('a client that does not speak it', async (t) => {
  const before = await statistics('^metadata_exchange');
  for (const alpn of [options('other'), {}]) {
    const peer = new TlsClient(ports.direct, alpn).send('ask ');
    await eventually('the answer', () => peer.have.toString() === 'ask ');
    peer.close();
  }
  // Through a proxy that offers something else.
  const end = client(ports.plain).send('ask ');
  await end.has('ask ');
  end.close();
  const after = await statistics('^metadata_exchange');
  const more = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
  t.equal(more('metadata_exchange.alpn_protocol_not_found'), 3);
  t.equal(more('metadata_exchange.alpn_protocol_found'), 0);
  t.match(await statistics('to_other.metadata_exchange'), {
    'cluster.to_other.metadata_exchange.alpn_protocol_not_found': 1,
    'cluster.to_other.metadata_exchange.alpn_protocol_found': 0,
  });
});

t.test('a client that says it speaks it, and does not', async (t) => {
  const answered = async (sent: Buffer, what: string): Promise<void> => {
    const peer = new TlsClient(ports.direct, options(PROTOCOL)).send(sent);
    const behind = await eventually(what, () => {
      const [, rest] = parse(peer.have) ?? [];
      return rest?.equals(sent) ? rest : undefined;
    });
    t.equal(behind.length, sent.length, what);
    peer.close();
  };
  await answered(Buffer.from('no magic in this'), 'its bytes go on as they are');
  const large = Buffer.alloc(16, 'x');
  large.writeUInt32BE(MAGIC, 0);
  large.writeUInt32BE(0xffffffff, 4);
  const peer = new TlsClient(ports.direct, options(PROTOCOL)).send(large);
  await eventually('what follows on the head', () => {
    const [, rest] = parse(peer.have) ?? [];
    return rest?.equals(large.subarray(8));
  });
  peer.close();
  const before = await statistics('^metadata_exchange');
  t.ok((before['metadata_exchange.header_not_found'] ?? 0) >= 1);
  t.ok((before['metadata_exchange.initial_header_not_found'] ?? 0) >= 1);
});

t.test('what a host gets, and what it says', async (t) => {
  const end = client(ports.raw).send('ask ');
  const own = await eventually('the connection', () => heard.at(-1));
  const [told, rest] = await eventually('the bytes', () => {
    const found = parse(own.have);
    return found?.[1].toString() === 'ask ' ? found : undefined;
  });
  t.same(told, TOLD);
  t.equal(rest.toString(), 'ask ');
  own.socket.write(Buffer.concat([message({ a: 'b' }), Buffer.from('answer ')]));
  await end.has('answer ');
  end.close();
});

t.test('requests: before the first one of a connection', async (t) => {
  const count = heard.length;
  const answer = fetch(`http://127.0.0.1:${ports.http}/a`).then((response) => response.text());
  const own = await eventually('the connection', () => heard[count]);
  const [told, rest] = await eventually('the request', () => {
    const found = parse(own.have);
    return found?.[1].includes('\r\n\r\n') ? found : undefined;
  });
  t.same(told, TOLD);
  t.match(rest.toString(), /^GET \/a HTTP\/1.1\r\n/);
  own.socket.write(
    Buffer.concat([message({}), Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')]),
  );
  t.equal(await answer, 'ok');
  // The second one finds the connection as it is.
  own.have = Buffer.alloc(0);
  const second = fetch(`http://127.0.0.1:${ports.http}/b`).then((response) => response.text());
  await eventually('the second request', () => own.have.includes('\r\n\r\n'));
  t.match(own.have.toString(), /^GET \/b HTTP\/1.1\r\n/);
  own.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno');
  t.equal(await second, 'no');
});
