// When reports of load go and what they say, under a clock of the test's: intervals, servers that change their mind, ends
// of streams, counters that are set back, hosts that come and go; and sums that add up, whatever happens.
import t from 'tap';
import type { Logger } from '../../src/log/logger.ts';
import { type HostLoad, LoadReporter, type LoadSource } from '../../src/load_stats/reporter.ts';
import { decodeWire, encodeWire } from '../../src/api/wire.ts';
import { encodeJson } from '../../src/api/json_encode.ts';
import type { StreamEvents } from '../../src/xds/transport.ts';
import { good, pool } from '../api/api_fixtures.ts';

const PACKAGE = 'envoy.service.load_stats.v3';
type Report = {
  cluster_stats?: {
    cluster_name: string;
    load_report_interval: string;
    total_dropped_requests?: string;
    upstream_locality_stats?: {
      total_successful_requests?: string;
      total_error_requests?: string;
      total_issued_requests?: string;
      upstream_endpoint_stats?: unknown[];
    }[];
  }[];
};

class Scene {
  now = 0;
  timers: { at: number; call: () => void }[] = [];
  hosts = new Map<string, HostLoad[]>([['a', [host('10.0.0.1:80')]]]);
  dropped = 0;
  /** Bytes that the server has not taken. */
  waiting = 0;
  streams: { events: StreamEvents; reports: Report[]; cancelled: boolean }[] = [];
  readonly source: LoadSource = {
    clusters: () => this.hosts.keys(),
    cluster: (name) => {
      const hosts = this.hosts.get(name);
      return hosts && { serviceName: '', dropped: this.dropped, hosts };
    },
  };
  readonly reporter = new LoadReporter({
    open: (events) => {
      const stream = { events, reports: [] as Report[], cancelled: false };
      this.streams.push(stream);
      return {
        send: (bytes) => {
          const message = decodeWire(pool, `${PACKAGE}.LoadStatsRequest`, bytes);
          stream.reports.push(encodeJson(pool, message) as Report);
        },
        cancel: () => {
          stream.cancelled = true;
        },
        waiting: () => this.waiting,
      };
    },
    source: this.source,
    clock: {
      now: () => this.now,
      after: (ms, call) => {
        const timer = { at: this.now + ms, call };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((each) => each !== timer);
        };
      },
      soon: (call) => call(),
      random: () => 0.5,
    },
    log: { warn: () => undefined } as unknown as Logger,
    node: new Uint8Array(),
  });

  get stream() {
    return this.streams.at(-1) as (typeof this.streams)[number];
  }
  get last(): Report {
    return this.stream.reports.at(-1) as Report;
  }
  ask(wanted: Record<string, unknown>): void {
    this.stream.events.onMessage(encodeWire(pool, good(`${PACKAGE}.LoadStatsResponse`, wanted)));
  }
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((each) => each !== due);
      this.now = due.at;
      due.call();
    }
    this.now = end;
  }
  count(cluster: string, i: number, load: Partial<HostLoad>): void {
    const hosts = this.hosts.get(cluster) as HostLoad[];
    hosts[i] = { ...(hosts[i] as HostLoad), ...load };
  }
}

function host(address: string, fields: Partial<HostLoad> = {}): HostLoad {
  const place = { region: '', zone: 'z', subZone: '', priority: 0 };
  return { address, ...place, successes: 0, errors: 0, active: 0, issued: 0, ...fields };
}
const sums = ({ cluster_stats = [] }: Report): [string, number, number][] =>
  cluster_stats.map(({ cluster_name, upstream_locality_stats = [] }) => [
    cluster_name,
    upstream_locality_stats.reduce(
      (n, { total_successful_requests = '0' }) => n + Number(total_successful_requests),
      0,
    ),
    upstream_locality_stats.reduce(
      (n, { total_error_requests = '0' }) => n + Number(total_error_requests),
      0,
    ),
  ]);

t.test('a report each interval, of what came since the one before', (t) => {
  const scene = new Scene();
  scene.reporter.start();
  t.same(sums(scene.last), [], 'first who it is');
  scene.count('a', 0, { successes: 3 });
  scene.ask({ clusters: ['a', 'none'], load_reporting_interval: '2s' });
  t.equal(scene.stream.reports.length, 1);
  scene.count('a', 0, { successes: 5, errors: 1 });
  scene.pass(1999);
  t.equal(scene.stream.reports.length, 1);
  scene.pass(1);
  t.same(sums(scene.last), [['a', 2, 1]], 'without what was before');
  t.equal(scene.last.cluster_stats?.[0]?.load_report_interval, '2s');
  scene.pass(2000);
  t.same(sums(scene.last), [['a', 0, 0]]);
  t.same(scene.reporter.counts, { errors: 0, requests: 1, responses: 3, retries: 0 });
  t.end();
});

t.test('a server that asks again: what is known already goes on', (t) => {
  const scene = new Scene();
  scene.hosts.set('b', [host('10.0.0.2:80', { successes: 7 })]);
  scene.reporter.start();
  scene.ask({ clusters: ['a'], load_reporting_interval: '2s' });
  scene.count('a', 0, { successes: 4 });
  scene.pass(1000);
  scene.ask({ send_all_clusters: true, load_reporting_interval: '1s', report_endpoint_granularity: true });
  scene.count('b', 0, { successes: 8 });
  scene.pass(1000);
  t.same(sums(scene.last), [
    ['a', 4, 0],
    ['b', 1, 0],
  ]);
  t.same(
    scene.last.cluster_stats?.map((each) => each.load_report_interval),
    ['2s', '1s'],
  );
  t.equal(scene.last.cluster_stats?.[0]?.upstream_locality_stats?.[0]?.upstream_endpoint_stats?.length, 1);
  t.end();
});

t.test('after the end of a stream there is another one, and what was asked for holds', (t) => {
  const scene = new Scene();
  scene.reporter.start();
  scene.ask({ clusters: ['a'], load_reporting_interval: '1s' });
  scene.count('a', 0, { successes: 1 });
  scene.stream.events.onEnd({ code: 14, message: 'gone' });
  scene.pass(4999);
  t.equal(scene.streams.length, 1);
  scene.pass(1);
  t.equal(scene.streams.length, 2);
  t.same(sums(scene.last), [['a', 1, 0]]);
  scene.pass(1000);
  t.equal(scene.stream.reports.length, 2);
  scene.stream.events.onEnd({ code: 0, message: '' });
  t.same(scene.reporter.counts, { errors: 1, requests: 1, responses: 3, retries: 1 });
  scene.reporter.stop();
  scene.pass(60_000);
  t.equal(scene.streams.length, 2, 'not when it was stopped');
  t.end();
});

t.test('a server that reads nothing is told later what it was not told', (t) => {
  const scene = new Scene();
  scene.reporter.start();
  scene.ask({ clusters: ['a'], load_reporting_interval: '1s' });
  scene.waiting = 2 << 20;
  scene.count('a', 0, { successes: 2 });
  scene.pass(10_000);
  t.equal(scene.stream.reports.length, 1, 'nothing is added to what waits');
  scene.waiting = 0;
  scene.count('a', 0, { successes: 3 });
  scene.pass(1000);
  t.equal(scene.stream.reports.length, 2);
  t.same(sums(scene.last), [['a', 3, 0]]);
  t.equal(scene.last.cluster_stats?.[0]?.load_report_interval, '11s');
  t.same(scene.reporter.counts, { errors: 0, requests: 1, responses: 2, retries: 0 });
  t.end();
});

t.test('an answer that is none ends the stream', (t) => {
  const scene = new Scene();
  scene.reporter.start();
  scene.stream.events.onMessage(Buffer.from([0x0a, 0x7f]));
  t.ok(scene.stream.cancelled);
  t.equal(scene.reporter.counts.errors, 1);
  scene.pass(5000);
  t.equal(scene.streams.length, 2);
  t.end();
});

t.test('sums add up', (t) => {
  for (let round = 0; round < 200; round++) {
    const scene = new Scene();
    const below = (n: number): number => Math.floor(Math.random() * n);
    scene.hosts.set('a', [host('a:1'), host('a:2'), host('a:3', { zone: 'y' })]);
    scene.reporter.start();
    scene.ask({ clusters: ['a'], load_reporting_interval: '1s' });
    let [good, bad, reports] = [0, 0, 0];
    for (let step = 0; step < 40; step++) {
      const i = below(3);
      const { successes, errors } = scene.hosts.get('a')?.[i] as HostLoad;
      const [more, worse] = [below(4), below(3)];
      scene.count('a', i, { successes: successes + more, errors: errors + worse });
      [good, bad] = [good + more, bad + worse];
      if (below(5) === 0) scene.ask({ clusters: ['a'], load_reporting_interval: `${1 + below(3)}s` });
      scene.pass(below(2000));
    }
    scene.pass(10_000);
    const told = scene.streams.flatMap((stream) => stream.reports.flatMap(sums));
    reports = told.length;
    const sum = (at: 1 | 2): number => told.reduce((n, each) => n + each[at], 0);
    if (sum(1) !== good || sum(2) !== bad || reports === 0) {
      t.fail(`told ${sum(1)} and ${sum(2)} of ${good} and ${bad}`);
      break;
    }
  }
  t.pass('in every order');
  t.end();
});

t.test('counters that are set back begin again', (t) => {
  const scene = new Scene();
  scene.count('a', 0, { successes: 100 });
  scene.reporter.start();
  scene.ask({ clusters: ['a'], load_reporting_interval: '1s' });
  scene.count('a', 0, { successes: 3 });
  scene.pass(1000);
  t.same(sums(scene.last), [['a', 3, 0]]);
  t.end();
});
