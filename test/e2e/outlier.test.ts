// An ejection is of the whole process: whichever worker saw the failures, none sends anything there.
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  eventually,
  freePort,
  get,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';

const sick = await new Origin(() => answer('sick', '', '503 Service Unavailable')).listen();
const well = await new Origin(() => answer('well')).listen();
const [port, admin] = [await freePort(), await freePort()];
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [listener('in', port, { route_config: routes([toCluster('both')]) })],
      clusters: [
        cluster('both', [sick.port, well.port], {
          outlier_detection: { consecutive_5xx: 6, max_ejection_percent: 50, base_ejection_time: '3600s' },
        }),
      ],
    },
  },
  [port],
  ['--concurrency', '2'],
);
t.teardown(async () => {
  await proxy.stop();
  await sick.close();
  await well.close();
});

t.test('failures on all workers are one row', async (t) => {
  const stat = async (name: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
  let failed = 0;
  // Connections go to the workers in turn; each has one request.
  await eventually('the ejection', async () => {
    if ((await ask(port, get('/'))).status === 503) failed++;
    return (await stat('cluster.both.outlier_detection.ejections_active')).endsWith(': 1\n');
  });
  t.ok(failed >= 6);
  await eventually('all workers to know', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(port, get('/'))));
    return all.every(({ status }) => status === 200);
  });
  for (let i = 0; i < 30; i++) t.equal((await ask(port, get('/'))).status, 200);
});
