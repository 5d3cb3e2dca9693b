// All that one stream can bring: 10,000 clusters, then 100,000 endpoints of theirs, then 1,000 listeners with 10,000
// routes, each from the push to the first request that sees it, while another listener serves 1,000 requests a
// second; the memory of each, and the CPU of a worker for taking it up. attache and Envoy.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import {
  busiestThread,
  freePort,
  proxyCpus,
  residentMb,
  startServer,
  threads,
  tree,
} from '../lib/processes.mjs';
import { fixed } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';
import { settled } from './at-rest.mjs';
import { ask, bootstrap, named, seen, steadyLoad } from './xds.mjs';
import { Helper } from './xds-server.mjs';

const COMMANDS = { attache: attacheArgv, envoy: envoyArgv };
const CLUSTERS = 10_000;
const HOSTS = 10;
const LISTENERS = 1000;
const ROUTES = 10;
const CHANGES = 200;

/** A request on a connection of its own to an address of this machine: its body, undefined while there is none. */
function askAt(host, port, path) {
  return new Promise((resolve) => {
    get({ host, port, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
    }).once('error', () => resolve(undefined));
  });
}

async function measure(context, name, concurrency, origin) {
  const dir = join(context.dir, `xds-scale-${name}-${concurrency}`);
  mkdirSync(dir, { recursive: true });
  const control = new Helper('xds_server_process.mjs');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server;
  try {
    const controlPort = await control.ask('listen');
    const ports = { live: await freePort(), steady: await freePort(), many: await freePort() };
    const file = join(dir, 'bootstrap.json');
    const boot = bootstrap(true, controlPort, ports, context.origin);
    boot.dynamic_resources.lds_config = { ads: {}, resource_api_version: 'V3' };
    writeFileSync(file, JSON.stringify(boot));
    const argv = COMMANDS[name](file, concurrency).map(String);
    const log = join(dir, 'output.log');
    server = await startServer({ argv, cpu: proxyCpus(concurrency), port: ports.steady, log });
    // The worker is the thread that works when requests come.
    const worker = await busiestThread(server.pid, async () => {
      for (let i = 0; i < 2000; i++) await ask(agent, ports.steady, '/64');
    });
    const step = async (what, push, first) => {
      context.progress(`xds-scale: ${name}, ${what}`);
      const before = await settled(server.pid, 30_000);
      const stop = steadyLoad(ports.steady);
      const begin = performance.now();
      await push();
      await first();
      const ms = performance.now() - begin;
      await control.ask('settled');
      const { slowest, failed } = await stop();
      return { ms, slowest, failed, mb: (await settled(server.pid, 30_000)) - before };
    };
    const moved = (port) => seen(agent, ports.live, '/cluster-7', 'scale', async () => port);
    const one = { count: CLUSTERS, each: 1, port: origin.port };
    const clusters = await step(
      'clusters',
      async () => {
        await control.ask('fill', CLUSTERS);
        await control.ask('hosts', one);
      },
      moved,
    );
    const endpoints = await step(
      'endpoints',
      () => control.ask('hosts', { ...one, each: HOSTS }),
      () => control.ask('settled'),
    );
    const last = LISTENERS - 1;
    const listeners = await step(
      'listeners',
      () => control.ask('listeners', { count: LISTENERS, each: ROUTES, port: ports.many }),
      async () => {
        const end = performance.now() + 60_000;
        while ((await askAt(`127.1.${last >> 8}.${last & 255}`, ports.many, '/7')) !== 'scale')
          if (performance.now() > end) throw new Error(`${name}: the last listener does not answer`);
      },
    );
    const quiet = threads(server.pid).get(worker);
    for (let i = 0; i < CHANGES; i++) {
      await control.ask('endpoint', i);
      await control.ask('settled');
    }
    const adoptUs = (threads(server.pid).get(worker) - quiet) / 1000 / CHANGES;
    return {
      name,
      concurrency,
      clusters,
      endpoints,
      listeners,
      adoptUs,
      kbPerCluster: (clusters.mb * 1024) / CLUSTERS,
      bytesPerEndpoint: (endpoints.mb * 1024 * 1024) / (CLUSTERS * (HOSTS - 1)),
      kbPerListener: (listeners.mb * 1024) / LISTENERS,
      residentMb: residentMb(tree(server.pid)),
      failed: clusters.failed + endpoints.failed + listeners.failed,
    };
  } finally {
    agent.destroy();
    control.end();
    await server?.stop();
  }
}

export async function run(context) {
  const origin = await named('scale');
  const figures = [];
  try {
    for (const { name } of context.peers.filter((peer) => peer.name in COMMANDS)) {
      for (const concurrency of [1, 4]) figures.push(await measure(context, name, concurrency, origin));
    }
  } finally {
    origin.close();
  }
  const seconds = ({ ms }) => fixed(ms / 1000, 2);
  const slowest = ({ slowest }) => fixed(slowest / 1000, 1);
  return {
    title: `${CLUSTERS} EDS clusters, then ${CLUSTERS * HOSTS} endpoints, then ${LISTENERS} listeners with ${LISTENERS * ROUTES} routes, over one delta stream`,
    head: [
      'xds-scale',
      'workers',
      'clusters s',
      'endpoints s',
      'listeners s',
      'slowest answer ms',
      '',
      '',
      'KB a cluster',
      'B an endpoint',
      'KB a listener',
      'MB',
      'worker µs a change',
      'failed',
    ],
    rows: figures.map((r) => [
      r.name,
      r.concurrency,
      seconds(r.clusters),
      seconds(r.endpoints),
      seconds(r.listeners),
      slowest(r.clusters),
      slowest(r.endpoints),
      slowest(r.listeners),
      fixed(r.kbPerCluster),
      fixed(r.bytesPerEndpoint, 0),
      fixed(r.kbPerListener),
      fixed(r.residentMb),
      fixed(r.adoptUs, 1),
      r.failed,
    ]),
    figures,
  };
}
