import t, { type Test } from 'tap';
import { SnapshotCache, type SnapshotResources, typeUrls } from '../../src/xds-server/index.ts';
import { type Answer, cluster, endpoints, listener, type Plain, route, type XdsStream } from './client.ts';
import { serve } from './support.ts';

const node = { id: 'edge-1', cluster: 'edge' };
const { clusters: CDS, endpoints: EDS, listeners: LDS, routes: RDS } = typeUrls;

/** Everything that is sent to one cluster. */
const world = (to: string, port = 1): SnapshotResources => ({
  clusters: [cluster(to)],
  endpoints: [endpoints(to, port)],
  listeners: [listener('l', port, 'r')],
  routes: [route('r', to)],
});

const short = (answer: Answer): string =>
  `${answer.typeUrl.replace(/.*\./, '')} +${answer.names.join(',')} -${answer.removed.join(',')}`;

async function connected(t: Test, protocol: 'sotw' | 'delta', options = {}) {
  const cache = new SnapshotCache();
  const { client, server } = await serve(t, cache, options);
  cache.set('edge-1', world('a'), '1');
  const stream = client.stream(protocol);
  const names = protocol === 'sotw' ? 'resource_names' : 'resource_names_subscribe';
  // In the worst order.
  for (const [type_url, wanted] of [
    [RDS, { [names]: ['r'] }],
    [LDS, {}],
    [EDS, { [names]: ['a'] }],
    [CDS, {}],
  ] as const)
    stream.send({ node, type_url, ...wanted });
  return { cache, server, stream };
}

/** Takes all there is now; what EDS answers names is what it was. */
async function take(stream: XdsStream, more: Record<string, Plain> = {}): Promise<string> {
  const answer = await stream.next();
  stream.ack(answer, more[answer.typeUrl] ?? {});
  return short(answer);
}

t.test('aggregated delta: make before break', async (t) => {
  const { cache, server, stream } = await connected(t, 'delta');
  const first = [await take(stream), await take(stream), await take(stream), await take(stream)];
  t.same([...first].sort(), [
    'Cluster +a -',
    'ClusterLoadAssignment +a -',
    'Listener +l -',
    'RouteConfiguration +r -',
  ]);
  await server.settled();
  cache.set('edge-1', world('b', 2), '2');
  const clusters = await stream.next();
  t.equal(short(clusters), 'Cluster +b -', 'the new one first, and the old one stays');
  stream.send({ type_url: EDS, resource_names_subscribe: ['b'] });
  const assignments = await stream.next();
  t.equal(short(assignments), 'ClusterLoadAssignment +b -', 'although the clusters are not taken yet');
  stream.ack(assignments);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(stream.waiting, 0, 'the clusters are not taken yet');
  stream.ack(clusters);
  const listeners = await stream.next();
  t.equal(short(listeners), 'Listener +l -');
  const routes = await stream.next();
  t.equal(short(routes), 'RouteConfiguration +r -');
  stream.ack(listeners);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(stream.waiting, 0, 'the routes are not taken yet');
  stream.ack(routes);
  t.same([await take(stream), await take(stream)], ['Cluster + -a', 'ClusterLoadAssignment + -a']);
  await server.settled();
});

t.test('aggregated state of the world: make before break', async (t) => {
  const { cache, server, stream } = await connected(t, 'sotw');
  const both = { [EDS]: { resource_names: ['a', 'b'] }, [RDS]: { resource_names: ['r'] } };
  const one = { ...both, [EDS]: { resource_names: ['a'] } };
  for (let i = 0; i < 4; i++) await take(stream, one);
  await server.settled();
  cache.set('edge-1', world('b', 2), '2');
  const clusters = await stream.next();
  t.equal(short(clusters), 'Cluster +b,a -', 'both clusters for a while');
  t.equal(clusters.version, '2+');
  stream.send({ type_url: EDS, response_nonce: '', version_info: '1', ...both[EDS] });
  t.equal(await take(stream, both), 'ClusterLoadAssignment +b -');
  stream.ack(clusters);
  t.equal(await take(stream, both), 'Listener +l -');
  t.equal(await take(stream, both), 'RouteConfiguration +r -');
  const last = await stream.next();
  t.equal(short(last), 'Cluster +b -');
  t.equal(last.version, '2');
  stream.ack(last);
  await server.settled();
  t.equal(stream.waiting, 0);
});

t.test('a client that does not answer holds up the rest for a while only', async (t) => {
  const { cache, stream } = await connected(t, 'delta', { holdMs: 30 });
  for (let i = 0; i < 4; i++) await take(stream);
  cache.set('edge-1', world('b', 2), '2');
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) seen.push(short(await stream.next()));
  t.same(seen, ['Cluster +b -', 'Listener +l -', 'RouteConfiguration +r -', 'Cluster + -a']);
});

t.test('what comes back meanwhile is not removed', async (t) => {
  const { cache, server, stream } = await connected(t, 'delta');
  for (let i = 0; i < 4; i++) await take(stream);
  await server.settled();
  cache.set('edge-1', { ...world('b', 2) }, '2');
  const clusters = await stream.next();
  cache.set('edge-1', { ...world('a', 3) }, '3');
  stream.ack(clusters);
  const seen: string[] = [];
  while (!seen.includes('Cluster + -b')) seen.push(await take(stream));
  t.same(seen, ['ClusterLoadAssignment +a -', 'Listener +l -', 'Cluster + -b'], 'the cluster never went');
  await server.settled();
});

t.test('streams of one type do not wait for others', async (t) => {
  const cache = new SnapshotCache({ check: false });
  const { client } = await serve(t, cache);
  cache.set('edge-1', world('a'), '1');
  const stream = client.stream('/envoy.service.cluster.v3.ClusterDiscoveryService/DeltaClusters');
  stream.send({ node });
  stream.ack(await stream.next());
  cache.set('edge-1', world('b'), '2');
  t.equal(short(await stream.next()), 'Cluster +b -a');
});
