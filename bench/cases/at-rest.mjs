// Memory of each proxy that has served one request and rests.
import { memoryMb, residentMb, sleep, tree } from '../lib/processes.mjs';
import { fixed } from '../lib/report.mjs';

/** Memory once it no longer falls: what starting up took is given back. */
export async function settled(pid, limitMs = 10_000) {
  const end = performance.now() + limitMs;
  let last = Number.POSITIVE_INFINITY;
  for (;;) {
    await sleep(500);
    const now = residentMb(tree(pid));
    if (now > last - 0.2 || performance.now() > end) return now;
    last = now;
  }
}

export async function run(context) {
  const results = [];
  for (const peer of context.peers) {
    context.progress(`at-rest: ${peer.name}`);
    const { server, port } = await context.startPeer(peer, context);
    const response = await fetch(`http://127.0.0.1:${port}/64`, { headers: { connection: 'close' } });
    if ((await response.text()).length !== 64) throw new Error(`${peer.name}: wrong answer`);
    await sleep(1000);
    const residentMb = await settled(server.pid);
    results.push({ name: peer.name, residentMb, proportionalMb: memoryMb(tree(server.pid)) });
    await server.stop();
  }
  return {
    title: 'memory at rest, after one request',
    head: ['at-rest', 'resident MB', 'proportional MB'],
    rows: results.map((r) => [r.name, fixed(r.residentMb), fixed(r.proportionalMb)]),
    figures: results,
  };
}
