// Hedging: an attempt that has had its time stays beside the next one; the first good answer counts.
// observes: envoy.config.route.v3.RouteAction: hedge_policy
// observes: envoy.config.route.v3.VirtualHost: hedge_policy
// observes: envoy.config.route.v3.HedgePolicy: hedge_on_per_try_timeout
import type { Socket } from 'node:net';
import t from 'tap';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(60_000);
let attempts: Socket[] = [];
const origin = await new Origin((_request, socket) => {
  attempts.push(socket);
  return undefined;
}).listen();
const port = await freePort();
const hedged = { hedge_policy: { hedge_on_per_try_timeout: true } };
const policy = {
  retry_policy: {
    retry_on: '5xx',
    per_try_timeout: '0.05s',
    retry_back_off: { base_interval: '0.001s', max_interval: '0.002s' },
  },
};
const virtual = (name: string, domain: string, fields: Fields, action: Fields): Fields => ({
  name,
  domains: [domain],
  ...fields,
  routes: [toCluster('origin', { ...policy, ...action })],
});
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: {
            name: 'local',
            virtual_hosts: [
              virtual('route', 'route', {}, hedged),
              virtual('host', 'host', hedged, {}),
              virtual('plain', 'plain', {}, {}),
            ],
          },
        }),
      ],
      clusters: [cluster('origin', [origin.port])],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
});

async function hedge(host: string): Promise<Client> {
  attempts = [];
  const client = new Client(port).send(get('/', '', host));
  await eventually('a second attempt', () => attempts.length === 2);
  return client;
}

for (const host of ['route', 'host']) {
  t.test(`the first may still answer: ${host}`, async (t) => {
    for (const winner of [0, 1]) {
      const client = await hedge(host);
      const [first, second] = attempts as [Socket, Socket];
      t.notOk(first.destroyed, 'it is not given up');
      (winner === 0 ? first : second).write(answer(`of ${winner}`));
      t.equal((await client.response()).body.toString(), `of ${winner}`);
      await eventually('the end of the other', () => (winner === 0 ? second : first).destroyed);
      client.close();
    }
  });
}

t.test('a bad answer is waited over', async (t) => {
  const client = await hedge('route');
  const [first, second] = attempts as [Socket, Socket];
  first.write(answer('', '', '503 S'));
  second.write(answer('good'));
  t.equal((await client.response()).status, 200);
  client.close();
});

t.test('a client that leaves', async (t) => {
  const client = await hedge('route');
  client.close();
  await eventually('the end of both', () => attempts.every((socket) => socket.destroyed));
  t.pass('both are given up');
});

t.test('without hedging the first is given up', async (t) => {
  const client = await hedge('plain');
  const [first, second] = attempts as [Socket, Socket];
  await eventually('its end', () => first.destroyed);
  second.write(answer('ok'));
  t.equal((await client.response()).body.toString(), 'ok');
  client.close();
});
