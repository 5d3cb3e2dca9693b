// What an idle keep-alive connection of a client costs the process, after one request on each.
import { program } from '../lib/native.mjs';
import { runTool, tree } from '../lib/processes.mjs';
import { fixed } from '../lib/report.mjs';

const CONNECTIONS = 6000;

export async function run(context) {
  const results = [];
  for (const peer of context.peers) {
    context.progress(`idle-conns: ${peer.name}`);
    const { server, port } = await context.startPeer(peer, context);
    try {
      const argv = ['--port', port, '--connections', CONNECTIONS, '--pids', tree(server.pid).join(',')];
      results.push({ name: peer.name, ...(await runTool([program('hold'), ...argv])) });
    } catch (error) {
      results.push({ name: peer.name, failed: error.message });
    }
    await server.stop();
  }
  return {
    title: `memory of the process for each of ${CONNECTIONS} idle connections`,
    head: ['idle-conns', 'KB each', 'MB before', 'MB after'],
    rows: results.map((r) =>
      r.failed
        ? [r.name, 'failed']
        : [r.name, fixed(r.kbPerConnection, 2), fixed(r.beforeKb / 1024), fixed(r.afterKb / 1024)],
    ),
    figures: results,
  };
}
