import t from 'tap';
import { LinearCache, Resource, SnapshotCache, typeUrls } from '../../src/xds-server/index.ts';
import { cluster, endpoints, route } from './client.ts';
import { serve } from './support.ts';

const node = { id: 'edge-1', cluster: 'edge' };
const { clusters: CDS, virtualHosts: VHDS } = typeUrls;
const CDS_STREAM = '/envoy.service.cluster.v3.ClusterDiscoveryService/DeltaClusters';
const EDS_STREAM = '/envoy.service.endpoint.v3.EndpointDiscoveryService/DeltaEndpoints';
const VHDS_STREAM = '/envoy.service.route.v3.VirtualHostDiscoveryService/DeltaVirtualHosts';

const cacheOf = (): SnapshotCache => new SnapshotCache({ check: false });

t.test('additions, changes, removals', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  const first = await stream.next();
  t.equal(first.version, '1');
  t.same(first.names, ['a', 'b']);
  const [a] = first.resources as { version: string; resource: object }[];
  t.same(a?.resource, { '@type': CDS, ...cluster('a') });
  t.match(a?.version, /^.{16}$/);
  stream.ack(first);
  cache.set('edge-1', { clusters: [cluster('b', { connect_timeout: '3s' }), cluster('c')] }, '2');
  const second = await stream.next();
  t.same(second.names, ['b', 'c']);
  t.same(second.removed, ['a']);
  stream.ack(second);
  await server.settled();
  t.match(server.clients()[0]?.subscriptions[0], { acknowledged: '2', wildcard: true });
});

t.test('names are subscribed to and given up one by one', async (t) => {
  const cache = new LinearCache('endpoints', [endpoints('a', 1), endpoints('b', 1)]);
  const { client, server } = await serve(t, cache);
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names_subscribe: ['a', 'nothing'] });
  const first = await stream.next();
  t.same(first.names, ['a']);
  t.same(first.removed, ['nothing'], 'it is said that there is none');
  stream.ack(first);
  stream.send({ resource_names_subscribe: ['b'], resource_names_unsubscribe: ['a'] });
  const second = await stream.next();
  t.same(second.names, ['b']);
  stream.ack(second);
  cache.update([endpoints('a', 2), endpoints('b', 2), endpoints('nothing', 1)]);
  const third = await stream.next();
  t.same([...third.names].sort(), ['b', 'nothing']);
  stream.ack(third);
  stream.send({ resource_names_subscribe: ['b'] });
  const again = await stream.next();
  t.same(again.names, ['b'], 'asked for again, sent again');
  stream.ack(again);
  cache.delete('b');
  const last = await stream.next();
  t.same(last.removed, ['b']);
  stream.ack(last);
  await server.settled();
  t.equal(stream.waiting, 0);
});

t.test('changes of names count whatever their nonce', async (t) => {
  const cache = new LinearCache('endpoints', [endpoints('a', 1), endpoints('b', 1)]);
  const { client } = await serve(t, cache);
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names_subscribe: ['a'] });
  const first = await stream.next();
  stream.send({ response_nonce: 'never sent', resource_names_subscribe: ['b'] });
  await new Promise(setImmediate);
  t.equal(stream.waiting, 0, 'the first response has not been answered');
  stream.ack(first);
  t.same((await stream.next()).names, ['b']);
});

t.test('a client that comes back says what it has', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  const snapshot = cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '1');
  const version = (name: string): string => snapshot.resources('clusters').get(name)?.version ?? '';
  const same = client.stream(CDS_STREAM);
  same.send({ node, initial_resource_versions: { a: version('a'), b: version('b') } });
  await server.settled();
  const other = client.stream(CDS_STREAM);
  other.send({ node, initial_resource_versions: { a: version('a'), b: 'old', gone: 'x' } });
  const answer = await other.next();
  t.same(answer.names, ['b']);
  t.same(answer.removed, ['gone']);
  t.equal(same.waiting, 0);
  cache.set('edge-1', { clusters: [cluster('a')] }, '2');
  t.same((await same.next()).removed, ['b']);
});

t.test('everything and names besides', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node, resource_names_subscribe: ['a'] });
  const named = await stream.next();
  t.same(named.names, ['a']);
  stream.ack(named, { resource_names_subscribe: ['*'] });
  const all = await stream.next();
  t.same(all.names, ['a', 'b']);
  stream.ack(all, { resource_names_unsubscribe: ['a'] });
  const again = await stream.next();
  t.same(again.names, ['a'], 'the client dropped it, and still wants everything');
  stream.ack(again, { resource_names_unsubscribe: ['*'] });
  cache.set('edge-1', { clusters: [cluster('c')] }, '2');
  await server.settled();
  t.equal(stream.waiting, 0, 'it wants nothing any more');
});

t.test('a refused response', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  stream.nack(await stream.next(), 'b is bad');
  await server.settled();
  t.equal(stream.waiting, 0, 'it is not repeated');
  t.match(server.clients()[0]?.subscriptions[0], { refusal: { error: { message: 'b is bad' } } });
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b', { connect_timeout: '9s' })] }, '2');
  const next = await stream.next();
  t.same([...next.names].sort(), ['a', 'b']);
  stream.ack(next);
  await server.settled();
  t.match(server.clients()[0]?.subscriptions[0], { refusal: undefined, acknowledged: '2' });
});

t.test('removals in a refused response come again with the next', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b'), cluster('c')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  stream.ack(await stream.next());
  cache.set('edge-1', { clusters: [cluster('a')] }, '2');
  const second = await stream.next();
  t.same([...second.removed].sort(), ['b', 'c']);
  stream.nack(second, 'no');
  await server.settled();
  t.equal(stream.waiting, 0);
  cache.set('edge-1', { clusters: [cluster('a', { connect_timeout: '2s' }), cluster('c')] }, '3');
  const third = await stream.next();
  t.same([[...third.names].sort(), third.removed], [['a', 'c'], ['b']]);
  stream.ack(third);
  cache.set('edge-1', { clusters: [cluster('a', { connect_timeout: '3s' }), cluster('c')] }, '4');
  t.same((await stream.next()).removed, []);
});

t.test('what a client gave up it does not have any more, whatever it said first', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache);
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names_subscribe: ['a'], initial_resource_versions: { a: 'v', b: 'w' } });
  stream.send({ resource_names_unsubscribe: ['a'] });
  stream.send({ resource_names_subscribe: ['a'] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const a = Resource.of('endpoints', endpoints('a', 1), { version: 'v' });
  cache.set('edge-1', { endpoints: [a] });
  const answer = await stream.next();
  t.same([answer.names, answer.removed], [['a'], ['b']]);
});

t.test('an empty first response to who wants everything', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache);
  cache.set('edge-1', {}, '1');
  const stream = client.stream('delta');
  stream.send({ node, type_url: CDS });
  const answer = await stream.next();
  t.same(answer.names, []);
  t.equal(answer.typeUrl, CDS);
});

t.test('virtual hosts: by route table, on demand by alias', async (t) => {
  const host = (domain: string): object => ({ name: `r/${domain}`, domains: [domain] });
  const asked: string[] = [];
  const make = (domain: string): Resource =>
    Resource.of('virtualHosts', host(domain), { aliases: [`r/www.${domain}`] });
  const cache = new LinearCache('virtualHosts', [make('a.example')], {
    onDemand: (names) => {
      asked.push(...names);
      if (names.includes('r/www.b.example')) cache.set(make('b.example'));
    },
  });
  const { client } = await serve(t, cache);
  const stream = client.stream(VHDS_STREAM);
  stream.send({ node, resource_names_subscribe: ['r'] });
  const first = await stream.next();
  t.same(first.names, ['r/a.example']);
  t.equal(first.typeUrl, VHDS);
  stream.ack(first, { resource_names_subscribe: ['r/www.b.example'] });
  const second = await stream.next();
  t.same(second.names, ['r/b.example']);
  t.match(second.resources[0], { aliases: ['r/www.b.example'], resource: { domains: ['b.example'] } });
  stream.ack(second, { resource_names_subscribe: ['r/c.example'] });
  const third = await stream.next();
  t.same(third.resources, [{ name: 'r/c.example', aliases: ['r/c.example'] }], 'nothing stands behind it');
  t.same(asked, ['r/www.b.example', 'r/c.example']);
  stream.ack(third);
  cache.set(make('d.example'));
  t.same((await stream.next()).names, ['r/d.example'], 'all of the table');
});

t.test('collections', async (t) => {
  const name = (collection: string, each: string, more = ''): string =>
    `xdstp://me/envoy.config.endpoint.v3.ClusterLoadAssignment/${collection}/${each}${more}`;
  const cache = new LinearCache('endpoints', [
    endpoints(name('a', 'one'), 1),
    endpoints(name('a', 'two', '?zone=1'), 1),
    endpoints(name('b', 'three'), 1),
    endpoints('plain', 1),
  ]);
  const { client } = await serve(t, cache);
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names_subscribe: [name('a', '*'), name('c', '*')] });
  const first = await stream.next();
  t.same([first.names, first.removed], [[name('a', 'one')], []], 'a collection may be empty');
  stream.ack(first, { resource_names_subscribe: [name('a', '*', '?zone=1')] });
  const second = await stream.next();
  t.same(second.names, [name('a', 'two', '?zone=1')]);
  stream.ack(second);
  cache.update([endpoints(name('c', 'new'), 1), endpoints(name('b', 'new'), 1)], [name('a', 'one')]);
  const third = await stream.next();
  t.same([third.names, third.removed], [[name('c', 'new')], [name('a', 'one')]]);
  const sotw = client.stream('sotw');
  sotw.send({ node, type_url: typeUrls.endpoints, resource_names: [name('b', '*'), 'plain'] });
  t.same([...(await sotw.next()).names].sort(), ['plain', name('b', 'new'), name('b', 'three')]);
});

t.test('state of the world and delta say the same', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache);
  cache.set('edge-1', { routes: [route('r', 'a')] }, '1');
  const name = typeUrls.routes;
  const sotw = client.stream('sotw');
  sotw.send({ node, type_url: name, resource_names: ['r'] });
  const delta = client.stream('delta');
  delta.send({ node, type_url: name, resource_names_subscribe: ['r'] });
  const [one] = (await sotw.next()).resources;
  const [other] = (await delta.next()).resources as { resource: object }[];
  t.same(one, other?.resource);
});
