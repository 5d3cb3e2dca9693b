/**
 * Many updates of every type in turn, as fast as they are taken in, while requests run on new and kept
 * connections: none of them fails, and no answer is of a version that was not pushed. A listener that is replaced tells the
 * clients of the version before with their next answer; no other update does. `CHURN` is how many
 * updates of each type; with `CHURN_RATE` they come at so many a second.
 */
import t from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { Client, eventually, freePort, get } from '../e2e/support.ts';
import { cluster, endpoints, listener, type Plain, route } from '../xds-server/client.ts';
import { ask, bootstrap, origin, proxy } from './world.ts';

const UPDATES = Number(process.env.CHURN ?? 40);
const RATE = Number(process.env.CHURN_RATE ?? 0);

for (const mode of ['ads-sotw', 'ads-delta'] as const) {
  t.test(mode, async (t) => {
    const cache = new SnapshotCache();
    const nacks: string[] = [];
    const server = new XdsServer(cache, {
      callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
    });
    const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
    const origins = [await origin('one'), await origin('two')];
    const port = await freePort();
    t.teardown(async () => {
      await server.close();
      for (const each of origins) each.close();
    });
    const state = { cluster: 0, endpoints: 0, chain: 0, listener: 0, route: 0 };
    let version = 0;
    /** With a filter chain that takes no connection: it may change without any of them noticing. */
    const main = (): Plain => {
      const made = listener('main', port, 'main');
      const [chain] = made.filter_chains as Plain[];
      const other = { ...chain, name: `${state.chain}`, filter_chain_match: { destination_port: 1 } };
      return {
        ...made,
        filter_chains: [other, chain],
        listener_filters_timeout: `${1 + (state.listener % 50)}s`,
      } as Plain;
    };
    const set = (): void => {
      const table: Plain = {
        ...route('main', 'a'),
        response_headers_to_add: [{ header: { key: 'x-generation', value: `${state.route}` } }],
      };
      const world = {
        clusters: [{ ...cluster('a'), connect_timeout: `${1 + (state.cluster % 9)}.${state.cluster % 7}s` }],
        endpoints: [endpoints('a', origins[state.endpoints % 2]?.port ?? 0)],
        listeners: [main()],
        routes: [table],
      };
      cache.set('envoy', world as never, `${++version}`);
    };
    set();
    const flags = ['--drain-strategy', 'immediate', '--drain-time-s', '10'];
    const attache = await proxy(t, (admin) => bootstrap(mode, grpc?.port ?? 0, admin), flags);
    await attache.live();
    await eventually('the first answer', async () => (await ask(port)).startsWith('200'));

    const seen = new Map<string, number>();
    const count = (answer: string): void => void seen.set(answer, (seen.get(answer) ?? 0) + 1);
    let going = true;
    const fresh = async (): Promise<void> => {
      while (going) count(await ask(port));
    };
    let closed = 0;
    const kept = async (): Promise<void> => {
      let client = new Client(port);
      while (going) {
        client.send(get('/'));
        const { status, headers, body } = await client.response();
        const generation = headers.find(([name]) => name === 'x-generation')?.[1] ?? '-';
        count(`${status} ${generation} ${body}`);
        if (headers.every(([name, value]) => name !== 'connection' || value !== 'close')) continue;
        closed++;
        client.socket.destroy();
        client = new Client(port);
      }
      client.socket.destroy();
    };
    const busy = [fresh(), fresh(), kept(), kept()];
    let pushed = 0;
    for (const type of ['endpoints', 'route', 'cluster', 'chain', 'listener'] as const) {
      if (type === 'listener') t.equal(closed, 0, 'no connection was closed until now');
      for (let i = 0; i < UPDATES; i++) {
        state[type]++;
        pushed = Math.max(pushed, state.route);
        set();
        if (RATE > 0) await new Promise((resolve) => setTimeout(resolve, 1000 / RATE));
        else await server.settled();
      }
    }
    await server.settled();
    const last = `200 ${state.route} ${state.endpoints % 2 === 0 ? 'one' : 'two'}`;
    t.equal(await ask(port), last, 'the newest of everything');
    going = false;
    await Promise.all(busy);
    const wrong = [...seen.keys()].filter((answer) => {
      const [, generation = ''] = /^200 (\d+) (?:one|two)$/.exec(answer) ?? [];
      return generation === '' || Number(generation) > pushed;
    });
    t.same(wrong, [], `of ${[...seen.values()].reduce((a, b) => a + b, 0)} answers`);
    t.ok(closed > 0, 'those of listeners that were replaced are told');
    t.same(nacks, []);
    t.equal(await attache.stat('cluster_manager.cds.update_rejected'), 0);
    t.equal(await attache.stat('cluster_manager.warming_clusters'), 0);
    t.equal(await attache.stat('listener_manager.listener_in_place_updated'), UPDATES);
    await attache.until('listener_manager.total_listeners_draining', 0);
    await attache.until('listener_manager.total_filter_chains_draining', 0);
    t.equal(await attache.stat('listener_manager.total_listeners_warming'), 0);
  });
}
