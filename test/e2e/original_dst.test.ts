// Redirected connections, and clusters whose hosts are where clients meant to go: in a network namespace, where that
// is permitted. Beside the real Envoy they are in test/differential/original_dst.test.ts.
// observes: envoy.config.listener.v3.Listener: use_original_dst bind_to_port
// observes: envoy.config.cluster.v3.Cluster: original_dst_lb_config cleanup_interval
// observes: envoy.config.cluster.v3.Cluster.OriginalDstLbConfig: use_http_header http_header_name upstream_port_override
import { readFileSync } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { inOwnNetwork, redirection } from './network_support.ts';
import { hosts, NAMES, resources } from './original_dst_support.ts';
import { eventually, folder, get, start, takeResponse } from './support.ts';
import { client, type End } from './tcp_support.ts';

const PORT = 15_001;
if (!(await inOwnNetwork(t, import.meta.url, redirection({ 9: PORT })))) process.exit();

const dir = folder();
const stopHosts = await hosts();
const ports = { redirected: PORT, ...Object.fromEntries(NAMES.map((name, i) => [name, 16_000 + i])) };
const port = (name: string): number => (ports as Record<string, number>)[name] as number;
const admin = 16_100;
const log = join(dir.path, 'log');
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: resources(ports, log),
  },
  [admin, port('plain')],
  ['--concurrency', '2'],
);
t.teardown(async () => {
  await proxy.stop();
  await stopHosts();
  dir.remove();
});

const redirected = (host: string, to: number): Partial<NetConnectOpts> & { host: string; port: number } => ({
  host,
  port: to,
  localAddress: host.includes(':') ? 'fd00:1::9' : '10.1.0.9',
});
const connected = (options: { host: string; port: number }): End => client(options.port, options);
const answerOf = async (end: End, headers = ''): Promise<string> => {
  const before = end.text.length;
  end.send(get('/', headers));
  return await eventually('an answer', () => {
    const [response] = takeResponse(Buffer.from(end.text.slice(before), 'latin1'), false, end.ended) ?? [];
    if (response !== undefined) return `${response.status} ${response.body.toString()}`;
    return end.ended || end.closed ? 'ended' : undefined;
  });
};
async function once(options: { host: string; port: number }, headers = ''): Promise<string> {
  const end = connected(options);
  const answer = await answerOf(end, headers);
  end.close();
  return answer;
}
const local = (name: string) => ({ host: '127.0.0.1', port: port(name) });
const lines = (): string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1);
const stat = async (name: string): Promise<number> =>
  Number(
    /: (\d+)/.exec(await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text())?.[1] ?? 0,
  );

t.test('the listener of the destination, or that of its port, or the one that accepted', async (t) => {
  for (const [host, to, name] of [
    ['10.2.0.1', 8080, 'virtual'],
    ['10.2.0.2', 8080, 'exact'],
    ['10.2.0.1', 9090, 'any'],
    ['fd00:2::1', 8080, 'exact6'],
    ['10.2.0.1', 7070, 'transparent'],
  ] as const) {
    const before = lines().length;
    t.match(await once(redirected(host, to)), `200 ${host} ${to} connection`);
    await eventually('a line', () => lines().length > before);
    t.match(lines().at(-1), new RegExp(`^${name} .* (127\\.0\\.0\\.1|::1|10\\.2\\.0\\.1)$`));
  }
  t.equal(await stat('listener.10.2.0.2_8080.downstream_cx_total'), 1);
  t.equal(await stat('listener.10.2.0.2_8080.downstream_cx_active'), 0);
});

t.test('many connections over several workers', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => once(redirected(`10.2.0.${1 + (i % 2)}`, 8080))),
  );
  for (const [i, answer] of answers.entries()) t.match(answer, `200 10.2.0.${1 + (i % 2)} 8080`);
});

t.test('an unbound listener has no socket', async (t) => {
  // 10.3.0.1 is not redirected: at 9090 nobody is there.
  const end = connected({ host: '10.3.0.1', port: 9090 });
  await end.untilClosed();
  t.equal(end.error?.code, 'ECONNREFUSED');
});

t.test('who says nothing of a destination gets none', async (t) => {
  t.match(await once(local('plain')), '503 no healthy upstream');
  t.equal(await once(local('plaintcp')), 'ended');
  t.match(await once({ host: '127.0.0.1', port: PORT }), '503 no healthy upstream');
});

t.test('headers', async (t) => {
  const named = (name: string, header: string, value: string) => once(local(name), `${header}: ${value}\r\n`);
  t.match(await named('header', 'x-envoy-original-dst-host', '10.3.0.1:8080'), '200 10.3.0.1 8080');
  t.match(await named('header', 'x-envoy-original-dst-host', 'nowhere'), '503 no healthy');
  t.match(await named('named', 'x-where', '10.3.0.1:8080'), '200 10.3.0.1 8080');
  t.match(await named('named', 'x-envoy-original-dst-host', '10.3.0.1:8080'), '503 no healthy');
  t.match(await named('port', 'x-envoy-original-dst-host', '10.2.0.1:8080'), '200 10.2.0.1 9090');
});

t.test('connections are used again, and go with hosts that are not needed', async (t) => {
  const end = connected(redirected('10.2.0.1', 8080));
  const first = await answerOf(end);
  t.equal(await answerOf(end), first);
  const tcp = connected(redirected('10.2.0.1', 9090));
  const other = await answerOf(tcp);
  // Longer than cleanup_interval: the connection keeps its host.
  const flushes = Date.now() + 1200;
  await eventually('two intervals', () => Date.now() > flushes);
  t.equal(await answerOf(tcp), other);
  tcp.close();
  end.close();
});
