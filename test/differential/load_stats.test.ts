// Reports of load, from the real Envoy and from this proxy: which clusters they are about, what they say of localities
// and hosts, what is counted, and that they go on after a stream has ended. Skipped where Envoy's binary is absent.
// observes: envoy.config.bootstrap.v3.ClusterManager: load_stats_config
import t from 'tap';
import { HTTP2 } from '../e2e/access_log_service.ts';
import { LoadService } from '../e2e/load_service.ts';
import {
  answer,
  ask,
  Client,
  cluster,
  endpoint,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Origin,
  type Running,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);
const dir = folder();
const well = await new Origin(() => answer('well')).listen();
const sick = await new Origin(() => answer('sick', '', '503 Service Unavailable')).listen();
const absent = await new Origin(() => answer('absent', '', '404 Not Found')).listen();
const slow = await new Origin(() => undefined).listen();
const closed = await freePort();

const locality = (zone: string, ports: number[], fields: Fields = {}): Fields => ({
  locality: { region: 'r', zone, sub_zone: 's' },
  lb_endpoints: ports.map(endpoint),
  load_balancing_weight: 1,
  ...fields,
});
const localities = (endpoints: Fields[]): Fields => ({
  load_assignment: { cluster_name: 'x', endpoints },
});

function config(port: number, admin: number, to: number): Fields {
  const names = ['mixed', 'slow', 'none', 'gone', 'idle'];
  return {
    node: { id: 'the-id', cluster: 'the-cluster' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    cluster_manager: {
      load_stats_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [
          { envoy_grpc: { cluster_name: 'server' }, initial_metadata: [{ key: 'x-a', value: 'b' }] },
        ],
      },
    },
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: routes(names.map((name) => toCluster(name, {}, { path: `/${name}` }))),
        }),
      ],
      clusters: [
        cluster('mixed', [], {
          ...localities([
            locality('a', [well.port, sick.port]),
            locality('b', [absent.port]),
            locality('spare', [well.port], { priority: 1 }),
          ]),
        }),
        cluster('slow', [slow.port]),
        cluster('none', [well.port], { circuit_breakers: { thresholds: [{ max_requests: 0 }] } }),
        cluster('gone', [closed]),
        cluster('idle', [well.port]),
        cluster('server', [to], HTTP2),
      ],
    },
  };
}

class Side {
  readonly service = new LoadService();
  running: Running | undefined;
  port = 0;
  admin = 0;

  async start(own: boolean): Promise<this> {
    await this.service.listen();
    [this.port, this.admin] = [await freePort(), await freePort()];
    this.running = await runSide(own, config(this.port, this.admin, this.service.port), {
      admin: this.admin,
      dir,
    });
    await eventually('the first report', () => this.stream.reports.length > 0);
    return this;
  }

  get stream() {
    const stream = this.service.streams.at(-1);
    if (stream === undefined) throw new Error('there is no stream');
    return stream;
  }

  async stats(): Promise<Record<string, number>> {
    const response = await fetch(`http://127.0.0.1:${this.admin}/stats?filter=load_reporter&format=json`);
    const { stats } = (await response.json()) as { stats: { name: string; value: number }[] };
    return Object.fromEntries(stats.map(({ name, value }) => [name, value]));
  }

  async #quiet(): Promise<boolean> {
    const filter = encodeURIComponent('^cluster\\.(mixed|none|gone|idle)\\.upstream_rq_active$');
    const response = await fetch(`http://127.0.0.1:${this.admin}/stats?filter=${filter}`);
    return !/: [1-9]/.test(await response.text());
  }

  /** Waits until what was asked for holds, lets `act` happen, and has it reported. */
  async during(wanted: Fields, act: (port: number) => Promise<void>): Promise<Json[]> {
    const { stream } = this;
    const seen = (await this.stats())['load_reporter.requests'] ?? 0;
    stream.ask({ ...wanted, load_reporting_interval: '3600s' });
    await eventually('the server to be heard', async () => {
      const now = await this.stats();
      return (now['load_reporter.requests'] ?? 0) > seen;
    });
    await act(this.port);
    await eventually('the end of all requests but slow ones', () => this.#quiet());
    const before = stream.reports.length;
    stream.ask({ ...wanted, load_reporting_interval: '0.02s' });
    // All of it is in the first one: what is told is what came since the one before.
    const report = await eventually('a report', () => stream.reports[before]);
    stream.ask({ ...wanted, load_reporting_interval: '3600s' });
    return shown(report);
  }
}

const PORTS = new Map([
  [well.port, 'well'],
  [sick.port, 'sick'],
  [absent.port, 'absent'],
  [slow.port, 'slow'],
  [closed, 'closed'],
]);
/** Without what is of one run, in an order of its own. */
function shown(report: Fields): Json[] {
  const tidy = (value: Json, key = ''): Json => {
    if (key === 'port_value') return PORTS.get(value as number) ?? 'some';
    if (key === 'load_report_interval') return Number.parseFloat(value as string) > 0;
    if (Array.isArray(value))
      return value.map((each) => tidy(each)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, inner]) => [name, tidy(inner, name)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  };
  return tidy(report.cluster_stats ?? []) as Json[];
}

const theirs = await new Side().start(false);
const ours = await new Side().start(true);
t.teardown(async () => {
  await Promise.all([theirs.running?.stop(), ours.running?.stop()]);
  theirs.service.close();
  ours.service.close();
  await Promise.all([well.close(), sick.close(), absent.close(), slow.close()]);
  dir.remove();
});

async function both(wanted: Fields, act: (port: number) => Promise<void>): Promise<[Json[], Json[]]> {
  const expected = await theirs.during(wanted, act);
  return [await ours.during(wanted, act), expected];
}
const several = async (port: number, path: string, n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await ask(port, get(path));
};

t.test('who reports, and what it understands', (t) => {
  const first = ({ stream }: Side) => {
    const { node, cluster_stats } = stream.reports[0] as { node: Fields; cluster_stats?: Json };
    const { id, cluster: name, client_features } = node;
    const metadata = stream.metadata.get('x-a');
    return { id, name, client_features, cluster_stats, metadata };
  };
  t.same(first(ours), first(theirs));
  t.end();
});

const traffic = async (port: number): Promise<void> => {
  // Each host has its turn, as often as the others.
  await several(port, '/mixed', 24);
  await several(port, '/none', 3);
  await several(port, '/gone', 2);
};
t.test('what localities have had', async (t) => {
  const [got, expected] = await both({ clusters: ['mixed', 'none', 'gone', 'idle', 'missing'] }, traffic);
  t.same(got, expected);
  t.equal(got.length, 4);
});

t.test('what hosts have had', async (t) => {
  const wanted = { clusters: ['mixed', 'gone'], report_endpoint_granularity: true };
  const [got, expected] = await both(wanted, traffic);
  t.same(got, expected);
});

t.test('of all clusters', async (t) => {
  const [got, expected] = await both({ send_all_clusters: true }, (port) => several(port, '/mixed', 12));
  t.same(got, expected);
});

t.test('requests that go on', async (t) => {
  const clients: Client[] = [];
  const wanted = { clusters: ['slow'], report_endpoint_granularity: true };
  const [got, expected] = await both(wanted, async (port) => {
    const seen = slow.requests.length;
    clients.push(new Client(port).send(get('/slow')));
    await eventually('the request', () => slow.requests.length > seen);
  });
  t.same(got, expected);
  for (const client of clients) client.close();
});

t.test('what was before a cluster was asked for is not told', async (t) => {
  const before = async (port: number): Promise<void> => several(port, '/idle', 5);
  await before(theirs.port);
  await before(ours.port);
  const [got, expected] = await both({ clusters: ['idle'] }, (port) => several(port, '/idle', 2));
  t.same(got, expected);
});

t.test('statistics, and another stream when one has ended', async (t) => {
  for (const { stream } of [theirs, ours]) stream.fail(14);
  for (const side of [theirs, ours])
    await eventually(
      'another stream',
      () => side.service.streams.length > 1 && side.stream.reports.length > 0,
    );
  const counts = async (side: Side) => {
    const { 'load_reporter.errors': errors, 'load_reporter.retries': retries } = await side.stats();
    return { errors, retries };
  };
  t.same(await counts(ours), await counts(theirs));
  t.same(Object.keys(await ours.stats()).sort(), Object.keys(await theirs.stats()).sort());
  const [got, expected] = await both({ clusters: ['mixed'] }, (port) => several(port, '/mixed', 12));
  t.same(got, expected);
});
