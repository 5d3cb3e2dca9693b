// The metrics of a mesh for connections: two proxies that tell each other who they are.
import t from 'tap';
import { Authority } from './certificates.ts';
import { adminOf, meshStats, node, series } from './istio_support.ts';
import { cluster, eventually, type Fields, freePort, listener, start } from './support.ts';
import { client, echoes, TcpOrigin, tcpProxy } from './tcp_support.ts';
import { downstream, secured, upstream } from './tls_support.ts';

const PROTOCOL = 'istio-peer-exchange';
const authority = new Authority();
const FRONTEND = 'spiffe://cluster.local/ns/shop/sa/frontend';
const DATABASE = 'spiffe://cluster.local/ns/shop/sa/database';
const frontend = authority.issue('frontend', { san: `URI:${FRONTEND}` });
const database = authority.issue('database', { san: `URI:${DATABASE}` });
const trusted = {
  validation_context: { trusted_ca: { filename: authority.ca } },
  alpn_protocols: [PROTOCOL],
};
const origin = await new TcpOrigin(echoes).listen();

const exchange: Fields = {
  name: 'istio.metadata_exchange',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange',
    protocol: PROTOCOL,
  },
};
const SERVICE = { host: 'db.shop.svc.cluster.local', name: 'db', namespace: 'shop' };
const service = { metadata: { filter_metadata: { istio: { services: [SERVICE] } } } };

const tcp = (name: string, port: number, direction: string, filters: Fields[], to: string): Fields => ({
  ...listener(name, port, {}, { traffic_direction: direction }),
  filter_chains: [{ filters: [...filters, tcpProxy(name, { cluster: to })] }],
});
const [server, serverAdmin, outside, plain, clientAdmin] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
const inbound = await start(
  {
    node: node('database', 'v7'),
    admin: adminOf(serverAdmin),
    static_resources: {
      listeners: [
        secured(
          tcp('in', server, 'INBOUND', [exchange, meshStats({ tcp_reporting_duration: '0.05s' })], 'inbound'),
          downstream([database], trusted, { require_client_certificate: true }),
        ),
      ],
      clusters: [cluster('inbound', [origin.port], service)],
    },
  },
  [server],
);
const RENAMED: Fields[] = [
  { dimensions: { fixed: "'f'", of_request: 'request.host' }, tags_to_remove: ['source_cluster'] },
];
const outbound = await start(
  {
    node: node('frontend'),
    admin: adminOf(clientAdmin),
    static_resources: {
      listeners: [
        tcp('out', outside, 'OUTBOUND', [meshStats({ tcp_reporting_duration: '0.05s' })], 'outbound'),
        tcp('plain', plain, 'OUTBOUND', [meshStats({ metrics: RENAMED })], 'PassthroughCluster'),
      ],
      clusters: [
        cluster('outbound', [server], {
          ...service,
          filters: [exchange],
          transport_socket: upstream({
            ...trusted,
            tls_certificates: [
              { certificate_chain: { filename: frontend.cert }, private_key: { filename: frontend.key } },
            ],
          }),
        }),
        cluster('PassthroughCluster', [origin.port]),
      ],
    },
  },
  // Not the others: whoever looks whether they listen is counted.
  [clientAdmin],
);
const live = async (): Promise<boolean> =>
  (await (await fetch(`http://127.0.0.1:${clientAdmin}/ready`)).text()).startsWith('LIVE');
await eventually('the client is ready', live);
t.teardown(async () => {
  await Promise.all([inbound.stop(), outbound.stop()]);
  await origin.close();
  authority.remove();
});

const WHO = {
  source_workload: 'frontend',
  source_canonical_service: 'frontend',
  source_canonical_revision: 'v1',
  source_workload_namespace: 'shop',
  source_principal: FRONTEND,
  source_app: 'frontend',
  source_version: 'v1',
  source_cluster: 'Kubernetes',
  destination_workload: 'database',
  destination_workload_namespace: 'shop',
  destination_principal: DATABASE,
  destination_app: 'database',
  destination_version: 'v7',
  destination_service: SERVICE.host,
  destination_canonical_service: 'database',
  destination_canonical_revision: 'v7',
  destination_service_name: 'db',
  destination_service_namespace: 'shop',
  destination_cluster: 'Kubernetes',
  request_protocol: 'tcp',
  response_flags: '-',
};

/** Not those that only looked whether the proxies listen. */
const BOTH = { source_workload: 'frontend', destination_workload: 'database' };

t.test('a connection that goes on, and its end', async (t) => {
  const source = { reporter: 'source', ...WHO, connection_security_policy: 'unknown' };
  const destination = { reporter: 'destination', ...WHO, connection_security_policy: 'mutual_tls' };
  const end = client(outside);
  t.teardown(() => end.close());
  end.send('hello');
  await end.has('hello');
  for (const [admin, labels] of [
    [clientAdmin, source],
    [serverAdmin, destination],
  ] as const) {
    const opened = await series(admin, 'istio_tcp_connections_opened_total', BOTH);
    t.same(opened, { labels, value: 1 });
    t.strictSame(Object.keys(opened.labels), Object.keys(labels), 'in the order of Istio');
    for (const way of ['sent', 'received']) {
      const bytes = await series(admin, `istio_tcp_${way}_bytes_total`, BOTH);
      t.same(bytes, { labels, value: 5 }, 'while it is open');
    }
  }
  end.send(', again');
  await end.has('hello, again');
  end.end();
  for (const [admin, labels] of [
    [clientAdmin, source],
    [serverAdmin, destination],
  ] as const) {
    t.same(await series(admin, 'istio_tcp_connections_closed_total', BOTH), { labels, value: 1 });
    t.match(await series(admin, 'istio_tcp_connections_opened_total', BOTH), { value: 1 }, 'once');
    for (const way of ['sent', 'received'])
      t.match(await series(admin, `istio_tcp_${way}_bytes_total`, BOTH), { value: 12 });
  }
});

t.test('to somebody outside, with other labels', async (t) => {
  const end = client(plain);
  t.teardown(() => end.close());
  end.send('bytes');
  await end.has('bytes');
  end.end();
  const counted = await series(clientAdmin, 'istio_tcp_received_bytes_total', { fixed: 'f' });
  t.match(counted, {
    value: 5,
    labels: {
      of_request: 'unknown',
      destination_service: 'unknown',
      destination_service_name: 'PassthroughCluster',
      destination_workload: 'unknown',
      destination_principal: 'unknown',
    },
  });
  t.notOk('source_cluster' in counted.labels);
  t.match(await series(clientAdmin, 'istio_tcp_sent_bytes_total', { fixed: 'f' }), { value: 5 });
});
