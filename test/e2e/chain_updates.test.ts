// Filter chains that change under long connections, over xDS, with several workers: the connections of those that stay
// notice nothing in a hundred updates, the others end with the drain time.
import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { Attache } from '../xds/world.ts';
import { bootstrap, type Mode } from '../xds-server/envoy.ts';
import type { Plain } from '../xds-server/client.ts';
import { Authority } from './certificates.ts';
import {
  chained,
  clusters,
  echoOrigin,
  KEPT,
  LongLived,
  longOrigin,
  SWAPPED,
  versionOf,
} from './chain_update_support.ts';
import { eventually, type Fields, freePort } from './support.ts';
import { TlsClient } from './tls_support.ts';

t.setTimeout(120_000);
const authority = new Authority();
const pair = authority.issue('test.example');
const http = await longOrigin();
const tcp = await echoOrigin();
t.teardown(async () => {
  authority.remove();
  await http.close();
  await tcp.close();
});

const named = (fields: Fields): Plain => fields as Plain;

async function setUp(test: Test, mode: Mode, flags: readonly string[]) {
  const cache = new SnapshotCache({ check: true });
  const server = new XdsServer(cache);
  const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
  const port = await freePort();
  let version = 0;
  const set = (listener: Fields): void => {
    const lists = { clusters: clusters(http.port, tcp.port).map(named), listeners: [named(listener)] };
    cache.set('envoy', lists as never, String(++version));
  };
  set(chained(port, pair, 1));
  const attache = await Attache.start(
    (admin) => bootstrap(mode, grpc?.port ?? 0, admin),
    ['--concurrency', '2', ...flags],
  );
  test.teardown(async () => {
    await attache.stop();
    await server.close();
  });
  await attache.running.listening(port);
  return { attache, port, set };
}

for (const mode of ['ads-delta', 'ads-sotw'] as const) {
  t.test(`${mode}: a hundred updates`, async (t) => {
    const { attache, port, set } = await setUp(t, mode, [
      '--drain-time-s',
      '1',
      '--drain-strategy',
      'immediate',
    ]);
    // On both workers: connections go to the one that has fewer.
    const kept = [new LongLived(port, KEPT), new LongLived(port, KEPT)];
    const swapped = [new LongLived(port, SWAPPED), new LongLived(port, SWAPPED)];
    for (const each of [...kept, ...swapped]) await each.begin();
    for (let i = 1; i <= 100; i++) {
      set(chained(port, pair, i % 2 === 0 ? 1 : 2));
      await attache.until('listener_manager.listener_in_place_updated', i);
    }
    await eventually('what drains to end', () =>
      swapped.every(
        ({ socket, tcp, kept, sessionClosed }) => socket.ended && tcp.ended && kept.ended && sessionClosed,
      ),
    );
    await attache.until('listener_manager.total_filter_chains_draining', 0);
    http.release();
    for (const each of kept) {
      t.equal(await each.inFlight(), 'done');
      t.notOk(await each.last());
      t.equal(await each.another(), 200);
      t.notOk(each.goAway);
      await each.echoes(each.socket);
      await each.echoes(each.tcp);
    }
    t.equal(await attache.stat('listener_manager.listener_modified'), 100);
    t.equal(await attache.stat('http.kept_http.downstream_cx_destroy'), 0);
    t.equal(await attache.stat('http.kept_http.downstream_cx_active'), 6);
    t.equal(await attache.stat('http.swapped_http.downstream_cx_active'), 0);
    for (const each of [...kept, ...swapped]) each.close();
  });
}

t.test('what is no filter chain replaces the listener: all its connections drain', async (t) => {
  const { attache, port, set } = await setUp(t, 'ads-delta', [
    '--drain-time-s',
    '1',
    '--drain-strategy',
    'immediate',
  ]);
  const all = new LongLived(port, KEPT);
  await all.begin();
  set(chained(port, pair, 1, { per_connection_buffer_limit_bytes: 1 << 19 }));
  await attache.until('listener_manager.listener_create_success', 2);
  t.equal(await attache.stat('listener_manager.listener_in_place_updated'), 0);
  t.equal(await versionOf(port, SWAPPED.http), '1', 'the next one accepts');
  await eventually('the end of the old one', () => all.socket.ended && all.tcp.ended && all.sessionClosed);
  await attache.until('listener_manager.total_listeners_draining', 0);
  await attache.until('listener.chained.downstream_cx_active', 0);
  all.close();
});

t.test('drained gradually, idle connections end in the course of the time', async (t) => {
  const { attache, port, set } = await setUp(t, 'ads-delta', ['--drain-time-s', '2']);
  const idle = Array.from({ length: 10 }, () => new TlsClient(port, { servername: SWAPPED.http }));
  for (const each of idle) await each.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n').response();
  const kept = new TlsClient(port, { servername: KEPT.http });
  await kept.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n').response();
  set(chained(port, pair, 2));
  await eventually('idle connections to end', () => idle.every(({ ended }) => ended));
  t.notOk(kept.ended);
  t.equal((await kept.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n').response()).status, 200);
  await attache.until('http.swapped_http.downstream_cx_active', 0);
  kept.close();
});
