// Peers of a mesh say in headers who they are.
// observes: io.istio.http.peer_metadata.Config: downstream_discovery upstream_discovery
// observes: io.istio.http.peer_metadata.Config: downstream_propagation upstream_propagation
// observes: io.istio.http.peer_metadata.Config.DiscoveryMethod: istio_headers
// observes: io.istio.http.peer_metadata.Config.PropagationMethod: istio_headers
// observes: io.istio.http.peer_metadata.Config.IstioHeaders: skip_external_clusters
// observes: envoy.config.cluster.v3.Cluster: metadata
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { structToPlain } from '../../src/api/well_known.ts';
import { decodeWire } from '../../src/api/wire.ts';
import {
  answer,
  ask,
  cluster,
  type Fields,
  freePort,
  get,
  header,
  type Json,
  listener,
  Origin,
  router,
  start,
  toCluster,
} from './support.ts';

const NAME = 'x-envoy-peer-metadata';
const pool = DescriptorPool.load();
const plain = (value: string): unknown =>
  structToPlain(decodeWire(pool, 'google.protobuf.Struct', Buffer.from(value, 'base64')));
const OURS = { NAME: 'shop-1', REGION: 'r', AVAILABILITY_ZONE: 'z', LABELS: { app: 'catalog' } };

/** Says what it has got of a peer, and who it is itself. */
const origin = await new Origin(({ headers }) =>
  answer(
    JSON.stringify(Object.fromEntries(headers.filter(([name]) => name.startsWith(NAME)))),
    `${NAME}: theirs\r\n${NAME}-id: host\r\n`,
  ),
).listen();

const own: Json[] = [{ istio_headers: {} }];
const FILTERS: Readonly<Record<string, Fields>> = {
  nothing: {},
  sidecar: { upstream_discovery: [...own, { workload_discovery: {} }], upstream_propagation: own },
  asked: { downstream_discovery: own, upstream_discovery: own, downstream_propagation: own },
  kept: { upstream_propagation: own },
  outside: { upstream_propagation: [{ istio_headers: { skip_external_clusters: true } }] },
};
const filter = (value: Fields): Fields => ({
  name: 'istio.metadata_exchange',
  typed_config: {
    '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct',
    type_url: 'type.googleapis.com/io.istio.http.peer_metadata.Config',
    value,
  },
});
const tagged = (istio: Fields): Fields => ({ metadata: { filter_metadata: { istio } } });

const ports: Record<string, number> = {};
for (const name of Object.keys(FILTERS)) ports[name] = await freePort();
const running = await start(
  {
    node: {
      id: 'sidecar~1',
      cluster: 'c',
      locality: { region: 'r', zone: 'z' },
      metadata: { NAME: 'shop-1', LABELS: { app: 'catalog', other: 'not told' } },
    },
    static_resources: {
      listeners: Object.entries(FILTERS).map(([name, value]) =>
        listener(name, ports[name] ?? 0, {
          http_filters: [filter(value), router],
          route_config: {
            name,
            virtual_hosts: [
              {
                name,
                domains: ['*'],
                routes: [
                  toCluster('external', {}, { path: '/external' }),
                  toCluster('silent', {}, { path: '/silent' }),
                  toCluster('PassthroughCluster', {}, { path: '/passthrough' }),
                  {
                    match: { path: '/weighted' },
                    route: { weighted_clusters: { clusters: [{ name: 'silent', weight: 1 }] } },
                  },
                  toCluster('plain'),
                ],
              },
            ],
          },
        }),
      ),
      clusters: [
        cluster('plain', [origin.port]),
        cluster('PassthroughCluster', [origin.port]),
        cluster('external', [origin.port], tagged({ external: true })),
        cluster('silent', [origin.port], tagged({ disable_mx: true })),
      ],
    },
  },
  Object.values(ports),
);
t.teardown(async () => {
  await running.stop();
  await origin.close();
});

async function seen(name: string, path = '/', more = '') {
  const response = await ask(ports[name] ?? 0, get(path, more));
  const got = JSON.parse(response.body.toString()) as Record<string, string>;
  return { got, back: header(response, NAME), backId: header(response, `${NAME}-id`) };
}
const CLIENT = `${NAME}: client\r\n${NAME}-id: me\r\n`;

t.test('a filter that is to do nothing', async (t) => {
  t.same(await seen('nothing', '/', CLIENT), {
    got: { [NAME]: 'client', [`${NAME}-id`]: 'me' },
    back: 'theirs',
    backId: 'host',
  });
});

t.test('hosts are told, and what they say is not for the client', async (t) => {
  const { got, back, backId } = await seen('sidecar', '/', CLIENT);
  t.same(plain(got[NAME] ?? ''), OURS);
  t.equal(got[`${NAME}-id`], 'sidecar~1');
  t.same([back, backId], [undefined, undefined]);
  t.equal((await seen('kept')).back, 'theirs', 'unless nobody takes it out');
});

t.test('clients are told if they have told, and hosts nothing of them', async (t) => {
  t.same(await seen('asked'), { got: {}, back: undefined, backId: undefined });
  const both = await seen('asked', '/', CLIENT);
  t.same(both.got, {});
  t.same(plain(both.back ?? ''), OURS);
  t.equal(both.backId, 'sidecar~1');
  const one = await seen('asked', '/', `${NAME}-id: me\r\n`);
  t.same(one, { got: {}, back: undefined, backId: 'sidecar~1' });
});

t.test('clusters that are not to be told', async (t) => {
  const told = async (name: string, path: string): Promise<boolean> => NAME in (await seen(name, path)).got;
  t.same(
    [await told('kept', '/'), await told('kept', '/silent'), await told('kept', '/weighted')],
    [true, false, false],
  );
  t.same([await told('kept', '/external'), await told('kept', '/passthrough')], [true, true]);
  t.same([await told('outside', '/external'), await told('outside', '/passthrough')], [false, false]);
  t.same([await told('outside', '/'), await told('outside', '/silent')], [true, false]);
});
