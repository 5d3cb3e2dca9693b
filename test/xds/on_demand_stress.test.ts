/**
 * Many clients that wait and leave, on two workers, over hosts and clusters that come, go, are refused and never come, and a
 * table that changes meanwhile: every answer is one that there may be, nobody is left waiting, and who comes afterwards is
 * served. `STRESS` is how many requests; `SEED` begins the chance.
 */
import t from 'tap';
import { Client, eventually } from '../e2e/support.ts';
import { endpoints, type Plain } from '../xds-server/client.ts';
import { ADS, CDS, host, measuring, odcds, RDS, to, VHDS, World } from './on_demand_world.ts';

const REQUESTS = Number(process.env.STRESS ?? 600);
const AT_ONCE = 40;
let seed = Number(process.env.SEED ?? Date.now() & 0xffff);
t.comment(`SEED=${seed}`);
const roll = (n: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >> 8) % n;
};
t.setTimeout(300_000);

t.test('clients come and go', async (t) => {
  const origin = await measuring(t);
  const world = await World.start(t, {
    own: true,
    origin,
    workers: 2,
    filter: odcds(ADS),
    manager: { rds: { route_config_name: 'table', config_source: ADS } },
  });
  const call = await world.asked(RDS, 'table');
  const byHeader = { match: { prefix: '/' }, route: { cluster_header: 'x-cluster' } };
  const table = (n: number): Plain => ({
    name: 'table',
    vhds: { config_source: ADS },
    response_headers_to_add: [{ header: { key: 'x-generation', value: `${n}` } }],
    virtual_hosts: [host('clusters', 'clusters.test', [byHeader])],
  });
  call.send(RDS, '0', [table(0)]);
  await world.asked(VHDS);
  call.send(VHDS, '0', []);
  await world.serves();

  const cluster = (name: string): Plain => ({
    name,
    type: 'STATIC',
    connect_timeout: '5s',
    load_assignment: endpoints(name, origin),
  });
  /** Answers to one name, by chance; the last of them so that it is there. */
  const answer = (name: string, last: boolean): void => {
    const made = host(name, name.slice(name.indexOf('/') + 1), [to('/', 'one')]);
    const kind = last ? 0 : roll(4);
    if (kind === 0) call.send(VHDS, '1', [made], { names: [name] });
    else if (kind === 1) call.send(VHDS, '1', [undefined], { names: [name], aliases: [[name]] });
    else if (kind === 2) call.send(VHDS, '1', [], { removed: [name] });
    else call.send(VHDS, '1', [{ ...made, domains: ['x.test', 'x.test'] }], { names: [name] });
  };
  const answerCluster = (name: string, last: boolean): void => {
    const kind = last ? 0 : roll(3);
    if (kind === 0) call.send(CDS, '1', [cluster(name)]);
    else if (kind === 1) call.send(CDS, '1', [], { removed: [name] });
    else call.send(CDS, '1', [{ ...cluster(name), lb_policy: 'CLUSTER_PROVIDED' }]);
  };
  let seen = 0;
  let going = true;
  let calm = false;
  let version = 0;
  /** What is asked for is answered, in any order, some of it late. */
  const serve = async (): Promise<void> => {
    const open: [type: string, name: string][] = [];
    while (going || open.length > 0) {
      for (const { type_url: type, resource_names_subscribe: added } of call.requests.slice(seen))
        for (const name of (added ?? []) as string[]) open.push([String(type), name]);
      seen = call.requests.length;
      for (let n = roll(4); n > 0 && open.length > 0; n--) {
        const [[type, name] = ['', '']] = open.splice(roll(open.length), 1);
        if (type === VHDS) answer(name, calm);
        else if (type === CDS) answerCluster(name, calm);
      }
      if (!calm && roll(20) === 0) call.send(RDS, `${++version}`, [table(version)]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const server = serve();
  const statuses = new Map<number, number>();
  const head = (n: number): string =>
    roll(2) === 0
      ? `GET / HTTP/1.1\r\nhost: h${n % 60}.test\r\n\r\n`
      : `POST / HTTP/1.1\r\nhost: clusters.test\r\nx-cluster: c${n % 60}\r\ncontent-length: 5\r\n\r\nhello`;
  const client = async (n: number): Promise<void> => {
    const own = new Client(world.port);
    own.send(head(n));
    if (roll(3) === 0) {
      // It may have been answered by then.
      await new Promise((resolve) => setTimeout(resolve, roll(5)));
    } else {
      const { status } = await own.response();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    own.socket.destroy();
  };
  for (let n = 0; n < REQUESTS; n += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => client(n + i)));
  t.same(
    [...statuses.keys()].filter((status) => ![200, 404, 503].includes(status)),
    [],
    JSON.stringify([...statuses]),
  );
  await eventually(
    'nobody to be there',
    async () => (await world.stat('http.main.downstream_rq_active')) === 0,
  );
  // From now on everything is there that is asked for.
  calm = true;
  t.equal(await world.ask('fresh.test'), '200 0');
  t.equal(await world.ask('clusters.test', { headers: { 'x-cluster': 'fresh' } }), '200 0');
  going = false;
  await server;
});
