/** A control plane that dies, returns nonsense, floods, answers out of order or goes silent: what is there serves on. */
import t, { type Test } from 'tap';
import { SnapshotCache } from '../../src/xds-server/index.ts';
import { eventually, freePort } from '../e2e/support.ts';
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
import { answers, ask, bootstrap, type Mode, origin, proxy, world } from './world.ts';

async function setUp(test: Test, mode: Mode) {
  const cache = new SnapshotCache({ check: true });
  const plane = await HostileControlPlane.start(cache, { holdMs: 50 });
  const one = await origin('one');
  const port = await freePort();
  let generation = 0;
  /** The next version of everything. */
  const next = (): string => {
    generation++;
    const main = world(mode, port, one.port, 'a', `${generation}`);
    const other = world(mode, port, one.port, `other${generation}`);
    cache.set(
      'envoy',
      {
        ...main,
        clusters: [...main.clusters, ...other.clusters],
        endpoints: [...main.endpoints, ...other.endpoints],
      } as never,
      `${generation}`,
    );
    return `200 ${generation} one`;
  };
  const first = next();
  const attache = await proxy(test, (admin) => {
    const made = bootstrap(mode, plane.port, admin);
    const text = JSON.stringify(made).replaceAll(
      '{"cluster_name":"xds"}',
      '{"cluster_name":"xds","retry_policy":{"retry_back_off":{"base_interval":"0.01s","max_interval":"0.05s"}}}',
    );
    return JSON.parse(text) as typeof made;
  });
  test.teardown(async () => {
    await plane.close();
    one.close();
  });
  await answers(port, first);
  await attache.live();
  /** Requests go on until the end; the answers that were seen. */
  const seen = new Set<string>();
  let going = true;
  const busy = (async () => {
    while (going) seen.add(await ask(port));
  })();
  const end = async (): Promise<string[]> => {
    going = false;
    await busy;
    return [...seen].filter((answer) => !/^200 \d+ one$/.test(answer));
  };
  return { cache, plane, attache, port, next, end };
}

for (const mode of ['ads-sotw', 'ads-delta'] as const) {
  t.test(`${mode}: it dies, and comes back`, async (t) => {
    const { plane, port, next, end, attache } = await setUp(t, mode);
    for (let i = 0; i < 3; i++) {
      await plane.relay.die();
      await attache.until('control_plane.connected_state', 0).catch(() => undefined);
      const wanted = next();
      await plane.relay.listen();
      await answers(port, wanted);
    }
    plane.end(14, 'told to');
    await answers(port, next());
    plane.relay.dropAfter(300);
    await answers(port, next());
    t.same(await end(), []);
    t.ok((await attache.stat('cluster_manager.cds.update_failure')) >= 4);
  });

  t.test(`${mode}: nonsense`, async (t) => {
    const { plane, port, next, end, attache } = await setUp(t, mode);
    const kinds: readonly Mischief[] = [garbage, cut, empty, strange, mislabelled, doubled];
    for (const mischief of kinds) {
      const before = await attache.stat('cluster_manager.cds.update_attempt');
      plane.mischief = mischief;
      const wanted = next();
      await eventually(
        'the nonsense',
        async () => (await attache.stat('cluster_manager.cds.update_attempt')) > before,
        3000,
      ).catch(() => undefined);
      plane.mischief = honest;
      plane.end(14, 'from now on it is honest');
      await answers(port, wanted);
    }
    plane.say(Buffer.from('0a', 'hex'));
    await answers(port, next());
    t.same(await end(), []);
  });

  t.test(`${mode}: it floods, repeats itself and answers late`, async (t) => {
    const { plane, port, next, end, attache } = await setUp(t, mode);
    plane.mischief = flood(300);
    for (let i = 0; i < 3; i++) await answers(port, next());
    t.match(await attache.get('/ready'), /LIVE/);
    const held = holding();
    plane.mischief = held.mischief;
    const wanted = next();
    await eventually('a response to be held', () => held.held > 0);
    const releasing = setInterval(() => held.release(true), 20);
    await answers(port, wanted);
    clearInterval(releasing);
    plane.mischief = honest;
    await answers(port, next());
    t.same(await end(), []);
  });

  t.test(`${mode}: old responses come again, and it goes silent`, async (t) => {
    const { plane, port, next, end } = await setUp(t, mode);
    plane.mischief = stale();
    next();
    plane.mischief = honest;
    await answers(port, next());
    plane.mischief = silent;
    next();
    plane.relay.stall();
    for (let i = 0; i < 50; i++) await ask(port);
    plane.relay.go();
    plane.mischief = honest;
    plane.end(14, 'from now on it answers');
    await answers(port, next());
    t.same(await end(), []);
  });
}
