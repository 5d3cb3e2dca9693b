// From starting the program to its first answer, with a small file. No interval between tries is longer than 1 ms.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../lib/native.mjs';
import { freePort, launch } from '../lib/processes.mjs';
import { fixed, summary } from '../lib/report.mjs';

export async function run(context) {
  const times = new Map(context.peers.map((peer) => [peer.name, []]));
  for (let round = 0; round < context.options.rounds; round++) {
    for (const peer of context.peers) {
      context.progress(`startup: round ${round + 1}, ${peer.name}`);
      const dir = join(context.dir, `${peer.name.replace(/\W/g, '_')}-start`);
      mkdirSync(dir, { recursive: true });
      const port = await freePort();
      const { argv } = peer.setup({ ...context, dir, port });
      const started = await launch([
        program('launch'),
        '--port',
        port,
        '--log',
        join(dir, 'output.log'),
        '--',
        ...argv,
      ]);
      times.get(peer.name).push(started.seconds * 1000);
      await started.end();
    }
  }
  const figures = [...times].map(([name, all]) => ({ name, ms: summary(all) }));
  return {
    title: 'from start to the first answer, small file',
    head: ['startup', 'ms', 'min–max'],
    rows: figures.map((r) => [r.name, fixed(r.ms.median, 0), `${fixed(r.ms.min, 0)}–${fixed(r.ms.max, 0)}`]),
    figures,
  };
}
