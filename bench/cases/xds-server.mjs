// The control plane: 10,000 clusters and their endpoints to 100 clients over aggregated streams, of each
// protocol: memory of the one process that serves them, the first push to all, one change to all.
//   node bench/cases/xds-server.mjs     this case alone
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fixed, median, table } from '../lib/report.mjs';

const CLUSTERS = 10_000;
const CLIENTS = 100;
const CHANGES = 20;
const LIMIT_MS = 300_000;

/** A process that answers commands. */
export class Helper {
  #child;
  #waiting = new Map();
  #last = 0;

  constructor(file) {
    this.#child = fork(fileURLToPath(new URL(`../lib/${file}`, import.meta.url)));
    this.#child.on('message', ({ id, result, error }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error !== undefined)
        for (const each of waiting ? [waiting] : this.#waiting.values()) each.reject(new Error(error));
      else waiting?.resolve(result);
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended`));
    });
  }

  ask(command, argument) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${command} took too long`)), LIMIT_MS);
      const settle = (end) => (value) => {
        clearTimeout(timer);
        end(value);
      };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#child.send({ id, command, argument });
    });
  }

  end() {
    this.#child.kill('SIGKILL');
  }
}

async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function measure(delta, { clusters, count, progress }) {
  const server = new Helper('xds_server_process.mjs');
  const clients = new Helper('xds_clients_process.mjs');
  try {
    const port = await server.ask('listen');
    await clients.ask('connect', { port, count, delta, clusters });
    progress(`xds-server: ${delta ? 'delta' : 'sotw'}, first push`);
    const encodeMs = await server.ask('fill', clusters);
    const filled = await server.ask('memory');
    const firstMs = await timed(async () => {
      await clients.ask('wait', { clusters, endpoints: clusters });
      await server.ask('settled');
    });
    const full = await server.ask('memory');
    const change = async (kind, wanted) => {
      const times = [];
      for (let n = 1; n <= CHANGES; n++) {
        await clients.ask('reset');
        times.push(
          await timed(async () => {
            await server.ask(kind, n);
            await clients.ask('wait', wanted);
          }),
        );
        await server.ask('settled');
      }
      return median(times);
    };
    progress(`xds-server: ${delta ? 'delta' : 'sotw'}, changes`);
    const endpointMs = await change('endpoint', { clusters: 0, endpoints: 2 });
    const clusterMs = await change('cluster', { clusters: 2, endpoints: 0 });
    const end = await server.ask('memory');
    return { delta, encodeMs, filled, firstMs, full, endpointMs, clusterMs, end };
  } finally {
    server.end();
    clients.end();
  }
}

const mb = (kb) => fixed(kb / 1024, 0);

/** `clusters` and `count` (of clients): for tests. */
export async function run({ progress = () => undefined, clusters = CLUSTERS, count = CLIENTS } = {}) {
  const figures = [];
  for (const delta of [false, true]) figures.push(await measure(delta, { clusters, count, progress }));
  return {
    title: `${clusters} clusters and endpoints from one control plane to ${count} clients (resident MB; medians)`,
    head: [
      'xds-server',
      'MB filled',
      'served',
      'in the end',
      'peak',
      'encode ms',
      'first push s',
      'one endpoint ms',
      'one cluster ms',
      'CPU s',
    ],
    rows: figures.map((r) => [
      r.delta ? 'delta' : 'state of the world',
      mb(r.filled.residentKb),
      mb(r.full.residentKb),
      mb(r.end.residentKb),
      mb(r.end.peakKb),
      fixed(r.encodeMs, 0),
      fixed(r.firstMs / 1000, 2),
      fixed(r.endpointMs, 1),
      fixed(r.clusterMs, 1),
      fixed(r.end.cpuMs / 1000, 1),
    ]),
    figures,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { title, head, rows } = await run();
  console.log(`${title}\n${table(head, rows)}`);
}
