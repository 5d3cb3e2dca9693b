// Tests that need a network of their own: addresses, and rules that redirect connections.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TAP } from 'tap';

const kInside = 'ATTACHE_TEST_NETWORK';

/** Why there can be no network namespace with the rules of `setup` here; undefined: there can. */
function refusal(setup: string): string | undefined {
  const { error, status, stderr } = spawnSync('unshare', ['-n', 'sh', '-ec', setup], { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim().split('\n')[0];
}

/**
 * Whether this process is in a network namespace that `setup` (a shell script) has prepared. If not, the file is run
 * again in one, as a test of `t`, or skipped with the reason where that is not permitted: there is nothing left to do.
 */
export async function inOwnNetwork(t: TAP, file: string, setup: string): Promise<boolean> {
  if (process.env[kInside] === '1') return true;
  const why = refusal(setup);
  if (why !== undefined) {
    t.pass(`skipped: no network namespace with redirection (${why})`);
    return false;
  }
  const inside = [process.execPath, ...process.execArgv, fileURLToPath(file)];
  const script = `(${setup}) >&2 && exec "$@"`;
  await t.spawn('unshare', ['-n', 'sh', '-ec', script, 'sh', ...inside], {
    env: { ...process.env, [kInside]: '1' },
  });
  return false;
}

/**
 * Clients from 10.1.0.N (fd00:1::N) to 10.2.0.0/16 (fd00:2::/32) come to a port each, to the next one as they are if
 * they go to port 7070 (TPROXY); 10.3.0.1 is another host.
 */
export function redirection(ports: Readonly<Record<number, number>>): string {
  const clients = Object.entries(ports);
  const four = ['10.2.0.1', '10.2.0.2', '10.3.0.1', ...clients.map(([end]) => `10.1.0.${end}`)];
  const six = ['fd00:2::1', ...clients.map(([end]) => `fd00:1::${end}`)];
  return [
    'ip link set lo up',
    ...four.map((each) => `ip addr add ${each}/32 dev lo`),
    ...six.map((each) => `ip addr add ${each}/128 dev lo nodad`),
    ...clients.flatMap(([end, port]) => [
      `iptables -t mangle -A PREROUTING -p tcp -s 10.1.0.${end} -d 10.2.0.0/16 --dport 7070 -j TPROXY --on-port ${port + 1} --tproxy-mark 1`,
      `iptables -t nat -A OUTPUT -p tcp -s 10.1.0.${end} -d 10.2.0.0/16 ! --dport 7070 -j REDIRECT --to-ports ${port}`,
      `ip6tables -t nat -A OUTPUT -p tcp -s fd00:1::${end} -d fd00:2::/32 -j REDIRECT --to-ports ${port}`,
    ]),
  ].join('\n');
}
