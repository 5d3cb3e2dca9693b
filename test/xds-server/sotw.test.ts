import t from 'tap';
import { SnapshotCache, typeUrls } from '../../src/xds-server/index.ts';
import { cluster, endpoints, listener, route } from './client.ts';
import { eventually } from '../e2e/support.ts';
import { serve } from './support.ts';

const node = { id: 'edge-1', cluster: 'edge' };
const { clusters: CDS, endpoints: EDS, listeners: LDS, routes: RDS } = typeUrls;
const CDS_STREAM = '/envoy.service.cluster.v3.ClusterDiscoveryService/StreamClusters';
const EDS_STREAM = '/envoy.service.endpoint.v3.EndpointDiscoveryService/StreamEndpoints';

const cacheOf = (): SnapshotCache => new SnapshotCache({ check: false });

t.test('a version, its acknowledgement, the next', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '1');
  const stream = client.stream('sotw');
  stream.send({ node, type_url: CDS });
  const first = await stream.next();
  t.equal(first.version, '1');
  t.equal(first.typeUrl, CDS);
  t.same(first.names, ['a', 'b']);
  t.same(first.resources[0], { '@type': CDS, ...cluster('a') });
  t.match(server.clients()[0]?.subscriptions[0], { pending: true, acknowledged: undefined, sent: '1' });
  stream.ack(first);
  await server.settled();
  const [status] = server.clients();
  t.equal(status?.node.id, 'edge-1');
  t.match(status?.subscriptions[0], { typeUrl: CDS, acknowledged: '1', pending: false, wildcard: true });
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b', { connect_timeout: '2s' })] }, '2');
  const second = await stream.next();
  t.equal(second.version, '2');
  t.same(second.names, ['a', 'b'], 'all clusters, as what is left out would be gone');
  t.not(second.nonce, first.nonce);
});

t.test('nothing is pushed before the answer, then the newest', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  const first = await stream.next();
  for (let i = 2; i < 50; i++) cache.set('edge-1', { clusters: [cluster(`a${i}`)] }, String(i));
  await new Promise(setImmediate);
  t.equal(stream.waiting, 0);
  stream.ack(first);
  const second = await stream.next();
  t.equal(second.version, '49');
  t.same(second.names, ['a49']);
  stream.ack(second);
  await server.settled();
  t.equal(stream.waiting, 0);
});

t.test('a client that does not answer is sent the next version after a while', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache, { holdMs: 20 });
  cache.set('edge-1', { clusters: [cluster('a')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  const first = await stream.next();
  cache.set('edge-1', { clusters: [cluster('b')] }, '2');
  const second = await stream.next();
  t.equal(second.version, '2');
  stream.ack(first);
  stream.ack(second);
});

t.test('what did not change is not sent again, and keeps its version', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  const clusters = [cluster('a')];
  cache.set('edge-1', { clusters, listeners: [listener('l', 1, 'r')] }, '1');
  const stream = client.stream('sotw');
  stream.send({ node, type_url: CDS });
  stream.ack(await stream.next());
  stream.send({ type_url: LDS });
  stream.ack(await stream.next());
  cache.set('edge-1', { clusters, listeners: [listener('l', 2, 'r')] }, '2');
  const next = await stream.next();
  t.equal(next.typeUrl, LDS);
  t.equal(next.version, '2');
  stream.ack(next);
  await server.settled();
  t.match(
    server.clients()[0]?.subscriptions.map(({ acknowledged }) => acknowledged),
    ['1', '2'],
  );
});

t.test('a refused version is not repeated; the next one is sent', async (t) => {
  const cache = cacheOf();
  const nacks: unknown[] = [];
  const { client, server } = await serve(t, cache, {
    callbacks: { onNack: (_stream, answer) => nacks.push(answer) },
  });
  cache.set('edge-1', { clusters: [cluster('a')] }, '1');
  const stream = client.stream(CDS_STREAM);
  stream.send({ node });
  stream.ack(await stream.next());
  cache.set('edge-1', { clusters: [cluster('bad')] }, '2');
  stream.nack(await stream.next(), 'bad is bad', { version_info: '1' });
  await server.settled();
  t.equal(stream.waiting, 0);
  t.same(nacks, [{ typeUrl: CDS, version: '2', error: { code: 3, message: 'bad is bad' } }]);
  t.match(server.clients()[0]?.subscriptions[0], {
    acknowledged: '1',
    refusal: { version: '2', error: { message: 'bad is bad' } },
  });
  cache.set('edge-1', { clusters: [cluster('good')] }, '3');
  const good = await stream.next();
  t.same(good.names, ['good']);
  stream.ack(good);
  await server.settled();
  t.match(server.clients()[0]?.subscriptions[0], { acknowledged: '3', refusal: undefined });
});

t.test('answers to anything but the latest response count for nothing', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { endpoints: [endpoints('a', 1), endpoints('b', 1)] }, '1');
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names: ['a'] });
  const first = await stream.next();
  stream.ack(first, { resource_names: ['a', 'b'] });
  const second = await stream.next();
  t.same(second.names, ['b'], 'only what is new');
  stream.nack(first, 'late', { resource_names: ['a'] });
  stream.ack({ ...first, nonce: 'never sent' }, { resource_names: [] });
  stream.ack(second, { resource_names: ['a', 'b'] });
  await server.settled();
  t.match(server.clients()[0]?.subscriptions[0], { names: 2, acknowledged: '1', refusal: undefined });
});

t.test('named resources: only what changed of them, and what is asked for anew', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  const all = (b: number) => [endpoints('a', 1), endpoints('b', b), endpoints('c', 1)];
  cache.set('edge-1', { endpoints: all(1) }, '1');
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names: ['a', 'b', 'later'] });
  const first = await stream.next();
  t.same(first.names, ['a', 'b']);
  stream.ack(first, { resource_names: ['a', 'b', 'later'] });
  cache.set('edge-1', { endpoints: all(2) }, '2');
  const second = await stream.next();
  t.same(second.names, ['b']);
  stream.ack(second, { resource_names: ['a', 'later'] });
  cache.set('edge-1', { endpoints: [...all(3), endpoints('later', 1)] }, '3');
  const third = await stream.next();
  t.same(third.names, ['later'], 'it is there now; b is not asked for any more');
  stream.ack(third, { resource_names: ['a', 'b', 'later'] });
  const fourth = await stream.next();
  t.same(fourth.names, ['b'], 'asked for again, sent again');
  stream.ack(fourth, { resource_names: ['a', 'b', 'later'] });
  await server.settled();
  t.equal(stream.waiting, 0);
});

t.test('a refused response of named resources: when one of them changes the others come along', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  const set = (a: number, b: number, c: number, version: string) =>
    cache.set('edge-1', { endpoints: [endpoints('a', a), endpoints('b', b), endpoints('c', c)] }, version);
  const resource_names = ['a', 'b', 'c'];
  set(1, 1, 1, '1');
  const stream = client.stream(EDS_STREAM);
  stream.send({ node, resource_names });
  stream.ack(await stream.next(), { resource_names });
  set(2, 2, 1, '2');
  const bad = await stream.next();
  t.same(bad.names, ['a', 'b']);
  stream.nack(bad, 'a is bad', { resource_names });
  await server.settled();
  set(2, 2, 2, '3');
  const other = await stream.next();
  t.same(other.names, ['c'], 'what was refused is not repeated');
  stream.ack(other, { resource_names });
  set(3, 2, 2, '4');
  const good = await stream.next();
  t.same(good.names, ['a', 'b']);
  stream.ack(good, { resource_names });
  set(4, 2, 2, '5');
  t.same((await stream.next()).names, ['a'], 'that is over now');
});

t.test('which lists of names mean everything', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')], endpoints: [endpoints('a', 1)] }, '1');
  const legacy = client.stream(CDS_STREAM);
  legacy.send({ node });
  const first = await legacy.next();
  t.same(first.names, ['a', 'b'], 'none in the first request');
  legacy.ack(first, { resource_names: ['b'] });
  const named = await legacy.next();
  t.same(named.names, ['b']);
  legacy.ack(named, { resource_names: [] });
  const status = () => server.clients()[0]?.subscriptions[0];
  await eventually('no names', () => status()?.names === 0);
  t.equal(status()?.wildcard, false);
  cache.set('edge-1', { clusters: [cluster('c')] }, '2');
  legacy.send({ resource_names: ['*'], response_nonce: named.nonce });
  t.same(
    (await legacy.next()).names,
    ['c'],
    'an empty list after names meant nothing, the star does everything',
  );

  const star = client.stream(CDS_STREAM);
  star.send({ node, resource_names: ['*', 'zzz'] });
  t.same((await star.next()).names, ['c']);

  const eds = client.stream(EDS_STREAM);
  eds.send({ node });
  cache.set('edge-1', { endpoints: [endpoints('a', 1), endpoints('b', 1)] }, '3');
  eds.send({ resource_names: ['b'] });
  t.same((await eds.next()).names, ['b'], 'endpoints are had by name only');
});

t.test('a client that comes back', async (t) => {
  const cache = cacheOf();
  const { client, server } = await serve(t, cache);
  cache.set('edge-1', { clusters: [cluster('a')], endpoints: [endpoints('a', 1)] }, '7');
  const cds = client.stream(CDS_STREAM);
  cds.send({ node, version_info: '7' });
  await server.settled();
  const eds = client.stream(EDS_STREAM);
  eds.send({ node, version_info: '7', resource_names: ['a'] });
  t.same((await eds.next()).names, ['a'], 'nobody knows which names it had');
  t.equal(cds.waiting, 0, 'it has all clusters');
  cache.set('edge-1', { clusters: [cluster('a'), cluster('b')] }, '8');
  const next = await cds.next();
  t.same(next.names, ['a', 'b']);
  const other = client.stream(CDS_STREAM);
  other.send({ node, version_info: '7' });
  t.equal((await other.next()).version, '8');
});

t.test('an empty snapshot says so; no snapshot says nothing', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache);
  const stream = client.stream('sotw');
  stream.send({ node, type_url: CDS });
  await new Promise(setImmediate);
  t.equal(stream.waiting, 0);
  cache.set('edge-1', {}, '1');
  const empty = await stream.next();
  t.same(empty.names, []);
  t.equal(empty.version, '1');
});

t.test('what a stream must not say', async (t) => {
  const { client, server } = await serve(t, cacheOf());
  const ads = client.stream('sotw');
  ads.send({ node });
  t.match(await ads.status, { code: 3, details: /has to name its type/ });
  const cds = client.stream(CDS_STREAM);
  cds.send({ node, type_url: EDS });
  t.match(await cds.status, { code: 3, details: /is for .*Cluster, not for/ });
  const noise = client.stream('sotw');
  noise.raw(Buffer.from('ffffffffffff', 'hex'));
  t.match(await noise.status, { code: 3, details: /not a DiscoveryRequest/ });
  t.equal(server.clients().length, 0);
});

t.test('unary calls', async (t) => {
  const cache = cacheOf();
  const { client } = await serve(t, cache);
  cache.set('edge-1', { routes: [route('r', 'a'), route('s', 'a')] }, '1');
  const path = '/envoy.service.route.v3.RouteDiscoveryService/FetchRoutes';
  const answer = await client.fetch(path, { node, resource_names: ['s'] });
  t.same(answer.names, ['s']);
  t.equal(answer.typeUrl, RDS);
  await t.rejects(client.fetch(path, { node: { id: 'nobody' }, resource_names: ['s'] }), { code: 14 });
});
