/**
 * Virtual hosts, clusters and route tables that come when requests want them: what the comparison with Envoy
 * (test/differential/on_demand.test.ts) cannot show, and where this proxy differs on purpose.
 */
// observes: envoy.extensions.filters.http.on_demand.v3.OnDemandCds: source timeout
import http from 'node:http';
import http2 from 'node:http2';
import t, { type Test } from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { plainToStruct } from '../../src/api/well_known.ts';
import { encodeWire } from '../../src/api/wire.ts';
import { exchange, meshStats, metric } from '../e2e/istio_support.ts';
import { Client, eventually, router } from '../e2e/support.ts';
import { endpoints, type Plain } from '../xds-server/client.ts';
import {
  ADS,
  CDS,
  filter,
  host,
  measuring,
  odcds,
  RDS,
  to,
  VHDS,
  World,
  type Options,
} from './on_demand_world.ts';
import type { Call } from './raw_server.ts';

const cluster = (name: string, port: number): Plain => ({
  name,
  type: 'STATIC',
  connect_timeout: '5s',
  load_assignment: endpoints(name, port),
});
const table = (more: Plain = {}): Plain => ({ name: 'table', vhds: { config_source: ADS }, ...more });

/** A proxy with a table without hosts of its own; `give` sends one that was asked for. */
async function hosts(t: Test, more: Partial<Options> = {}) {
  const origin = await measuring(t);
  const manager = { rds: { route_config_name: 'table', config_source: ADS }, ...more.manager };
  const world = await World.start(t, { own: true, origin, ...more, manager });
  const call = await world.asked(RDS, 'table');
  call.send(RDS, '1', [table()]);
  await world.asked(VHDS);
  call.send(VHDS, '1', []);
  await world.serves();
  const give = async (name: string, made: Plain = host(name)): Promise<void> => {
    await world.asked(VHDS, `table/${name}`);
    call.send(VHDS, '1', [made], { names: [`table/${name}`] });
  };
  return { world, call, give, origin };
}
const waiting = (world: World): Promise<number> => world.stat('http.main.downstream_rq_active');
const until = (world: World, name: string, value: number): Promise<unknown> =>
  eventually(`${name} to be ${value}`, async () => (await world.stat(name)) === value);

t.test('clients may leave while they wait', async (t) => {
  const { world, give } = await hosts(t, { workers: 2 });
  const clients = Array.from({ length: 20 }, (_, i) => {
    const client = new Client(world.port);
    client.send(`GET / HTTP/1.1\r\nhost: ${i % 2 === 0 ? 'left.test' : 'stays.test'}\r\n\r\n`);
    return client;
  });
  await until(world, 'http.main.downstream_rq_active', 20);
  clients.forEach((client, i) => {
    if (i % 2 === 0) client.socket.destroy();
  });
  await until(world, 'http.main.downstream_rq_active', 10);
  await give('left.test');
  await give('stays.test');
  for (const [i, client] of clients.entries()) {
    if (i % 2 === 0) continue;
    t.equal((await client.response()).status, 200);
    client.socket.destroy();
  }
  t.equal(await world.ask('left.test'), '200 0', 'it is there for who comes later');
  t.equal(world.said.filter((name) => name === 'table/stays.test').length, 1, 'asked for once');
});

t.test('a body waits within limits', async (t) => {
  const { world, give } = await hosts(t, { listener: { per_connection_buffer_limit_bytes: 10_000 } });
  const body = Buffer.alloc(30_000_000, 'x');
  const client = new Client(world.port);
  client.send(`POST / HTTP/1.1\r\nhost: body.test\r\ncontent-length: ${body.length}\r\n\r\n`).send(body);
  await until(world, 'http.main.downstream_flow_control_paused_reading_total', 1);
  t.ok(client.socket.writableLength > 0, 'most of it is still at the client');
  await give('body.test');
  const answer = await client.response();
  t.same([answer.status, answer.body.toString()], [200, `${body.length}`]);
  client.socket.destroy();

  // Chunks and trailers too.
  const other = new Client(world.port);
  other.send('POST / HTTP/1.1\r\nhost: chunks.test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n');
  await world.asked(VHDS, 'table/chunks.test');
  other.send('5\r\nworld\r\n0\r\nx-trailer: 1\r\n\r\n');
  await give('chunks.test');
  t.equal((await other.response()).body.toString(), '10');
  other.socket.destroy();
});

t.test('streams of one connection wait apart', async (t) => {
  const { world, give } = await hosts(t);
  const session = http2.connect(`http://127.0.0.1:${world.port}`);
  const ask = (name: string): Promise<number> =>
    new Promise((resolve) => {
      const stream = session.request({ ':authority': name });
      stream.on('response', (headers) => resolve(Number(headers[':status'])));
      stream.on('error', () => resolve(0));
      stream.resume();
    });
  const first = ask('first.test');
  const second = ask('second.test');
  await give('second.test');
  t.equal(await second, 200);
  t.equal(await waiting(world), 1);
  const gone = session.request({ ':authority': 'gone.test' });
  gone.on('error', () => undefined);
  await until(world, 'http.main.downstream_rq_active', 2);
  gone.close(8);
  await until(world, 'http.main.downstream_rq_active', 1);
  await give('gone.test');
  await give('first.test');
  t.equal(await first, 200);
  session.destroy();
});

t.test('what the new host says of filters, TLS and time holds', async (t) => {
  const fault = {
    name: 'fault',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault' },
  };
  const { world, give } = await hosts(t, { filters: [fault] });
  const aborted = world.ask('aborted.test');
  const abort = { http_status: 418, percentage: { numerator: 100 } };
  await give('aborted.test', {
    ...host('aborted.test'),
    typed_per_filter_config: { fault: { ...fault.typed_config, abort } },
  });
  t.equal(await aborted, '418 fault filter abort');
  const secure = world.ask('secure.test');
  await give('secure.test', { ...host('secure.test'), require_tls: 'ALL' });
  t.equal(await secure, '301 ');
  const upgrade = world.ask('upgrade.test', { headers: { connection: 'upgrade', upgrade: 'websocket' } });
  await give('upgrade.test');
  t.equal(await upgrade, '403 ', 'nothing allows it');
  // The origin waits for a body that never comes: the route's own time is over first.
  const slow = new Client(world.port);
  slow.send('POST / HTTP/1.1\r\nhost: slow.test\r\ncontent-length: 10\r\n\r\n');
  const route = to('/', 'one');
  await give(
    'slow.test',
    host('slow.test', 'slow.test', [
      { ...route, route: { ...(route.route as Plain), idle_timeout: '0.1s' } },
    ]),
  );
  t.equal((await slow.response()).status, 408);
  slow.socket.destroy();
});

t.test('metrics of a mesh count a request that has waited once, with its client', async (t) => {
  const { world, give } = await hosts(t, {
    listener: { traffic_direction: 'INBOUND' },
    manager: { http_filters: [exchange(false), filter(), meshStats(), router] },
  });
  const client = encodeWire(DescriptorPool.load(), plainToStruct({ WORKLOAD_NAME: 'waiting' }));
  const answered = world.ask('mesh.test', {
    headers: { 'x-envoy-peer-metadata': Buffer.from(client).toString('base64') },
  });
  await give('mesh.test');
  t.equal(await answered, '200 0');
  const counted = await eventually('the request', async () => {
    const found = await metric(world.proxy.admin, 'istio_requests_total');
    return found.length > 0 ? found : undefined;
  });
  t.same(
    counted.map(({ labels, value }) => [labels.source_workload, labels.response_code, value]),
    [['waiting', '200', 1]],
  );
});

t.test('nobody waits for ever', async (t) => {
  const limited = await hosts(t, { manager: { stream_idle_timeout: '0.1s' } });
  t.equal(await limited.world.ask('late.test'), '504 stream timeout', 'the stream has its own limit');
  const { world, call } = await hosts(t);
  // Taken away instead of answered with nothing: as good as an answer.
  const removed = world.ask('removed.test');
  await world.asked(VHDS, 'table/removed.test');
  call.send(VHDS, '2', [], { removed: ['table/removed.test'] });
  t.equal(await removed, '404 ');
  // A host that cannot be built: refused, and asked for again by the next request.
  for (const _ of [1, 2]) {
    world.forget();
    const bad = world.ask('bad.test');
    await world.asked(VHDS, 'table/bad.test');
    call.send(VHDS, '3', [{ ...host('bad.test'), domains: ['bad.test', 'bad.test'] }], {
      names: ['table/bad.test'],
    });
    t.equal(await bad, '404 ');
  }
  t.ok(
    call.requests.some(({ error_detail }) => error_detail !== undefined),
    'the server knows',
  );
});

t.test('a stream that breaks is asked again on the next one', async (t) => {
  const { world, call } = await hosts(t);
  const answer = world.ask('again.test');
  await world.asked(VHDS, 'table/again.test');
  world.forget();
  call.end();
  const next = await world.asked(VHDS, 'table/again.test');
  t.not(next, call);
  next.send(VHDS, '1', [host('again.test')], { names: ['table/again.test'] });
  t.equal(await answer, '200 0');
});

t.test('a table that goes lets its requests go', async (t) => {
  const { world, call } = await hosts(t);
  const waits = world.ask('waits.test');
  await world.asked(VHDS, 'table/waits.test');
  call.send(RDS, '2', [{ name: 'table', virtual_hosts: [host('waits.test')] }]);
  t.equal(await waits, '200 0', 'by the table as it is now');
});

async function clusters(t: Test, more: { timeout?: string; table?: Plain } = {}) {
  const origin = await measuring(t);
  const routes = ['a', 'b', 'eds'].map((name) => to(`/${name}`, name));
  const world = await World.start(t, {
    own: true,
    origin,
    filter: odcds(ADS, more.timeout),
    manager: more.table ?? {
      route_config: { name: 'table', validate_clusters: false, virtual_hosts: [host('all', '*', routes)] },
    },
  });
  if (more.table === undefined) await world.serves();
  return { world, origin };
}

t.test('a cluster that goes is asked for again', async (t) => {
  const { world, origin } = await clusters(t);
  const answer = async (): Promise<string> => {
    const answered = world.ask('any', { path: '/a' });
    const call = await world.asked(CDS, 'a');
    call.send(CDS, '1', [cluster('a', origin)]);
    return answered;
  };
  t.equal(await answer(), '200 0');
  world.forget();
  const [call] = world.calls as [Call];
  call.send(CDS, '2', [], { removed: ['a'] });
  await eventually('the name to be given up', () =>
    call.requests.some(({ resource_names_unsubscribe: gone }) =>
      (gone as string[] | undefined)?.includes('a'),
    ),
  );
  t.equal(await answer(), '200 0');
  // Not there, or refused: the next request does not wait for nothing.
  for (const _ of [1, 2]) {
    world.forget();
    const missing = world.ask('any', { path: '/b' });
    await world.asked(CDS, 'b');
    call.send(CDS, '3', [], { removed: ['b'] });
    t.equal(await missing, '503 ');
  }
  world.forget();
  const refused = world.ask('any', { path: '/b' });
  await world.asked(CDS, 'b');
  call.send(CDS, '4', [{ ...cluster('b', origin), lb_policy: 'CLUSTER_PROVIDED' }]);
  t.equal(await refused, '503 ');
  t.equal(await world.stat('cluster_manager.odcds.update_rejected'), 1);
});

t.test('what is in use is told of further when the server sends something bad', async (t) => {
  const refused = (call: Call, times: number): Promise<unknown> =>
    eventually(
      'a refusal',
      () => call.requests.filter(({ error_detail }) => error_detail !== undefined).length === times,
    );
  const { world, origin } = await clusters(t);
  const first = world.ask('any', { path: '/a' });
  const call = await world.asked(CDS, 'a');
  call.send(CDS, '1', [cluster('a', origin)]);
  t.equal(await first, '200 0');
  call.send(CDS, '2', [{ ...cluster('a', origin), lb_policy: 'CLUSTER_PROVIDED' }]);
  await refused(call, 1);
  const other = http.createServer((_, response) => response.end('other'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  call.send(CDS, '3', [cluster('a', (other.address() as { port: number }).port)]);
  await eventually('the next version', async () => (await world.ask('any', { path: '/a' })) === '200 other');

  const table = await hosts(t);
  const second = table.world.ask('used.test');
  await table.give('used.test');
  t.equal(await second, '200 0');
  const send = (version: string, used: Plain): void =>
    table.call.send(VHDS, version, [used], { names: ['table/used.test'] });
  send('2', { ...host('used.test'), domains: ['used.test', 'used.test'] });
  await refused(table.call, 1);
  const gone = { match: { prefix: '/' }, direct_response: { status: 410 } };
  send('3', host('used.test', 'used.test', [gone]));
  await eventually('the next version', async () => (await table.world.ask('used.test')) === '410 ');
  t.notOk(
    table.call.requests.some(({ resource_names_unsubscribe: names }) =>
      (names as string[] | undefined)?.includes('table/used.test'),
    ),
    'its name is still subscribed to',
  );
});

t.test('a cluster is used when it is warm, or the time is over', async (t) => {
  const { world, origin } = await clusters(t, { timeout: '0.2s' });
  const eds = { name: 'eds', type: 'EDS', connect_timeout: '5s', eds_cluster_config: { eds_config: ADS } };
  const answered = world.ask('any', { path: '/eds' });
  const call = await world.asked(CDS, 'eds');
  call.send(CDS, '1', [eds]);
  const EDS = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';
  await world.asked(EDS, 'eds');
  t.equal(await answered, '503 ', 'its hosts have not come');
  call.send(EDS, '1', [endpoints('eds', origin) as unknown as Plain]);
  await eventually('the cluster', async () => (await world.ask('any', { path: '/eds' })) === '200 0');
});

t.test('a host and its cluster, one after the other', async (t) => {
  const { world, origin } = await clusters(t, {
    table: { rds: { route_config_name: 'table', config_source: ADS } },
  });
  const call = await world.asked(RDS, 'table');
  call.send(RDS, '1', [table()]);
  await world.asked(VHDS);
  call.send(VHDS, '1', []);
  await world.serves();
  const answered = world.ask('new.test');
  await world.asked(VHDS, 'table/new.test');
  call.send(VHDS, '2', [host('new.test', 'new.test', [to('/', 'new')])], { names: ['table/new.test'] });
  await world.asked(CDS, 'new');
  call.send(CDS, '1', [cluster('new', origin)]);
  t.equal(await answered, '200 0');
});
