// Live updates from files under load: so many replacements each of a listener's routes, of an endpoint
// set, of a cluster and of a listener, one after the other, each waited for until it is in force; while
// 2,000 requests a second pass, all of which are checked. attache and Envoy (which watches files too).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { address, cluster, listener, routeConfig } from '../lib/config.mjs';
import { program } from '../lib/native.mjs';
import {
  busiestThread,
  freePort,
  originCpu,
  proxyCpus,
  residentMb,
  runTool,
  sleep,
  startServer,
  threads,
  tree,
} from '../lib/processes.mjs';
import { fixed, median } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';

const COMMANDS = { attache: attacheArgv, envoy: envoyArgv };
const UPDATES = 1000;
const RATE = 2000;
const TYPES = 'type.googleapis.com/envoy.config';
const TYPE = {
  lds: `${TYPES}.listener.v3.Listener`,
  cds: `${TYPES}.cluster.v3.Cluster`,
  rds: `${TYPES}.route.v3.RouteConfiguration`,
  eds: `${TYPES}.endpoint.v3.ClusterLoadAssignment`,
};

/** The four files and what version `n` of each looks like. */
export class Files {
  constructor(dir, port, origins) {
    this.dir = dir;
    this.version = 0;
    const source = (name) => ({
      resource_api_version: 'V3',
      path_config_source: { path: join(dir, `${name}.json`) },
    });
    const endpoints = (ports) => ({
      cluster_name: 'origin',
      endpoints: [{ lb_endpoints: ports.map((p) => ({ endpoint: { address: address(p) } })) }],
    });
    this.resource = {
      lds: (n) =>
        Object.assign(
          listener('http', port, { rds: { route_config_name: 'local', config_source: source('rds') } }),
          {
            per_connection_buffer_limit_bytes: (1 << 20) + n,
          },
        ),
      cds: (n) => {
        const { load_assignment: _, ...rest } = cluster('origin', 0);
        const eds = { type: 'EDS', eds_cluster_config: { eds_config: source('eds') } };
        return { ...rest, ...eds, connect_timeout: `5.${String(n % 1000).padStart(3, '0')}s` };
      },
      rds: (n) =>
        Object.assign(
          routeConfig('local', 'origin', [{ match: { path: `/v${n}` }, route: { cluster: 'origin' } }]),
          {
            response_headers_to_add: [{ header: { key: 'x-version', value: String(n) } }],
          },
        ),
      eds: (n) => endpoints(n % 2 ? origins : origins.slice(0, 1)),
    };
    for (const kind of Object.keys(this.resource)) this.write(kind);
    this.bootstrap = join(dir, 'bootstrap.json');
    writeFileSync(
      this.bootstrap,
      JSON.stringify({
        node: { id: 'bench', cluster: 'bench' },
        admin: { address: address(0) },
        dynamic_resources: { lds_config: source('lds'), cds_config: source('cds') },
      }),
    );
  }

  write(kind) {
    const n = ++this.version;
    const file = join(this.dir, `${kind}.json`);
    const resources = [{ '@type': TYPE[kind], ...this.resource[kind](n) }];
    writeFileSync(`${file}.new`, JSON.stringify({ version_info: String(n), resources }));
    renameSync(`${file}.new`, file);
  }
}

const COUNTER = {
  lds: 'listener_manager.lds.update_success',
  cds: 'cluster_manager.cds.update_success',
  rds: 'http.ingress.rds.local.update_success',
  eds: 'cluster.origin.update_success',
};

async function counter(admin, kind) {
  const response = await fetch(`http://${admin}/stats?filter=^${COUNTER[kind]}$`);
  return Number(/: (\d+)/.exec(await response.text())?.[1] ?? 0);
}

/** Waits until the counter has passed `before`; milliseconds that it took. */
async function inForce(admin, kind, before) {
  const begin = performance.now();
  while ((await counter(admin, kind)) <= before) {
    if (performance.now() - begin > 10_000) throw new Error(`an update of ${kind} was not taken in 10 s`);
    await sleep(1);
  }
  return performance.now() - begin;
}

async function updates(files, admin, kind, count) {
  const times = [];
  let base = await counter(admin, kind);
  for (let i = 0; i < count; i++) {
    files.write(kind);
    times.push(await inForce(admin, kind, base));
    base = await counter(admin, kind);
  }
  return times;
}

async function measure(context, name, origins) {
  const dir = join(context.dir, `updates-${name}`);
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const files = new Files(dir, port, origins);
  const addressFile = join(dir, 'admin');
  const argv = [...COMMANDS[name](files.bootstrap, 1), '--admin-address-path', addressFile].map(String);
  const server = await startServer({ argv, cpu: proxyCpus(1), port, log: join(dir, 'output.log') });
  const rows = [];
  try {
    const admin = readFileSync(addressFile, 'utf8').trim();
    // The worker is the thread that works under load.
    const worker = await busiestThread(server.pid, () =>
      runTool([program('load'), '--port', port, '--duration', 1, '--rate', RATE, '--connections', 20]),
    );
    const count = Math.max(10, Math.round(UPDATES * Math.min(1, context.options.duration / 2)));
    for (const kind of ['rds', 'eds', 'cds', 'lds']) {
      context.progress(`updates: ${name}, ${kind}`);
      const quiet = threads(server.pid).get(worker);
      await updates(files, admin, kind, count / 10);
      const adoptUs = (threads(server.pid).get(worker) - quiet) / 1000 / (count / 10);
      const memory = residentMb(tree(server.pid));
      const stop = new AbortController();
      const load = loadUntil(stop.signal, port);
      const times = await updates(files, admin, kind, count);
      stop.abort();
      const results = await load;
      const sum = (key) => results.reduce((total, r) => total + r[key], 0);
      rows.push({
        name,
        kind,
        count,
        requests: sum('requests'),
        failed: sum('errors'),
        firstError: results.find((r) => r.firstError)?.firstError,
        reconnects: sum('reconnects'),
        inForceMs: median(times),
        longestMs: Math.max(...times),
        p99: median(results.map((r) => r.p99)),
        slowestUs: Math.max(...results.map((r) => r.max)),
        adoptUs,
        grownMb: residentMb(tree(server.pid)) - memory,
      });
    }
  } finally {
    await server.stop();
  }
  return rows;
}

/** Load in pieces of some seconds, one after the other, until it is told to stop. */
async function loadUntil(signal, port) {
  const results = [];
  const argv = [
    program('load'),
    '--port',
    port,
    '--rate',
    RATE,
    '--connections',
    50,
    '--duration',
    3,
    '--warmup',
    0.1,
  ];
  do results.push(await runTool(argv));
  while (!signal.aborted);
  return results;
}

export async function run(context) {
  const second = await freePort();
  const origin = await startServer({
    argv: [program('origin'), '--port', String(second)],
    cpu: originCpu,
    port: second,
    log: join(context.dir, 'second-origin.log'),
  });
  const figures = [];
  try {
    for (const { name } of context.peers.filter((peer) => peer.name in COMMANDS)) {
      figures.push(...(await measure(context, name, [context.origin, second])));
    }
  } finally {
    await origin.stop();
  }
  return {
    title: 'replaced from files, under 2,000 requests a second on 50 connections',
    head: [
      'updates',
      'kind',
      'n',
      'requests',
      'failed',
      'reconnects',
      'in force ms',
      'max',
      'p99 µs',
      'slowest µs',
      'worker µs each',
      'MB grown',
    ],
    rows: figures.map((r) => [
      r.name,
      r.kind,
      r.count,
      r.requests,
      r.failed + (r.firstError ? ` (${r.firstError})` : ''),
      r.reconnects,
      fixed(r.inForceMs),
      fixed(r.longestMs),
      fixed(r.p99, 0),
      r.slowestUs,
      fixed(r.adoptUs),
      fixed(r.grownMb),
    ]),
    figures,
  };
}
