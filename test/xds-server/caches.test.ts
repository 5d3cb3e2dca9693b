import t from 'tap';
import {
  any,
  type Cluster,
  type InconsistentError,
  LinearCache,
  type Listener,
  MuxCache,
  type NodeInfo,
  Resource,
  ResourceError,
  ResourceMap,
  Snapshot,
  SnapshotCache,
  typeUrls,
  View,
} from '../../src/xds-server/index.ts';
import { cluster, decode, endpoints, listener, route } from './client.ts';

const node = (id: string, more = {}): NodeInfo => ({ id, cluster: 'c', ...more });
const { clusters: CDS, endpoints: EDS } = typeUrls;

t.test('a resource: its name, its version, its bytes', async (t) => {
  const one = Resource.of('clusters', cluster('a'));
  t.equal(one.name, 'a');
  t.equal(one.typeUrl, CDS);
  t.same(one.json(), cluster('a'));
  t.same(decode('envoy.config.cluster.v3.Cluster', one.bytes), cluster('a'));
  t.equal(one.version, Resource.of('clusters', { ...cluster('a') }).version, 'of the content');
  t.not(one.version, Resource.of('clusters', cluster('a', { connect_timeout: '2s' })).version);
  const again = Resource.of('clusters', one.bytes, { version: '7' });
  t.same([again.name, again.version, again.json()], ['a', '7', cluster('a')]);
  const response = decode('envoy.service.discovery.v3.DiscoveryResponse', again.sotwField);
  t.same(response.resources, [{ '@type': CDS, ...cluster('a') }]);
  const delta = decode('envoy.service.discovery.v3.DeltaDiscoveryResponse', again.deltaField);
  t.match(delta.resources, [{ name: 'a', version: '7', resource: { '@type': CDS, ...cluster('a') } }]);
  t.equal(again.sotwField.buffer, again.deltaField.buffer, 'one copy of the bytes for both');
  const own = Resource.of('type.googleapis.com/my.Thing', Buffer.from([8, 1]), { name: 'x' });
  t.same([own.typeUrl, own.name, own.bytes.length], ['type.googleapis.com/my.Thing', 'x', 2]);
});

t.test('what is wrong with resources is said with its place', async (t) => {
  const clusters = [
    cluster('a'),
    { name: 'b', connect_timout: '1s' },
    { name: 'c', lb_policy: 'ROUND' },
    { name: '', connect_timeout: '-1s' },
    cluster('a'),
  ];
  try {
    Snapshot.of({ clusters });
    t.fail('it was taken');
  } catch (error) {
    t.ok(error instanceof ResourceError);
    t.match((error as ResourceError).findings, [
      { path: 'clusters[1].connect_timout', suggestion: 'connect_timeout' },
      { path: 'clusters[2].lb_policy' },
      { path: 'clusters[3].name' },
      { path: 'clusters[3].connect_timeout' },
      { path: 'clusters[4]', message: /second/ },
    ]);
  }
  t.throws(
    () => Resource.of('virtualHosts', { name: 'a', domains: ['*'] }),
    /name: is not "<route table>\/<name>"/,
  );
  t.throws(() => Resource.of('my.Thing', { a: 1 }), /there is no message my.Thing/);
});

t.test('the compiler knows the messages', async (t) => {
  const good: Cluster = { name: 'a', type: 'STRICT_DNS', connect_timeout: '0.5s' };
  // @ts-expect-error: there is no such field
  const field: Cluster = { name: 'a', typ: 'STATIC' };
  // @ts-expect-error: there is no such value
  const value: Cluster = { name: 'a', type: 'STATICC' };
  const filter = (typed_config: object): Listener => ({
    // @ts-expect-error: anything could be in it
    filter_chains: [{ filters: [{ name: 'x', typed_config }] }],
  });
  const tcp: Listener = {
    filter_chains: [
      {
        filters: [
          {
            name: 'tcp',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
              stat_prefix: 'x',
              // @ts-expect-error: nor this, in the message that @type names
              clusterr: 'a',
            },
          },
          { name: 'own', typed_config: any('my.own.Filter', { anything: true }) },
        ],
      },
    ],
  };
  t.same(any('my.Thing', { a: 1 }), { '@type': 'type.googleapis.com/my.Thing', a: 1 });
  t.ok([good, field, value, filter, tcp]);
  new LinearCache('endpoints', [endpoints('a', 1)]);
  // @ts-expect-error: a listener among endpoints
  t.throws(() => new LinearCache('endpoints', [listener('l', 1, 'r')]), ResourceError);
});

t.test('maps with a common past are compared by their changes', async (t) => {
  const make = (name: string, timeout = 1): Resource =>
    Resource.of('clusters', cluster(name, { connect_timeout: `${timeout}s` }));
  const all = Array.from({ length: 1000 }, (_, i) => make(`c${i}`));
  const first = ResourceMap.of(all);
  let map = first;
  const model = new Map(all.map((each) => [each.name, each]));
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const past: [ResourceMap, Map<string, Resource>][] = [];
  for (let step = 0; step < 600; step++) {
    const name = `c${random(1100)}`;
    const next = random(3) === 0 ? undefined : make(name, 1 + random(3));
    map = map.with([[name, next]]);
    if (next === undefined) model.delete(name);
    else model.set(name, next);
    if (step % 50 === 0) past.push([map, new Map(model)]);
  }
  const names = (list: Iterable<Resource>): string[] => Array.from(list, ({ name }) => name).sort();
  t.equal(map.size, model.size);
  t.same(names(map), [...model.keys()].sort());
  for (const [before, then] of past) {
    const { changed, removed } = map.since(before);
    const wanted = [...model.values()].filter((each) => each.version !== then.get(each.name)?.version);
    t.same(names(changed), names(wanted));
    t.same(names(removed), [...then.keys()].filter((name) => !model.has(name)).sort());
    t.equal(map.since(before), map.since(before), 'found once');
  }
  t.same(map.since(map), { changed: [], removed: [] });
});

t.test('snapshots: groups, versions, what does not change', async (t) => {
  const cache = new SnapshotCache({ hash: ({ cluster }) => cluster, fallback: 'rest' });
  const calls: string[] = [];
  const stop = cache.watch(node('x', { cluster: 'edge' }), () => calls.push('edge'));
  cache.watch(node('y', { cluster: 'other' }), () => calls.push('other'));
  t.equal(cache.view(node('x', { cluster: 'edge' }), CDS), undefined);
  const clusters = [cluster('a', { type: 'STATIC' })];
  cache.set('edge', { clusters }, '1');
  t.same(calls, ['edge']);
  cache.set('rest', { clusters: [] }, 'r');
  t.same(calls, ['edge', 'edge', 'other']);
  const view = cache.view(node('z', { cluster: 'edge' }), CDS);
  t.equal(view?.version, '1');
  t.equal(cache.view(node('z', { cluster: 'unknown' }), CDS)?.version, 'r');
  cache.set('edge', { clusters: [cluster('a', { type: 'STATIC' })] }, '2');
  t.equal(cache.view(node('z', { cluster: 'edge' }), CDS), view, 'the same content: the same view');
  cache.set('edge', { clusters: [...clusters, cluster('b', { type: 'STATIC' })] }, '3');
  const next = cache.view(node('z', { cluster: 'edge' }), CDS);
  t.equal(next?.version, '3');
  t.equal(next?.resources.get('a'), view?.resources.get('a'), 'bytes of what stays are shared');
  t.same(cache.groups, ['edge', 'rest']);
  stop();
  calls.length = 0;
  cache.delete('edge');
  t.same(calls, []);
  t.equal(cache.view(node('z', { cluster: 'edge' }), CDS)?.version, 'r');
  const snapshot = new Snapshot({ clusters }, { clusters: '9' });
  t.equal(snapshot.version('clusters'), '9');
  t.match(snapshot.version('listeners'), /^.{16}$/);
  const changed = snapshot.with({ endpoints: [endpoints('a', 1)] });
  t.equal(changed.view(CDS), snapshot.view(CDS));
  t.same([...changed.resources('endpoints').keys()], ['a']);
});

t.test('snapshots that do not fit together', async (t) => {
  const cache = new SnapshotCache();
  const good = {
    clusters: [cluster('a'), cluster('b', { type: 'STATIC' })],
    endpoints: [endpoints('a', 1)],
    listeners: [listener('l', 1, 'r')],
    routes: [route('r', 'a')],
  };
  cache.set('x', good, '1');
  const bad = { ...good, endpoints: [endpoints('z', 1)], routes: [] };
  t.throws(() => cache.set('x', bad, '2'), {
    name: 'InconsistentError',
    problems: [
      'the endpoints "a" that cluster "a" needs is missing',
      'no cluster asks for the endpoints "z"',
      'the route table "r" that listener "l" needs is missing',
    ],
  } as unknown as InconsistentError);
  t.equal(cache.get('x')?.version('clusters'), '1', 'the one before stays');
  const service = cluster('a', {
    eds_cluster_config: { eds_config: { ads: {} }, service_name: 'z' },
  });
  t.same(new Snapshot({ clusters: [service], endpoints: [endpoints('z', 1)] }).check(), []);
  const file = cluster('a', {
    eds_cluster_config: { eds_config: { path_config_source: { path: '/x' } } },
  });
  t.same(new Snapshot({ clusters: [file] }).check(), [], 'endpoints in a file are not ours');
  const scoped = new Snapshot({
    scopedRoutes: [{ name: 's', route_configuration_name: 'q', key: { fragments: [{ string_key: 'k' }] } }],
    routes: [route('q', 'a')],
  });
  t.same(scoped.check(), []);
});

t.test('a linear cache', async (t) => {
  const cache = new LinearCache('endpoints', [endpoints('a', 1)], { versionPrefix: 'p' });
  let calls = 0;
  const stop = cache.watch(node('x'), () => calls++);
  t.equal(cache.version, 'p0');
  cache.set(endpoints('b', 1));
  cache.set(endpoints('b', 1));
  t.same([cache.version, calls, cache.size], ['p1', 1, 2], 'the same again is no change');
  cache.update([endpoints('c', 1), endpoints('a', 2)], ['b', 'never there']);
  t.same([cache.version, calls], ['p2', 2]);
  t.same(Array.from(cache, ({ name }) => name).sort(), ['a', 'c']);
  cache.replace([endpoints('a', 2), endpoints('d', 1)]);
  t.same(Array.from(cache, ({ name }) => name).sort(), ['a', 'd']);
  t.throws(() => cache.update([endpoints('e', 1), { cluster_nam: 'f' } as never]), ResourceError);
  t.equal(cache.get('e'), undefined, 'all or none');
  t.throws(() => cache.set(Resource.of('clusters', cluster('a'))), /is a .*Cluster, not/);
  t.equal(cache.view(node('x'), CDS), undefined);
  stop();
  cache.delete('a');
  t.equal(calls, 3);
});

t.test('several caches as one', async (t) => {
  const hosts = new LinearCache('endpoints', [endpoints('a', 1)]);
  const rest = new SnapshotCache({ check: false });
  const special = new LinearCache('clusters', [cluster('s')]);
  const mux = new MuxCache({
    types: { endpoints: hosts },
    fallback: rest,
    route: ({ id }, typeUrl) => (id === 'special' && typeUrl === CDS ? special : undefined),
  });
  let calls = 0;
  const stop = mux.watch(node('n'), () => calls++);
  rest.set('n', { clusters: [cluster('a')], endpoints: [endpoints('not asked', 1)] }, '1');
  hosts.set(endpoints('b', 1));
  t.equal(calls, 2);
  t.same(Array.from(mux.view(node('n'), EDS)?.resources ?? [], ({ name }) => name).sort(), ['a', 'b']);
  t.ok(mux.view(node('n'), CDS)?.find('a'));
  t.ok(mux.view(node('special'), CDS)?.find('s'));
  special.set(cluster('t'));
  t.equal(calls, 3, 'also of a source that was found later');
  stop();
  special.delete('t');
  t.equal(calls, 3);
  t.equal(new View(CDS, '1', [Resource.of('clusters', cluster('a'))]).find('b'), undefined);
});
