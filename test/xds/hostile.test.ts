import t, { type Test } from 'tap';
import { SnapshotCache, typeUrls } from '../../src/xds-server/index.ts';
import { eventually } from '../e2e/support.ts';
import { cluster, endpoints, XdsClient } from '../xds-server/client.ts';
import {
  cut,
  doubled,
  empty,
  flood,
  garbage,
  HostileControlPlane,
  holding,
  honest,
  type Mischief,
  mislabelled,
  silent,
  stale,
  strange,
} from './hostile.ts';

const node = { id: 'n', cluster: 'c' };
const CDS = { node, type_url: typeUrls.clusters };
const EDS = { node, type_url: typeUrls.endpoints, resource_names: ['a'] };

async function setUp(t: Test, mischief: Mischief = honest) {
  const cache = new SnapshotCache({ check: false });
  cache.set('n', { clusters: [cluster('a')], endpoints: [endpoints('a', 1)] }, '1');
  const plane = await HostileControlPlane.start(cache, { holdMs: 50 });
  plane.mischief = mischief;
  const client = new XdsClient(plane.port);
  t.teardown(async () => {
    client.close();
    await plane.close();
  });
  return { cache, plane, client };
}

t.test('nonsense', async (t) => {
  const { plane, client } = await setUp(t);
  for (const mischief of [garbage, cut, empty]) {
    plane.mischief = mischief;
    const stream = client.stream('sotw');
    stream.send(CDS);
    if (mischief === empty) t.match(await stream.next(), { nonce: '', typeUrl: '', size: 0 });
    else await t.rejects(stream.next(), mischief.name);
    stream.cancel();
  }
});

t.test('resources that are not what was asked for', async (t) => {
  const { client } = await setUp(t, strange);
  const stream = client.stream('sotw');
  stream.send(CDS);
  t.match((await stream.next()).typeUrl, /nobody/);
  t.equal((await stream.next()).typeUrl, typeUrls.clusters);
  for (const path of ['sotw', 'delta']) {
    const { client } = await setUp(t, mislabelled);
    const other = client.stream(path);
    other.send(CDS);
    t.match(JSON.stringify((await other.next()).resources), /StringValue/);
    const { client: third } = await setUp(t, doubled);
    const twice = third.stream(path);
    twice.send(CDS);
    t.same((await twice.next()).names, ['a', 'a']);
  }
});

t.test('too much, too late, in the wrong order', async (t) => {
  const { cache, plane, client } = await setUp(t, flood(20));
  const stream = client.stream('sotw');
  stream.send(CDS);
  const nonces: string[] = [];
  for (let i = 0; i < 20; i++) nonces.push((await stream.next()).nonce);
  t.equal(new Set(nonces).size, 20);
  stream.send({ ...CDS, response_nonce: nonces.at(-1), version_info: '1' });
  await plane.server.settled();

  plane.mischief = silent;
  cache.set('n', { clusters: [cluster('b')], endpoints: [endpoints('a', 1)] }, '2');
  await eventually(
    'a response that is lost',
    () => plane.server.clients()[0]?.subscriptions[0]?.sent === '2',
  );
  t.equal(stream.waiting, 0);

  const later = holding();
  plane.mischief = later.mischief;
  stream.send(EDS);
  cache.set('n', { clusters: [cluster('c')], endpoints: [endpoints('a', 2)] }, '3');
  await eventually('two responses that are held', () => later.held >= 2);
  later.release(true);
  const types = [(await stream.next()).typeUrl, (await stream.next()).typeUrl];
  t.same(types.sort(), [typeUrls.clusters, typeUrls.endpoints].sort());

  plane.mischief = stale();
  const other = client.stream('sotw');
  other.send(CDS);
  other.ack(await other.next());
  cache.set('n', { clusters: [cluster('d')], endpoints: [] }, '4');
  t.match((await other.next()).version, /^4/);
  t.equal((await other.next()).version, '3', 'and then the old one again');
});

t.test('dead, and back', async (t) => {
  const { plane, client } = await setUp(t);
  const first = client.stream('sotw');
  first.send(CDS);
  await first.next();
  plane.end(14, 'not now');
  t.match(await first.status, { code: 14, details: 'not now' });

  const second = client.stream('delta');
  second.send(CDS);
  await second.next();
  await plane.relay.die();
  t.match((await second.status).code, 14);
  await plane.relay.listen();

  const back = await eventually('a stream that works', async () => {
    const each = client.stream('sotw');
    each.send(CDS);
    return each.next().catch(() => undefined);
  });
  t.equal(back.version, '1');

  plane.relay.stall();
  const third = client.stream('sotw');
  third.send(CDS);
  await new Promise(setImmediate);
  t.equal(third.waiting, 0);
  plane.relay.go();
  await third.next();

  plane.relay.dropAfter(20);
  const fourth = client.stream('sotw');
  fourth.send(CDS);
  t.not((await fourth.status).code, 0);

  plane.relay.spoil = (bytes) => bytes.map((each) => each ^ 0x55) as Buffer;
  const fifth = client.stream('sotw');
  fifth.send(CDS);
  t.not((await fifth.status).code, 0);
});
