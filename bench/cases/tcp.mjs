// Bytes through TCP proxies: round trips of 64 bytes, and large transfers either way.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cluster, tcpListener } from '../lib/config.mjs';
import { program } from '../lib/native.mjs';
import {
  findEnvoy,
  freePort,
  originCpu,
  proxyCpus,
  runTool,
  startServer,
  tree,
  which,
} from '../lib/processes.mjs';
import { fixed, summary } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';

const KINDS = [
  { name: '64 B, 64 connections', unit: 'round trip', args: ['--kind', 'pingpong', '--connections', 64] },
  { name: '64 B, 1 connection', unit: 'round trip', args: ['--kind', 'pingpong', '--connections', 1] },
  { name: '1 GB to the client', unit: 'MB', args: ['--kind', 'download', '--mb', 1024, '--connections', 1] },
  { name: '1 GB to the host', unit: 'MB', args: ['--kind', 'upload', '--mb', 1024, '--connections', 1] },
];
const STREAM = [
  '/usr/lib/nginx/modules/ngx_stream_module.so',
  '/usr/share/nginx/modules/ngx_stream_module.so',
];

const proxyConfig = ({ port, origin }) => ({
  static_resources: {
    listeners: [tcpListener('tcp', port, 'origin')],
    clusters: [cluster('origin', origin)],
  },
});

const haproxy = ({ port, origin, concurrency }, more) => `global
  nbthread ${concurrency}
  maxconn 2000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
${more}listen in
  bind 127.0.0.1:${port}
  server origin 127.0.0.1:${origin}
`;
const nginx = ({ dir, port, origin, concurrency }) => `load_module ${STREAM.find(existsSync)};
daemon off;
worker_processes ${concurrency};
pid ${dir}/nginx.pid;
events { worker_connections 4096; }
stream {
  server {
    listen 127.0.0.1:${port} so_keepalive=off;
    proxy_pass 127.0.0.1:${origin};
    proxy_timeout 1h;
  }
}
`;

/** By name: why it cannot run, and its command. */
const PEERS = {
  floor: [() => '', ({ port, origin }) => [program('floor'), '--listen', port, '--origin', origin]],
  attache: [
    () => '',
    (place) =>
      attacheArgv(place.write('attache.json', JSON.stringify(proxyConfig(place))), place.concurrency),
  ],
  haproxy: [
    () => which('haproxy') ?? 'no haproxy',
    (place) => [which('haproxy'), '-db', '-f', place.write('haproxy.cfg', haproxy(place, ''))],
  ],
  'haproxy+splice': [
    () => which('haproxy') ?? 'no haproxy',
    (place) => [
      which('haproxy'),
      ...['-db', '-f', place.write('haproxy.cfg', haproxy(place, '  option splice-auto\n'))],
    ],
  ],
  nginx: [
    () => (which('nginx') && STREAM.some(existsSync) ? '' : 'no nginx with its stream module'),
    (place) => [
      which('nginx'),
      ...['-p', place.dir, '-e', join(place.dir, 'error.log'), '-c', place.write('nginx.conf', nginx(place))],
    ],
  ],
  envoy: [
    () => (findEnvoy() ? '' : 'no envoy'),
    (place) => envoyArgv(place.write('envoy.json', JSON.stringify(proxyConfig(place))), place.concurrency),
  ],
};

async function start(name, context, origin) {
  const dir = join(context.dir, `tcp-${name.replace(/\W/g, '_')}-${context.concurrency}`);
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const write = (file, text) => {
    writeFileSync(join(dir, file), text);
    return join(dir, file);
  };
  const argv = PEERS[name][1]({ ...context, dir, port, origin, write }).map(String);
  const cpu = proxyCpus(context.concurrency);
  return { name, port, server: await startServer({ argv, cpu, port, log: join(dir, 'output.log') }) };
}

export async function run(context) {
  const wanted = context.peers.map(({ name }) => name);
  if (wanted.includes('haproxy')) wanted.push('haproxy+splice');
  const names = Object.keys(PEERS).filter((name) => wanted.includes(name));
  const origin = await freePort();
  const server = await startServer({
    argv: [program('tcp_origin'), '--port', origin].map(String),
    ...{ cpu: originCpu, port: origin, log: join(context.dir, 'tcp_origin.log') },
  });
  const running = [];
  const missing = [];
  for (const name of names) {
    const why = PEERS[name][0]();
    if (why.startsWith('no ')) missing.push([`${name}: ${why}`]);
    else running.push(await start(name, context, origin));
  }
  const figures = [];
  try {
    for (const kind of KINDS) {
      const rounds = new Map(running.map(({ name }) => [name, []]));
      for (let round = 0; round < context.options.rounds; round++) {
        for (let i = 0; i < running.length; i++) {
          const one = running[(i + round) % running.length];
          context.progress(`tcp, ${kind.name}: round ${round + 1}, ${one.name}`);
          const pids = tree(one.server.pid).join(',');
          const { duration, warmup } = context.options;
          const common = ['--port', one.port, '--pids', pids, '--duration', duration, '--warmup', warmup];
          rounds.get(one.name).push(await runTool([program('tcp_load'), ...kind.args, ...common]));
        }
      }
      for (const [name, all] of rounds) {
        const of = (key) => summary(all.map((each) => each[key]));
        figures.push({
          kind,
          name,
          cpu: of('cpu'),
          perSecond: of('perSecond'),
          p50: of('p50'),
          p99: of('p99'),
        });
      }
    }
  } finally {
    for (const one of running) await one.server.stop();
    await server.stop();
  }
  const rows = figures.map(({ kind, name, cpu, perSecond, p50, p99 }) => [
    `${kind.name}: ${name}`,
    `${fixed(cpu.median, 2)} / ${kind.unit}`,
    `${fixed(cpu.min, 2)}–${fixed(cpu.max, 2)}`,
    fixed(perSecond.median, 0),
    p50.median || '',
    p99.median || '',
  ]);
  return {
    title: 'bytes through TCP proxies',
    head: ['tcp', 'CPU µs', 'min–max', 'per s', 'p50 µs', 'p99 µs'],
    rows: [...rows, ...missing],
    figures,
  };
}
