// Copies of requests for other clusters: what they are, and that the request never waits for them.
// observes: envoy.config.route.v3.RouteAction: request_mirror_policies
// observes: envoy.config.route.v3.VirtualHost: request_mirror_policies
// observes: envoy.config.route.v3.RouteConfiguration: request_mirror_policies
// observes: envoy.config.route.v3.RouteAction.RequestMirrorPolicy: cluster runtime_fraction disable_shadow_host_suffix_append
// observes: envoy.config.route.v3.RouteAction.RequestMirrorPolicy: host_rewrite_literal request_headers_mutations
// observes: envoy.config.common.mutation_rules.v3.HeaderMutation: remove append
import t from 'tap';
import { callOnce, H2Origin, http2Hosts } from './h2_support.ts';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  type Request,
  sent,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(60_000);
const origin = await new Origin((request) => answer(`${request.body.length}`)).listen();
const mirror = await new Origin(() => answer('of the mirror')).listen();
const deaf = await new Origin(
  () => undefined,
  (socket) => socket.pause(),
).listen();
const open: { bytes: number; closed: boolean }[] = [];
const watching = await new Origin(
  () => undefined,
  (socket) => {
    const one = { bytes: 0, closed: false };
    open.push(one);
    socket.on('data', (data: Buffer) => {
      one.bytes += data.length;
    });
    socket.on('close', () => {
      one.closed = true;
    });
  },
).listen();
const calls = await new H2Origin((stream) => {
  stream.on('end', () => {
    stream.respond({ ':status': 200 }, { endStream: true });
  });
}).listen();
const [port, admin] = [await freePort(), await freePort()];
const mirrors = (...request_mirror_policies: Fields[]): Fields => ({ request_mirror_policies });
const to = (path: string, ...policies: Fields[]): Fields =>
  toCluster('origin', mirrors(...policies), { path: `/${path}` });
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: {
            name: 'local',
            ...mirrors({ cluster: 'mirror', host_rewrite_literal: 'of.table' }),
            virtual_hosts: [
              {
                name: 'all',
                domains: ['*'],
                ...mirrors({ cluster: 'mirror', host_rewrite_literal: 'of.host' }),
                routes: [
                  to('plain', { cluster: 'mirror' }),
                  to('host', { cluster: 'mirror', disable_shadow_host_suffix_append: true }),
                  to('part', { cluster: 'mirror', runtime_fraction: { default_value: { numerator: 50 } } }),
                  to('changed', {
                    cluster: 'mirror',
                    request_headers_mutations: [
                      { remove: 'x-gone' },
                      { append: { header: { key: 'x-added', value: '%REQ(:PATH)%' } } },
                    ],
                  }),
                  to('deaf', { cluster: 'deaf' }),
                  to('watching', { cluster: 'watching' }),
                  to('calls', { cluster: 'calls' }),
                  toCluster('origin', {}, { path: '/of-host' }),
                ],
              },
              { name: 'table', domains: ['table'], routes: [toCluster('origin')] },
            ],
          },
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('mirror', [mirror.port]),
        cluster('deaf', [deaf.port]),
        cluster('watching', [watching.port]),
        cluster('calls', [calls.port], http2Hosts),
      ],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  for (const each of [origin, mirror, deaf, watching, calls]) await each.close();
});

const post = (path: string, body: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`POST /${path} HTTP/1.1\r\nhost: a:80\r\ncontent-length: ${body.length}\r\n\r\n`),
    Buffer.from(body),
  ]);
/** The copy of a request that is the next to be sent. */
async function copyOf(send: () => Promise<unknown>): Promise<Request> {
  const before = mirror.requests.length;
  await send();
  return await eventually('the copy', () => mirror.requests[before]);
}

t.test('copies', async (t) => {
  const plain = await copyOf(() => ask(port, post('plain', 'abc')));
  t.equal(sent(plain, 'host'), 'a-shadow:80');
  t.equal(plain.body.toString(), 'abc');
  t.equal(sent(plain, 'x-envoy-internal'), 'true');
  t.equal(sent(await copyOf(() => ask(port, post('host', ''))), 'host'), 'a:80');
  t.equal(sent(await copyOf(() => ask(port, get('/of-host'))), 'host'), 'of.host');
  t.equal(sent(await copyOf(() => ask(port, get('/', '', 'table'))), 'host'), 'of.table');
  const changed = await copyOf(() => ask(port, get('/changed', 'x-gone: 1\r\n')));
  t.equal(sent(changed, 'x-gone'), undefined);
  t.equal(sent(changed, 'x-added'), '/changed');
  t.equal(sent(origin.last, 'x-gone'), '1');
  const large = Buffer.alloc(500_000, 'x');
  t.ok((await copyOf(() => ask(port, post('plain', large)))).body.equals(large), 'all of a large body');
});

t.test('a part of the requests', async (t) => {
  const before = mirror.requests.length;
  const client = new Client(port);
  for (let i = 0; i < 100; i++) {
    client.send(get('/part'));
    await client.response();
  }
  client.close();
  await eventually('some', () => mirror.requests.length > before);
  const copied = mirror.requests.length - before;
  t.ok(copied > 0 && copied < 100, `${copied} of 100`);
});

t.test('a mirror that takes nothing is given up', async (t) => {
  const body = Buffer.alloc(24 << 20, 'x');
  t.equal((await ask(port, post('deaf', body))).body.toString(), `${body.length}`);
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=abandoned`)).text();
  t.match(text, 'cluster.origin.retry_or_shadow_abandoned: 1');
});

t.test('a client that leaves before all of its request is there', async (t) => {
  const client = new Client(port).send(post('watching', 'x'.repeat(100)).subarray(0, -10));
  const one = await eventually('the copy', () => open.find(({ bytes }) => bytes > 90));
  client.close();
  await eventually('its end', () => one.closed);
  t.pass('the copy ends with it');
});

t.test('over HTTP/2, with trailers', async (t) => {
  await callOnce(port, '/calls', { body: [Buffer.from('abc')], trailers: { 'x-trailer': 'yes' } });
  const copy = await eventually('the copy', () => calls.requests.find(({ ended }) => ended));
  t.equal(copy.body.toString(), 'abc');
  t.same(copy.trailers, [['x-trailer', 'yes']]);
});
