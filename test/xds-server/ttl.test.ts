import t from 'tap';
import { LinearCache, Resource, SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { eventually, freePort } from '../e2e/support.ts';
import { endpoints } from './client.ts';
import { answers, bootstrap, Envoy, envoyBinary, origin, world } from './envoy.ts';
import { serve } from './support.ts';

const node = { id: 'edge-1', cluster: 'edge' };
const EDS = '/envoy.service.endpoint.v3.EndpointDiscoveryService';

const mortal = (ttlMs: number, port = 1): Resource =>
  Resource.of('endpoints', endpoints('a', port), { ttlMs });

t.test('delta: repeated in time, without the message', async (t) => {
  const { client } = await serve(t, new LinearCache('endpoints', [mortal(60), endpoints('b', 1)]));
  const stream = client.stream(`${EDS}/DeltaEndpoints`);
  stream.send({ node, resource_names_subscribe: ['a', 'b'] });
  const first = await stream.next();
  t.match(first.resources[0], { name: 'a', ttl: '0.060s', resource: { cluster_name: 'a' } });
  stream.ack(first);
  for (let i = 0; i < 3; i++) {
    const beat = await stream.next();
    t.same(beat.resources, [
      { name: 'a', ttl: '0.060s', version: (first.resources[0] as { version: string }).version },
    ]);
    t.equal(beat.version, first.version);
    stream.ack(beat);
  }
});

t.test('state of the world: in a wrapper', async (t) => {
  const { client } = await serve(t, new LinearCache('endpoints', [mortal(60)]));
  const stream = client.stream(`${EDS}/StreamEndpoints`);
  stream.send({ node, resource_names: ['a'] });
  const first = await stream.next();
  const type = 'type.googleapis.com/envoy.service.discovery.v3.Resource';
  t.match(first.resources[0], { '@type': type, name: 'a', ttl: '0.060s', resource: { cluster_name: 'a' } });
  stream.ack(first, { resource_names: ['a'] });
  const beat = await stream.next();
  t.same(beat.resources, first.resources, 'Envoy 1.40 wants the whole message');
  t.equal(beat.version, first.version);
});

t.test('nobody repeats what nobody has asked for', async (t) => {
  const { client, server } = await serve(t, new LinearCache('endpoints', [mortal(10), endpoints('b', 1)]));
  const stream = client.stream(`${EDS}/DeltaEndpoints`);
  stream.send({ node, resource_names_subscribe: ['b'] });
  stream.ack(await stream.next());
  await server.settled();
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.equal(stream.waiting, 0);
});

const binary = envoyBinary();
for (const mode of ['ads-sotw', 'ads-delta', 'grpc', 'delta'] as const) {
  t.test(`the real Envoy, ${mode}`, { skip: binary === undefined && 'it is not installed' }, async (t) => {
    const cache = new SnapshotCache({ check: false });
    const server = new XdsServer(cache, {
      callbacks: { onNack: (_stream, { error }) => t.fail(error.message) },
    });
    const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
    const one = await origin('one');
    const port = await freePort();
    const all = world(mode, port, one.port);
    // On an aggregated stream of states of the world, endpoints that expire end Envoy 1.40: with time to spare.
    // Clusters as well: what is repeated is not all there is of them.
    const more = Resource.of('clusters', { ...all.clusters[0], name: 'c' } as object, { ttlMs: 1500 });
    cache.set('envoy', {
      ...all,
      clusters: [...all.clusters, more],
      endpoints: [mortal(mode === 'ads-sotw' ? 4000 : 1500, one.port), endpoints('c', 1)],
    });
    const envoy = await Envoy.start(binary as string, (admin) => bootstrap(mode, grpc?.port ?? 0, admin));
    t.teardown(async () => {
      await envoy.stop();
      await server.close();
      one.close();
    });
    await answers(port, '200 1 one');
    const before = await envoy.stat('cluster_manager.cds.update_success');
    const members = (): Promise<number> => envoy.stat('cluster.a.membership_total');
    const end = Date.now() + 2500;
    while (Date.now() < end) {
      t.equal(await members(), 1);
      t.match(await envoy.get('/clusters'), /^c::/m);
      t.match(await envoy.get('/clusters'), /^a::/m);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    t.comment(`updates of clusters: ${(await envoy.stat('cluster_manager.cds.update_success')) - before}`);
    // Endpoints that expire end Envoy 1.40 on an aggregated stream of states of the world.
    const clusters = [...all.clusters, more];
    cache.set('envoy', { ...all, clusters, endpoints: [endpoints('a', one.port), endpoints('c', 1)] });
    await server.settled();
    await server.close();
    await eventually('the cluster to be dropped', async () => !/^c::/m.test(await envoy.get('/clusters')));
    t.match(await envoy.get('/clusters'), /^a::/m);
  });
}
