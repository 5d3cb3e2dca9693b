/**
 * Random worlds, one after another: listeners, route tables, clusters and endpoint sets come, change and go, each
 * type pushed on its own and in any order, now and then before the last push was taken in. A reference that knows
 * only the last world says what every request must get; a listener that nobody touches serves all the while.
 *   MODEL_SEED, MODEL_STEPS    other worlds, more of them
 *   MODEL_ENVOY=1              the real Envoy instead: whether the reference is right
 */
import t from 'tap';
import { LinearCache, MuxCache, XdsServer } from '../../src/xds-server/index.ts';
import { eventually, freePort } from '../e2e/support.ts';
import { Random } from '../tables/route_fixtures.ts';
import type { Plain } from '../xds-server/client.ts';
import { Envoy, envoyBinary } from '../xds-server/envoy.ts';
import { bootstrap, type Mode, origin, proxy, sourceOf } from './world.ts';
import { answerOf, expected, nextWorld, resourcesOf, type World } from './model.ts';

const STEPS = Number(process.env.MODEL_STEPS ?? 25);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const envoy = process.env.MODEL_ENVOY === '1' ? envoyBinary() : undefined;
const KINDS = ['clusters', 'endpoints', 'listeners', 'routes'] as const;
type Kind = (typeof KINDS)[number];
const PATHS = ['/', '/first', '/second/x'];

t.setTimeout(300_000);
const origins = [await origin('one'), await origin('two'), await origin('three')];
const [one, two, three] = origins.map(({ port }) => port) as [number, number, number];
t.teardown(() => {
  for (const each of origins) each.close();
});

const nameOf = (port: number): string => ({ [one]: 'one', [two]: 'two', [three]: 'three' })[port] ?? '?';

for (const mode of ['ads-sotw', 'ads-delta', 'grpc', 'delta'] as const satisfies readonly Mode[]) {
  t.test(mode, async (t) => {
    const random = new Random(SEED * 1000 + mode.length);
    const caches = {
      clusters: new LinearCache('clusters'),
      endpoints: new LinearCache('endpoints'),
      listeners: new LinearCache('listeners'),
      routes: new LinearCache('routes'),
    };
    const nacks: string[] = [];
    const server = new XdsServer(new MuxCache({ types: caches }), {
      callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
    });
    const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
    t.teardown(() => server.close());
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
    const source = sourceOf(mode);
    let world: World = nextWorld(undefined, random, ports, [one, two, three]);
    const push = async (kinds: readonly Kind[], wait: () => boolean): Promise<void> => {
      const all = resourcesOf(world, ports, source);
      for (const kind of kinds) {
        caches[kind].replace(all[kind] as never);
        // On one stream clusters are acknowledged when they are warm, which may need more of this world.
        if (wait())
          await (mode.startsWith('ads') ? server.settled(200).catch(() => undefined) : server.settled());
      }
    };
    await push(KINDS, () => false);
    const config = (admin: number): Plain => bootstrap(mode, grpc?.port ?? 0, admin);
    const under = envoy === undefined ? await proxy(t, config) : await Envoy.start(envoy, config);
    if (envoy !== undefined) t.teardown(() => under.stop());

    const steady = await watchSteady(ports[3] as number);
    for (let step = 0; step < STEPS; step++) {
      for (const [i, port] of ports.entries()) {
        for (const path of PATHS) {
          const wanted = expected(world, i, path, nameOf);
          let last = '';
          await eventually('the answer', async () => {
            last = await answerOf(port, path);
            return wanted.includes(last);
          }).catch(() => t.fail(`step ${step}, ${port}${path}: ${last} instead of ${wanted.join(' or ')}`));
        }
      }
      if (!t.passing()) break;
      world = nextWorld(world, random, ports, [one, two, three]);
      await push(shuffled(KINDS, random), () => random.below(2) === 0);
    }
    await server.settled();
    t.same(await steady.stop(), [], 'the listener that nobody touches has answered every request');
    t.same(nacks, []);
    const last = resourcesOf(world, ports, source);
    const gauge = (name: string, value: number): Promise<unknown> =>
      eventually(`${name} to be ${value}`, async () => (await under.stat(name)) === value);
    await gauge('cluster_manager.warming_clusters', 0);
    await gauge('cluster_manager.active_clusters', last.clusters.length + 1);
    await gauge('listener_manager.total_listeners_warming', 0);
    await gauge('listener_manager.total_listeners_active', last.listeners.length);
    t.pass(`${STEPS} worlds`);
  });
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

/** Requests one after another to the listener that stays; what was not answered as it must be. */
async function watchSteady(port: number): Promise<{ stop(): Promise<string[]> }> {
  await eventually('the listener that stays', async () => (await answerOf(port, '/')) === '200 one');
  const wrong: string[] = [];
  let going = true;
  const running = (async () => {
    while (going) {
      const answer = await answerOf(port, '/');
      if (answer !== '200 one') wrong.push(answer);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await running;
      return wrong;
    },
  };
}
