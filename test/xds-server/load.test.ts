import t, { type Test } from 'tap';
import { LinearCache, MuxCache, SnapshotCache, typeUrls } from '../../src/xds-server/index.ts';
import { eventually } from '../e2e/support.ts';
import { Relay } from '../xds/hostile.ts';
import { cluster, endpoints, XdsClient, type XdsStream } from './client.ts';
import { serve } from './support.ts';

const { clusters: CDS, endpoints: EDS } = typeUrls;
const node = (id: string): object => ({ node: { id, cluster: 'c' } });
const names = Array.from({ length: 50 }, (_, i) => `c${i}`);

/** Acknowledges all that comes, and counts it; what it has by name is in `has`. */
function follow(stream: XdsStream, resource_names: readonly string[] | undefined) {
  const has = new Map<string, string>();
  const followed = { has, responses: 0, done: Promise.resolve() };
  followed.done = (async () => {
    for (;;) {
      const answer = await stream.next();
      followed.responses++;
      for (const resource of answer.resources) {
        const { name, cluster_name, version } = resource as Record<string, string | undefined>;
        has.set(name ?? cluster_name ?? '', version ?? answer.version);
      }
      for (const name of answer.removed) has.delete(name);
      stream.ack(answer, resource_names === undefined ? {} : { resource_names });
    }
  })().catch(() => undefined);
  return followed;
}

t.test('a hundred clients, half of each protocol, that leave and come back', async (t) => {
  const hosts = new LinearCache(
    'endpoints',
    names.map((name) => endpoints(name, 1)),
  );
  const clusters = new LinearCache(
    'clusters',
    names.map((name) => cluster(name)),
  );
  const opened = { streams: 0, closed: 0 };
  const { port, server } = await serve(t, new MuxCache({ types: { clusters, endpoints: hosts } }), {
    callbacks: {
      onStreamOpen: () => void opened.streams++,
      onStreamClosed: () => void opened.closed++,
    },
  });
  const clients = Array.from({ length: 100 }, () => new XdsClient(port));
  t.teardown(() => {
    for (const client of clients) client.close();
  });
  const open = (i: number) => {
    const protocol = i % 2 === 0 ? 'sotw' : 'delta';
    const stream = (clients[i] as XdsClient).stream(protocol);
    const wanted = protocol === 'sotw' ? { resource_names: names } : { resource_names_subscribe: names };
    stream.send({ ...node(`n${i}`), type_url: EDS, ...wanted });
    return { stream, state: follow(stream, protocol === 'sotw' ? names : undefined) };
  };
  const all = clients.map((_, i) => open(i));
  await eventually('all to have all', () => all.every(({ state }) => state.has.size === names.length));
  await server.settled();
  t.equal(server.clients().length, 100);
  const before = all.map(({ state }) => state.responses);
  hosts.set(endpoints('c7', 2));
  await eventually('all to see the change', () =>
    all.every(({ state }, i) => state.responses === (before[i] as number) + 1),
  );
  for (let round = 0; round < 20; round++) {
    // Each client twice; a call that is given up before it is on the wire may never end on the server.
    const some = all.filter((_, i) => i % 10 === round % 10);
    await eventually('the streams to be open', () => some.every(({ state }) => state.responses > 0));
    for (const one of some) {
      one.stream.cancel();
      const i = all.indexOf(one);
      all[i] = open(i);
    }
    hosts.set(endpoints(`c${round}`, 10 + round));
  }
  const wanted = new Map(Array.from(hosts, ({ name, version }) => [name, version]));
  const version = hosts.version;
  await eventually('all to have the last version', () =>
    all.every(({ state }, i) =>
      i % 2 === 0
        ? state.has.get('c19') === version
        : names.every((name) => state.has.get(name) === wanted.get(name)),
    ),
  );
  await server.settled();
  t.equal(server.clients().length, 100);
  t.equal(opened.streams - opened.closed, 100);
});

/** A client whose connection can be stopped. */
async function connect(t: Test, port: number) {
  const relay = new Relay(port);
  await relay.listen();
  const client = new XdsClient(relay.port);
  t.teardown(async () => {
    client.close();
    await relay.die();
  });
  return { client, relay };
}

/** About so many bytes of clusters. */
const large = (bytes: number, generation: number) =>
  Array.from({ length: 100 }, (_, i) =>
    cluster(`${i}-${'x'.repeat(bytes / 100)}`, { connect_timeout: `${generation}s` }),
  );

t.test('a client that does not read gets the newest when it does', async (t) => {
  const cache = new SnapshotCache({ check: false });
  const { port, server } = await serve(t, cache, { slowMs: 20, holdMs: 1 });
  cache.set('n', { clusters: large(400_000, 1) }, '1');
  const { client, relay } = await connect(t, port);
  relay.spoil = (bytes) => {
    if (server.inFlight > 0) relay.stall();
    return bytes;
  };
  const stream = client.stream('sotw');
  stream.send({ ...node('n'), type_url: CDS });
  await eventually('the first version to be on its way', () => server.inFlight > 400_000);
  const one = server.inFlight;
  let most = 0;
  for (let i = 2; i < 30; i++) {
    cache.set('n', { clusters: large(400_000, i) }, String(i));
    await new Promise((resolve) => setTimeout(resolve, 2));
    most = Math.max(most, server.inFlight);
  }
  t.equal(most, one, 'nothing waits behind it');
  relay.spoil = undefined;
  relay.go();
  const first = await stream.next();
  t.equal(first.version, '1');
  const next = await stream.next();
  t.equal(next.version, '29');
  await eventually('nothing to be on its way', () => server.inFlight === 0);
});

t.test('what is on its way to all is bounded', async (t) => {
  const cache = new SnapshotCache({ check: false, hash: () => 'all' });
  const limit = 1_000_000;
  const { port, server } = await serve(t, cache, { inFlightBytes: limit });
  cache.set('all', { clusters: large(400_000, 1) }, '1');
  const clients = Array.from({ length: 30 }, () => new XdsClient(port));
  t.teardown(() => {
    for (const client of clients) client.close();
  });
  const states = clients.map((client, i) => {
    const stream = client.stream('sotw');
    stream.send({ ...node(`n${i}`), type_url: CDS });
    return follow(stream, undefined);
  });
  let most = 0;
  await eventually('all to have all', () => {
    most = Math.max(most, server.inFlight);
    return states.every(({ responses }) => responses === 1);
  });
  t.ok(most > 0 && most <= limit, `${most} bytes at most`);
});

t.test('too much for clients that do not read: the slowest goes', async (t) => {
  const cache = new SnapshotCache({ check: false, hash: () => 'all' });
  const { port, server } = await serve(t, cache, {
    inFlightBytes: 600_000,
    slowBytes: 1_000_000,
    slowMs: 20,
  });
  cache.set('all', { clusters: large(400_000, 1) }, '1');
  const connections = await Promise.all(Array.from({ length: 4 }, () => connect(t, port)));
  for (const [i, { client, relay }] of connections.entries()) {
    relay.spoil = (bytes) => {
      if (server.inFlight > 0) relay.stall();
      return bytes;
    };
    client.stream('sotw').send({ ...node(`n${i}`), type_url: CDS });
  }
  await eventually('two to be let go', () => server.clients().length === 2);
  const good = new XdsClient(port);
  t.teardown(() => good.close());
  const stream = good.stream('sotw');
  stream.send({ ...node('good'), type_url: CDS });
  t.equal((await stream.next()).version, '1', 'who reads is served');
  const left = server.clients().map(({ node }) => node.id);
  t.ok(left.includes('good') && left.length <= 3, left.join());
});
