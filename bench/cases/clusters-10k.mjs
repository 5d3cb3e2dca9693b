// 10,000 clusters of one host each, in a static file: memory of each, and the time from start to the
// first answer. attache and Envoy alone; the others have no such thing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proxyConfig } from '../lib/config.mjs';
import { program } from '../lib/native.mjs';
import { freePort, launch } from '../lib/processes.mjs';
import { fixed } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';
import { settled } from './at-rest.mjs';

const CLUSTERS = 10_000;
const COMMANDS = { attache: attacheArgv, envoy: envoyArgv };

async function measure(context, name, concurrency, clusters) {
  const dir = join(context.dir, `${name}-${clusters}-${concurrency}`);
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const file = join(dir, 'config.json');
  writeFileSync(file, JSON.stringify(proxyConfig({ port, origin: context.origin, clusters })));
  const argv = COMMANDS[name](file, concurrency);
  const started = await launch([
    program('launch'),
    '--port',
    port,
    '--log',
    join(dir, 'output.log'),
    '--',
    ...argv,
  ]);
  const residentMb = await settled(started.pid, 20_000);
  await started.end();
  return { seconds: started.seconds, residentMb };
}

export async function run(context) {
  const figures = [];
  const names = context.peers.map((peer) => peer.name).filter((name) => name in COMMANDS);
  for (const name of names) {
    for (const concurrency of [1, 4]) {
      context.progress(`clusters-10k: ${name}, ${concurrency} worker(s)`);
      const few = await measure(context, name, concurrency, 0);
      const many = await measure(context, name, concurrency, CLUSTERS);
      const kbPerCluster = ((many.residentMb - few.residentMb) * 1024) / CLUSTERS;
      figures.push({ name, concurrency, kbPerCluster, few, many });
    }
  }
  return {
    title: `${CLUSTERS} clusters of one host`,
    head: ['clusters-10k', 'workers', 'KB each', 'MB', 'first answer s'],
    rows: figures.map((r) => [
      r.name,
      r.concurrency,
      fixed(r.kbPerCluster, 2),
      fixed(r.many.residentMb, 0),
      fixed(r.many.seconds, 2),
    ]),
    figures,
  };
}
