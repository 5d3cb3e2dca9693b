/** Virtual hosts of a route table that come by themselves. */
// observes: envoy.config.route.v3.RouteConfiguration: vhds
// observes: envoy.config.route.v3.Vhds: config_source
import { request } from 'node:http';
import t from 'tap';
import { eventually, freePort, listener } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { type Call, CDS, server, TYPE } from './raw_server.ts';
import { bootstrap, proxy, sourceOf } from './world.ts';

const LDS = `${TYPE}.config.listener.v3.Listener`;
const RDS = `${TYPE}.config.route.v3.RouteConfiguration`;
const VHDS = `${TYPE}.config.route.v3.VirtualHost`;

/** A host that answers everything with a status. */
const host = (name: string, status: number, domain = name): Plain => ({
  name,
  domains: [domain],
  routes: [{ match: { prefix: '/' }, direct_response: { status } }],
});

function status(port: number, name: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { host: name, connection: 'close' };
    request({ port, host: '127.0.0.1', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', () => resolve(0))
      .end();
  });
}

const asks = (call: Call, typeUrl: string): Promise<Plain> =>
  eventually(`a request for ${typeUrl}`, () => call.requests.find(({ type_url }) => type_url === typeUrl));

t.test('hosts come, change and go, each by itself', async (t) => {
  const { port: xds, call: stream } = await server(t);
  const port = await freePort();
  const source = sourceOf('ads-delta');
  const main = listener('main', port, {
    rds: { route_config_name: 'table', config_source: source } as never,
  });
  const table = (more: Plain = {}): Plain => ({
    name: 'table',
    virtual_hosts: [host('own.test', 201)],
    vhds: { config_source: source },
    ...more,
  });
  const attache = await proxy(t, (admin) => bootstrap('ads-delta', xds, admin));
  const call = await stream();
  const hosts = (list: readonly Plain[], names: readonly string[], removed: readonly string[] = []): void =>
    call.send(VHDS, '1', list, { names, removed });
  await asks(call, CDS);
  call.send(CDS, '1', []);
  await asks(call, LDS);
  call.send(LDS, '1', [main as Plain]);
  await asks(call, RDS);
  call.send(RDS, '1', [table()]);
  const first = await asks(call, VHDS);
  t.equal(first.resource_names_subscribe, undefined, 'all hosts at once');
  t.notMatch(await attache.get('/ready'), /LIVE/, 'the table waits for its hosts');
  hosts([host('a.test', 202), host('b.test', 299)], ['table/a.test', 'other/b.test']);
  await attache.live();
  t.same(
    await Promise.all(['own.test', 'a.test', 'b.test'].map((name) => status(port, name))),
    [201, 202, 404],
    'there from the first request on; hosts of other tables are not',
  );
  const becomes = (name: string, wanted: number): Promise<unknown> =>
    eventually(`${name} to answer ${wanted}`, async () => (await status(port, name)) === wanted);
  hosts([host('a.test', 203), host('c.test', 204)], ['table/a.test', 'table/c.test']);
  await Promise.all([becomes('a.test', 203), becomes('c.test', 204)]);
  hosts([], [], ['table/a.test']);
  await becomes('a.test', 404);
  t.equal(await status(port, 'c.test'), 204);

  // The table changes: its hosts stay, at every moment.
  const seen = new Set<number>();
  let going = true;
  const busy = (async () => {
    while (going) seen.add(await status(port, 'c.test'));
  })();
  for (let i = 2; i < 8; i++) {
    call.send(RDS, `${i}`, [table({ virtual_hosts: [host('own.test', 200 + i)] })]);
    await becomes('own.test', 200 + i);
  }
  going = false;
  await busy;
  t.same([...seen], [204]);

  // Two hosts of one domain: refused, what was there serves on.
  const refusal = (): Plain | undefined =>
    call.requests.find(({ type_url, error_detail }) => type_url === VHDS && error_detail !== undefined);
  t.equal(refusal(), undefined);
  hosts([host('d.test', 205, 'c.test')], ['table/d.test']);
  const refused = await eventually('the refusal', refusal);
  t.match((refused.error_detail as Plain).message, /table: .*c\.test/);
  t.equal(await status(port, 'c.test'), 204);
  hosts([host('c.test', 206)], ['table/c.test']);
  await becomes('c.test', 206);
});

t.test('they need a stream of changes', async (t) => {
  const { port: xds, call: stream } = await server(t);
  const source = sourceOf('ads-sotw');
  await proxy(t, (admin) => bootstrap('ads-sotw', xds, admin));
  const call = await stream();
  const rds = { route_config_name: 'table', config_source: source };
  await asks(call, CDS);
  call.send(CDS, '1', []);
  await asks(call, LDS);
  call.send(LDS, '1', [listener('main', await freePort(), { rds } as never) as Plain]);
  await asks(call, RDS);
  call.send(RDS, '1', [{ name: 'table', vhds: { config_source: source } }]);
  const refused = await eventually('the refusal', () =>
    call.requests.find(({ type_url, error_detail }) => type_url === RDS && error_detail !== undefined),
  );
  t.match((refused.error_detail as Plain).message, /table: vhds\.config_source: .*DELTA_GRPC/);
});
