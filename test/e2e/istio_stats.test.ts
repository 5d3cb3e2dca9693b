// The metrics of a mesh: two proxies with mutual TLS between them, as the one and the other see it.
// observes: stats.PluginConfig: disable_host_header_fallback metrics reporter tcp_reporting_duration
// observes: stats.MetricConfig: name dimensions tags_to_remove drop
// observes: envoy.extensions.filters.http.grpc_stats.v3.FilterConfig: emit_filter_state
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { plainToStruct } from '../../src/api/well_known.ts';
import { encodeWire } from '../../src/api/wire.ts';
import { Authority } from './certificates.ts';
import { frame, H2Origin, http2Hosts } from './h2_support.ts';
import {
  adminOf,
  exchange,
  grpcStats,
  meshListener,
  metric,
  node,
  type Series,
  series,
  meshStats,
} from './istio_support.ts';
import {
  answer,
  ask,
  Client,
  cluster,
  type Fields,
  freePort,
  get,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';
import { downstream, secured, upstream } from './tls_support.ts';

const authority = new Authority();
const FRONTEND = 'spiffe://cluster.local/ns/shop/sa/frontend';
const CATALOG = 'spiffe://cluster.local/ns/shop/sa/catalog';
const frontend = authority.issue('frontend', { san: `URI:${FRONTEND}` });
const catalog = authority.issue('catalog', { san: `URI:${CATALOG}` });
const trusted = { validation_context: { trusted_ca: { filename: authority.ca } } };

const origin = await new Origin(() => answer('ok')).listen();
/** A call to /shop.Catalog/Watch goes on until this is called. */
let endWatch = (): void => {};
const HOST = encodeWire(DescriptorPool.load(), plainToStruct({ WORKLOAD_NAME: 'watched' }));
const calls = await new H2Origin((stream, { path }) => {
  const told = { 'x-envoy-peer-metadata': Buffer.from(HOST).toString('base64') };
  const head = { ':status': 200, 'content-type': 'application/grpc', ...told };
  if (path === '/shop.Catalog/Watch') {
    stream.respond(head);
    stream.write(frame('so far'));
    endWatch = () => stream.end();
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(frame('answer'));
}).listen();

const SERVICE = { host: 'catalog.shop.svc.cluster.local', name: 'catalog', namespace: 'shop' };
const service = { metadata: { filter_metadata: { istio: { services: [SERVICE] } } } };
const endpoint = (port: number, workload: string): Fields => ({
  load_assignment: {
    cluster_name: 'told',
    endpoints: [
      {
        lb_endpoints: [
          {
            endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
            metadata: { filter_metadata: { istio: { workload } } },
          },
        ],
      },
    ],
  },
});

const [server, serverAdmin, client, clientAdmin] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
const others: Record<string, number> = {};
for (const name of ['bare', 'strict', 'changed', 'dropped', 'waypoint']) others[name] = await freePort();

const inbound = await start(
  {
    node: node('catalog', 'v7'),
    admin: adminOf(serverAdmin),
    static_resources: {
      listeners: [
        secured(
          meshListener('in', server, 'INBOUND', [exchange(false), meshStats()], {
            route_config: routes([toCluster('inbound|80||')]),
          }),
          downstream([catalog], trusted, { require_client_certificate: true }),
        ),
      ],
      clusters: [cluster('inbound|80||', [origin.port], service)],
    },
  },
  [server],
);
const CHANGES: Fields[] = [
  {
    dimensions: {
      route: 'xds.route_name',
      path: 'request.path',
      who: "request.headers['x-who']",
      fixed: "'f'",
      made: "request.method + (response.code < 300 ? ' fine' : ' odd') + '!'",
    },
  },
  {
    name: 'requests_total',
    tags_to_remove: ['source_app'],
    dimensions: { destination_app: 'request.method' },
  },
];
const out = (name: string, filter: Fields, manager: Fields = {}): Fields =>
  meshListener(name, others[name] ?? 0, 'OUTBOUND', [exchange(true), filter], {
    route_config: routes([
      toCluster('told', {}, { path: '/told' }),
      { ...toCluster('plain', {}, { path: '/named' }), name: 'allow_any' },
      { ...toCluster('plain', {}, { path: '/route' }), name: 'by-name' },
      toCluster('PassthroughCluster', {}, { path: '/passthrough' }),
      toCluster('plain'),
    ]),
    ...manager,
  });
const outbound = await start(
  {
    node: node('frontend'),
    admin: adminOf(clientAdmin),
    static_resources: {
      listeners: [
        meshListener(
          'out',
          client,
          'OUTBOUND',
          [exchange(true), grpcStats(true), meshStats({ tcp_reporting_duration: '0.05s' })],
          {
            route_config: routes([
              toCluster('calls', {}, { prefix: '/shop.Catalog/' }),
              toCluster('outbound|80||catalog'),
            ]),
          },
        ),
        out('bare', meshStats()),
        out('strict', meshStats({ disable_host_header_fallback: true })),
        out('changed', meshStats({ metrics: CHANGES })),
        out('dropped', meshStats({ metrics: [{ name: 'request_bytes', drop: true }] })),
        out('waypoint', meshStats({ reporter: 'SERVER_GATEWAY' })),
      ],
      clusters: [
        cluster('outbound|80||catalog', [server], {
          ...service,
          transport_socket: upstream({
            ...trusted,
            tls_certificates: [
              { certificate_chain: { filename: frontend.cert }, private_key: { filename: frontend.key } },
            ],
          }),
        }),
        { ...cluster('calls', [calls.port], service), ...http2Hosts },
        { ...cluster('told', []), ...endpoint(origin.port, 'db;data;database;v3;Other') },
        cluster('plain', [origin.port]),
        cluster('PassthroughCluster', [origin.port]),
      ],
    },
  },
  [client],
);
t.teardown(async () => {
  await Promise.all([inbound.stop(), outbound.stop()]);
  await Promise.all([origin.close(), calls.close()]);
  authority.remove();
});

const isWatched = ({ labels }: Series): boolean => labels.destination_workload === 'watched';
const WHO = {
  source_workload: 'frontend',
  source_canonical_service: 'frontend',
  source_canonical_revision: 'v1',
  source_workload_namespace: 'shop',
  source_principal: FRONTEND,
  source_app: 'frontend',
  source_version: 'v1',
  source_cluster: 'Kubernetes',
  destination_workload: 'catalog',
  destination_workload_namespace: 'shop',
  destination_principal: CATALOG,
  destination_app: 'catalog',
  destination_version: 'v7',
  destination_service: SERVICE.host,
  destination_canonical_service: 'catalog',
  destination_canonical_revision: 'v7',
  destination_service_name: 'catalog',
  destination_service_namespace: 'shop',
  destination_cluster: 'Kubernetes',
};
const HTTP = {
  request_protocol: 'http',
  response_code: '200',
  grpc_response_status: '',
  response_flags: '-',
};

t.test('both ends of a connection with mutual TLS', async (t) => {
  t.equal((await ask(client, get('/'))).status, 200);
  const source = { reporter: 'source', ...WHO, ...HTTP, connection_security_policy: 'unknown' };
  const destination = { reporter: 'destination', ...WHO, ...HTTP, connection_security_policy: 'mutual_tls' };
  for (const [admin, labels] of [
    [clientAdmin, source],
    [serverAdmin, destination],
  ] as const) {
    const one = await series(admin, 'istio_requests_total', { response_code: '200' });
    t.same(one, { labels, value: 1 });
    t.strictSame(Object.keys(one.labels), Object.keys(labels), 'in the order of Istio');
    for (const name of ['request_duration_milliseconds', 'request_bytes', 'response_bytes']) {
      t.same(await series(admin, `istio_${name}_count`), { labels, value: 1 });
    }
    t.ok((await series(admin, 'istio_response_bytes_sum')).value > 2);
  }
  t.same(await series(clientAdmin, 'istio_build'), {
    labels: { component: 'proxy', tag: '1.29.6' },
    value: 1,
  });
});

t.test('names of statistics', async (t) => {
  const text = await (
    await fetch(`http://127.0.0.1:${serverAdmin}/stats?filter=istio_requests_total`)
  ).text();
  t.match(
    text,
    /^istiocustom\.istio_requests_total\.reporter\.destination\.source_workload\.frontend\..*\.source_principal\.spiffe:\/\/cluster\.local\/ns\/shop\/sa\/frontend\..*\.grpc_response_status\.response_flags\.-\.connection_security_policy\.mutual_tls: 1\n$/,
  );
});

t.test('calls and their messages', async (t) => {
  const body = Buffer.concat([frame('one'), frame('two')]).toString('latin1');
  const head = `POST /shop.Catalog/List HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc\r\n`;
  await ask(client, Buffer.from(`${head}content-length: ${body.length}\r\n\r\n${body}`, 'latin1'));
  const one = await series(clientAdmin, 'istio_requests_total', { request_protocol: 'grpc' });
  t.match(one, { value: 1, labels: { response_code: '200', grpc_response_status: '0' } });
  const sent = await series(clientAdmin, 'istio_request_messages_total');
  t.match(sent, { value: 2, labels: { reporter: 'source', destination_service: SERVICE.host } });
  t.notOk('request_protocol' in sent.labels);
  t.match(await series(clientAdmin, 'istio_response_messages_total'), { value: 1 });
});

t.test('a call that goes on', async (t) => {
  const body = frame('watch').toString('latin1');
  const head = 'POST /shop.Catalog/Watch HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc\r\n';
  const connection = new Client(client);
  t.teardown(() => connection.close());
  connection.send(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  const watched = { destination_workload: 'watched' };
  t.match(await series(clientAdmin, 'istio_request_messages_total', watched), { value: 1 });
  t.match(await series(clientAdmin, 'istio_response_messages_total', watched), { value: 1 });
  t.same(
    await metric(clientAdmin, 'istio_requests_total').then((all) => all.filter(isWatched)),
    [],
    'not over',
  );
  endWatch();
  t.match(await series(clientAdmin, 'istio_requests_total', watched), { value: 1 });
  t.match(
    await series(clientAdmin, 'istio_request_messages_total', watched),
    { value: 1 },
    'no more of them',
  );
});

/** What counts a request to this listener; `wanted` tells it from those before. */
async function counted(name: string, path: string, wanted: Record<string, string>, more = '') {
  await ask(others[name] ?? 0, get(path, more, 'www.example.com'));
  return (await series(clientAdmin, 'istio_requests_total', wanted)).labels;
}
const NOBODY = {
  destination_workload: 'unknown',
  destination_workload_namespace: 'unknown',
  destination_principal: 'unknown',
  destination_app: 'unknown',
  destination_canonical_service: 'unknown',
  destination_canonical_revision: 'latest',
  destination_service_namespace: 'unknown',
  destination_cluster: 'unknown',
};

t.test('who is not of the mesh', async (t) => {
  const host = { destination_service: 'www.example.com', destination_service_name: 'www.example.com' };
  t.match(await counted('bare', '/', { destination_service_name: 'www.example.com' }), {
    ...NOBODY,
    ...host,
  });
  const passthrough = { ...host, destination_service_name: 'PassthroughCluster' };
  t.match(
    await counted('bare', '/passthrough', { destination_service_name: 'PassthroughCluster' }),
    passthrough,
  );
  t.match(await counted('bare', '/named', { destination_service_name: 'PassthroughCluster' }), passthrough);
  t.match(await counted('strict', '/', { destination_service_name: 'unknown' }), {
    ...NOBODY,
    destination_service: 'unknown',
  });
});

t.test('what the control plane says of a host', async (t) => {
  t.match(await counted('bare', '/told', { destination_workload: 'db' }), {
    destination_workload_namespace: 'data',
    destination_canonical_service: 'database',
    destination_canonical_revision: 'v3',
    destination_app: 'unknown',
    destination_cluster: 'Other',
    destination_service_namespace: 'data',
  });
});

t.test('labels that are taken away, replaced and added', async (t) => {
  const labels = await counted('changed', '/route', { path: '/route' }, 'x-who: me\r\n');
  t.match(labels, { route: 'by-name', who: 'me', fixed: 'f', made: 'GET fine!', destination_app: 'GET' });
  t.notOk('source_app' in labels);
  t.strictSame(Object.keys(labels).slice(-5), ['fixed', 'made', 'path', 'route', 'who']);
  t.match(await counted('changed', '/none', { path: '/none' }), { route: '', who: 'unknown' });
  const [bytes] = (await metric(clientAdmin, 'istio_request_bytes_count')).filter(
    (one) => one.labels.path === '/none',
  );
  t.match(bytes, { value: 1, labels: { source_app: 'frontend', destination_app: 'unknown' } });
});

t.test('a metric that is dropped', async (t) => {
  const count = async (name: string): Promise<number> =>
    (await metric(clientAdmin, name)).reduce((sum, { value }) => sum + value, 0);
  const before = [await count('istio_request_bytes_count'), await count('istio_response_bytes_count')];
  await ask(others.dropped ?? 0, get('/', '', 'dropped.example.com'));
  await series(clientAdmin, 'istio_requests_total', { destination_service: 'dropped.example.com' });
  t.equal(await count('istio_request_bytes_count'), before[0]);
  t.equal(await count('istio_response_bytes_count'), (before[1] ?? 0) + 1);
});

t.test('a proxy of others', async (t) => {
  t.match(await counted('waypoint', '/', { reporter: 'waypoint' }), {
    source_workload: 'unknown',
    destination_workload: 'unknown',
    destination_canonical_revision: 'unknown',
    connection_security_policy: 'none',
  });
});
