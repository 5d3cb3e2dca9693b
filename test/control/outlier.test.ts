// Outlier detection under virtual time: who is ejected, for how long, and by what share of its requests.
// observes: envoy.config.cluster.v3.Cluster: outlier_detection
// observes: envoy.config.cluster.v3.OutlierDetection: interval base_ejection_time max_ejection_time max_ejection_time_jitter
// observes: envoy.config.cluster.v3.OutlierDetection: max_ejection_percent always_eject_one_host
// observes: envoy.config.cluster.v3.OutlierDetection: enforcing_consecutive_5xx enforcing_consecutive_gateway_failure
// observes: envoy.config.cluster.v3.OutlierDetection: enforcing_consecutive_local_origin_failure enforcing_success_rate
// observes: envoy.config.cluster.v3.OutlierDetection: success_rate_minimum_hosts success_rate_request_volume
// observes: envoy.config.cluster.v3.OutlierDetection: success_rate_stdev_factor enforcing_failure_percentage
// observes: envoy.config.cluster.v3.OutlierDetection: failure_percentage_threshold failure_percentage_minimum_hosts
// observes: envoy.config.cluster.v3.OutlierDetection: failure_percentage_request_volume
import t from 'tap';
import { compileOutlier, outlierSettings } from '../../src/tables/outlier.ts';
import { noOutliers, OutlierDetector, type OutlierSettings } from '../../src/upstream/outlier.ts';
import { type Json, message } from '../tables/compile_fixtures.ts';

const settings = (fields: Json = {}): OutlierSettings =>
  outlierSettings(
    message('envoy.config.cluster.v3.Cluster', { name: 'c', outlier_detection: fields }),
  ) as OutlierSettings;

class World {
  now = 0;
  chance = 0.5;
  readonly counts = noOutliers();
  readonly traffic = new Map<string, [good: number, bad: number]>();
  readonly told: string[] = [];
  readonly detector: OutlierDetector;
  #timers: { at: number; call: () => void }[] = [];

  constructor(fields: Json, hosts: readonly string[]) {
    const clock = {
      now: () => this.now,
      after: (ms: number, call: () => void) => {
        const timer = { at: this.now + ms, call };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((each) => each !== timer);
        };
      },
      soon: (call: () => void) => call(),
      random: () => this.chance,
    };
    this.detector = new OutlierDetector('c', settings(fields), this.counts, {
      clock,
      eject: (_cluster, address, ejected) => this.told.push(`${ejected ? 'out' : 'in'} ${address}`),
      traffic: (_cluster, address) => this.traffic.get(address),
    });
    this.detector.update(hosts);
    this.detector.start();
  }

  /** Lets so many ms pass. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.now = next.at;
      next.call();
    }
    this.now = end;
  }

  /** Requests to each host since the last time. */
  serve(requests: { readonly [address: string]: readonly [good: number, bad: number] }): void {
    for (const [address, [good, bad]] of Object.entries(requests)) {
      const [before, worse] = this.traffic.get(address) ?? [0, 0];
      this.traffic.set(address, [before + good, worse + bad]);
    }
  }
  get out(): string[] {
    return HOSTS.filter((address) => this.detector.isEjected(address));
  }
}
const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const ALL = { max_ejection_percent: 100 };

t.test('defaults', async (t) => {
  t.match(settings(), {
    intervalMs: 10_000,
    baseMs: 30_000,
    maxMs: 300_000,
    jitterMs: 0,
    maxPercent: 10,
    alwaysOne: false,
  });
  t.equal(settings({ base_ejection_time: '600s' }).maxMs, 600_000);
  t.equal(outlierSettings(message('envoy.config.cluster.v3.Cluster', { name: 'c' })), undefined);
  t.same(compileOutlier(message('envoy.config.cluster.v3.Cluster', { name: 'c', outlier_detection: {} })), {
    consecutive_5xx: 5,
    consecutive_gateway: 5,
    consecutive_local: 5,
    split: false,
  });
});

t.test('a host stays out longer each time, and less after good times', async (t) => {
  const world = new World(
    { ...ALL, interval: '1s', base_ejection_time: '10s', max_ejection_time: '25s' },
    HOSTS,
  );
  const outFor = (): number => {
    const begin = world.now;
    world.detector.onRow('a', 'consecutive_5xx');
    while (world.detector.isEjected('a')) world.pass(1000);
    return (world.now - begin) / 1000;
  };
  t.same([outFor(), outFor(), outFor(), outFor()], [10, 20, 25, 25]);
  world.pass(60_000);
  t.equal(outFor(), 10);
});

t.test('jitter is added, and what is seen while it is out does not count', async (t) => {
  const world = new World(
    { ...ALL, interval: '1s', base_ejection_time: '10s', max_ejection_time_jitter: '8s' },
    HOSTS,
  );
  world.detector.onRow('a', 'consecutive_5xx');
  world.detector.onRow('a', 'consecutive_5xx');
  t.equal(world.counts.detected.consecutive_5xx, 1);
  world.pass(13_000);
  t.same(world.out, ['a']);
  world.pass(2000);
  t.same(world.out, []);
  t.same(world.told, ['out a', 'in a']);
  t.equal(world.counts.ejections_active, 0);
});

t.test('no more than a share of the hosts, or one', async (t) => {
  const third = new World({ max_ejection_percent: 34 }, HOSTS);
  for (const host of HOSTS) third.detector.onRow(host, 'consecutive_5xx');
  t.same(third.out, ['a', 'b']);
  t.equal(third.counts.ejections_overflow, 4);
  const none = new World({}, HOSTS);
  none.detector.onRow('a', 'consecutive_5xx');
  t.same(none.out, []);
  const one = new World({ always_eject_one_host: true }, HOSTS);
  for (const host of HOSTS) one.detector.onRow(host, 'consecutive_5xx');
  t.same(one.out, ['a']);
});

t.test('what is not enforced is only counted', async (t) => {
  const world = new World(
    {
      ...ALL,
      enforcing_consecutive_5xx: 50,
      enforcing_consecutive_gateway_failure: 100,
      enforcing_consecutive_local_origin_failure: 0,
    },
    HOSTS,
  );
  world.chance = 0.7;
  world.detector.onRow('a', 'consecutive_5xx');
  world.detector.onRow('b', 'consecutive_gateway_failure');
  world.detector.onRow('c', 'consecutive_local_origin_failure');
  t.same(world.out, ['b']);
  t.match(world.counts.detected, { consecutive_5xx: 1, consecutive_gateway_failure: 1 });
  world.chance = 0.3;
  world.detector.onRow('a', 'consecutive_5xx');
  t.same(world.out, ['a', 'b']);
});

t.test('hosts that go, and the end', async (t) => {
  const world = new World(ALL, HOSTS);
  world.detector.onRow('a', 'consecutive_5xx');
  world.detector.onRow('b', 'consecutive_5xx');
  world.detector.update(HOSTS.slice(1));
  t.same(world.out, ['b']);
  t.equal(world.counts.ejections_active, 1);
  world.detector.update(HOSTS);
  t.same(world.out, ['b'], 'it is new');
  world.detector.stop();
  t.equal(world.counts.ejections_active, 0);
  t.same(world.told, ['out a', 'out b', 'in a', 'in b']);
  world.detector.onRow('b', 'consecutive_5xx');
  t.same(world.out, []);
});

t.test('success rates', async (t) => {
  const good = [100, 0] as const;
  const usual = { a: [50, 50] as const, b: good, c: good, d: good, e: good, f: good };
  const rate = (fields: Json, requests: Record<string, readonly [number, number]> = usual): string[] => {
    const world = new World({ ...ALL, interval: '1s', ...fields }, HOSTS);
    world.serve(requests);
    world.pass(1000);
    return world.out;
  };
  t.same(rate({}), ['a']);
  t.same(rate({ enforcing_success_rate: 0 }), []);
  t.same(rate({ success_rate_minimum_hosts: 7 }), []);
  t.same(rate({ success_rate_request_volume: 101 }), []);
  t.same(rate({ success_rate_stdev_factor: 3000 }), []);
  t.same(rate({}, { a: [0, 99], b: good, c: good, d: good, e: good, f: good }), [], 'too few requests');
  const world = new World({ ...ALL, interval: '1s' }, HOSTS);
  world.serve(usual);
  world.pass(1000);
  t.same([world.counts.detected.success_rate, world.counts.enforced.success_rate], [1, 1]);
  world.pass(5000);
  t.equal(world.counts.detected.success_rate, 1, 'without new requests nothing is judged');
});

t.test('failure percentages', async (t) => {
  const fails = (fields: Json): string[] => {
    const world = new World(
      { ...ALL, interval: '1s', enforcing_success_rate: 0, enforcing_failure_percentage: 100, ...fields },
      HOSTS,
    );
    world.serve({ a: [10, 90], b: [20, 80], c: [60, 0], d: [60, 0], e: [60, 0], f: [60, 0] });
    world.pass(1000);
    return world.out;
  };
  t.same(fails({}), ['a']);
  t.same(fails({ failure_percentage_threshold: 80 }), ['a', 'b']);
  t.same(fails({ failure_percentage_minimum_hosts: 7 }), []);
  t.same(fails({ failure_percentage_request_volume: 61 }), [], 'of two hosts nothing is said');
  t.same(fails({ enforcing_failure_percentage: 0 }), []);
});
