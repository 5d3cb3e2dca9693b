// A live configuration of 10,000 clusters over one aggregated stream, of each protocol: the first push of all of
// them, one change of a cluster's hosts, one change of a cluster; each from the push to the first request that sees
// it, while another listener serves 1,000 requests a second. attache and Envoy.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import { join } from 'node:path';
import { address, cluster, listener, routeConfig } from '../lib/config.mjs';
import { program } from '../lib/native.mjs';
import { freePort, proxyCpus, residentMb, runTool, startServer, tree } from '../lib/processes.mjs';
import { fixed, median } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';
import { settled } from './at-rest.mjs';
import { Helper } from './xds-server.mjs';

const COMMANDS = { attache: attacheArgv, envoy: envoyArgv };
const CLUSTERS = 10_000;
const CHANGES = 50;
const LIMIT_MS = 60_000;
const HTTP2 = { http2: true };

/** An origin that answers with its name; the port it listens on. */
export async function named(name) {
  const server = createServer((_, response) => response.end(name));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => server.close() };
}

/** One request on a kept connection: the body, or undefined for another status than 200. */
export function ask(agent, port, path) {
  return new Promise((resolve, reject) => {
    get({ agent, port, path, host: '127.0.0.1' }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
    }).once('error', reject);
  });
}

/** Milliseconds from `change` until the answer is `wanted`. */
export async function seen(agent, port, path, wanted, change) {
  const begin = performance.now();
  await change();
  while ((await ask(agent, port, path)) !== wanted) {
    if (performance.now() - begin > LIMIT_MS) throw new Error(`${path} did not become ${wanted}`);
  }
  return performance.now() - begin;
}

export function bootstrap(delta, controlPort, ports, origin) {
  const routes = ['/cluster-7', '/moving'].map((path) => ({
    match: { path },
    route: { cluster: path.slice(1) },
  }));
  const route_config = { ...routeConfig('live', 'origin', routes), validate_clusters: false };
  return {
    node: { id: 'bench', cluster: 'bench' },
    static_resources: {
      listeners: [
        listener('live', ports.live, { route_config }),
        listener('steady', ports.steady, { route_config: routeConfig('steady', 'origin') }),
      ],
      clusters: [cluster('origin', origin), cluster('control-plane', controlPort, HTTP2)],
    },
    dynamic_resources: {
      ads_config: {
        api_type: delta ? 'DELTA_GRPC' : 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'control-plane' } }],
      },
      cds_config: { ads: {}, resource_api_version: 'V3' },
    },
    admin: { address: address(0) },
  };
}

/** Load in pieces of a second until it is stopped: the slowest answer, microseconds. */
export function steadyLoad(port) {
  let stopped = false;
  const argv = [program('load'), '--port', port, '--rate', 1000, '--connections', 10, '--duration', 1];
  const done = (async () => {
    let slowest = 0;
    let failed = 0;
    while (!stopped) {
      const result = await runTool([...argv, '--warmup', 0]);
      slowest = Math.max(slowest, result.max);
      failed += result.errors;
    }
    return { slowest, failed };
  })();
  return () => {
    stopped = true;
    return done;
  };
}

async function measure(context, name, delta, concurrency, origins) {
  const kind = delta ? 'delta' : 'sotw';
  const dir = join(context.dir, `xds-${name}-${kind}-${concurrency}`);
  mkdirSync(dir, { recursive: true });
  const control = new Helper('xds_server_process.mjs');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server;
  try {
    const controlPort = await control.ask('listen');
    const ports = { live: await freePort(), steady: await freePort() };
    const file = join(dir, 'bootstrap.json');
    writeFileSync(file, JSON.stringify(bootstrap(delta, controlPort, ports, context.origin)));
    const argv = COMMANDS[name](file, concurrency).map(String);
    const log = join(dir, 'output.log');
    server = await startServer({ argv, cpu: proxyCpus(concurrency), port: ports.steady, log });
    await ask(agent, ports.steady, '/64');
    const before = await settled(server.pid);
    const move = (which, i) => control.ask('moveEndpoint', { i: which, port: origins[i % 2].port });
    const moveCluster = (i) => control.ask('moveCluster', { name: 'moving', port: origins[i % 2].port });

    const stop = steadyLoad(ports.steady);
    context.progress(`xds: ${name}, ${kind}, first push`);
    const firstMs = await seen(agent, ports.live, '/cluster-7', 'a', async () => {
      await control.ask('fill', CLUSTERS);
      await move(7, 0);
    });
    await control.ask('settled');
    const pushed = await stop();
    const after = await settled(server.pid, 20_000);
    await seen(agent, ports.live, '/moving', 'a', () => moveCluster(0));

    context.progress(`xds: ${name}, ${kind}, changes`);
    const stopAgain = steadyLoad(ports.steady);
    const times = { endpoint: [], cluster: [] };
    for (let i = 1; i <= CHANGES; i++) {
      const wanted = 'ab'[i % 2];
      times.endpoint.push(await seen(agent, ports.live, '/cluster-7', wanted, () => move(7, i)));
      times.cluster.push(await seen(agent, ports.live, '/moving', wanted, () => moveCluster(i)));
      await control.ask('settled');
    }
    const changed = await stopAgain();
    return {
      name,
      kind,
      concurrency,
      firstMs,
      endpointMs: median(times.endpoint),
      clusterMs: median(times.cluster),
      slowestPushUs: pushed.slowest,
      slowestUs: changed.slowest,
      failed: pushed.failed + changed.failed,
      kbPerCluster: ((after - before) * 1024) / CLUSTERS,
      residentMb: residentMb(tree(server.pid)),
    };
  } finally {
    agent.destroy();
    control.end();
    await server?.stop();
  }
}

export async function run(context) {
  const origins = [await named('a'), await named('b')];
  const figures = [];
  try {
    for (const { name } of context.peers.filter((peer) => peer.name in COMMANDS)) {
      for (const delta of [true, false])
        figures.push(await measure(context, name, delta, context.concurrency, origins));
    }
  } finally {
    for (const origin of origins) origin.close();
  }
  return {
    title: `${CLUSTERS} EDS clusters over one stream; from the push to the first request that sees it (medians of ${CHANGES})`,
    head: [
      'xds',
      'protocol',
      'workers',
      'first push s',
      'endpoint ms',
      'cluster ms',
      'slowest answer ms: first push',
      'changes',
      'failed',
      'KB a cluster',
    ],
    rows: figures.map((r) => [
      r.name,
      r.kind,
      r.concurrency,
      fixed(r.firstMs / 1000, 2),
      fixed(r.endpointMs, 1),
      fixed(r.clusterMs, 1),
      fixed(r.slowestPushUs / 1000, 1),
      fixed(r.slowestUs / 1000, 1),
      r.failed,
      fixed(r.kbPerCluster),
    ]),
    figures,
  };
}
