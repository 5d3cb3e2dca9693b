// HTTP/2, TLS and gRPC: the same proxies with another front (and for gRPC another back). Load comes from
// h2load (nghttp2), handshakes from bench/native/tls_connect.cc.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { address, cluster, listener, routeConfig } from '../lib/config.mjs';
import { h2load } from '../lib/h2load.mjs';
import { program } from '../lib/native.mjs';
import {
  findEnvoy,
  freePort,
  originCpu,
  proxyCpus,
  runTool,
  spawnText,
  startServer,
  tree,
  which,
} from '../lib/processes.mjs';
import { fixed, summary } from '../lib/report.mjs';
import { attacheArgv, envoyArgv } from '../peers.mjs';

const H2 = ['-c', 8, '-m', 8];
const H1 = ['--h1', '-c', 64];
const KINDS = [
  { name: 'h2c 64 B', front: 'h2c', path: '/64', args: H2 },
  { name: 'tls h2 64 B', front: 'tls', path: '/64', args: H2 },
  { name: 'tls h1 64 B', front: 'tls', path: '/64', args: H1 },
  { name: 'tls h1 100 KB', front: 'tls', path: '/102400', args: H1 },
  { name: 'grpc unary', front: 'h2c', back: 'h2c', path: '/call', args: [...H2, '-d', 'CALL'] },
  { name: 'full handshake', front: 'tls', path: '/64', handshake: [] },
  { name: 'resumed handshake', front: 'tls', path: '/64', handshake: ['--resume'] },
];
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function envoyConfig({ port, origin, front, back, cert, key }) {
  const http = listener('http', port, {
    route_config: routeConfig('local', 'origin'),
    codec_type: front === 'h2c' ? 'HTTP2' : 'AUTO',
  });
  if (front === 'tls')
    http.filter_chains[0].transport_socket = {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
        common_tls_context: {
          alpn_protocols: ['h2', 'http/1.1'],
          tls_certificates: [{ certificate_chain: { filename: cert }, private_key: { filename: key } }],
        },
      },
    };
  const hosts = cluster('origin', origin);
  if (back === 'h2c')
    hosts.typed_extension_protocol_options = {
      [OPTIONS]: {
        '@type': `type.googleapis.com/${OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    };
  return JSON.stringify({
    admin: { address: address(0) },
    static_resources: { listeners: [http], clusters: [hosts] },
  });
}

const haproxyConfig = ({ port, origin, front, back, pem, concurrency }) => `global
  nbthread ${concurrency}
  maxconn 8000
  tune.ssl.default-dh-param 2048
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
frontend in
  bind 127.0.0.1:${port} backlog 4096 ${front === 'tls' ? `ssl crt ${pem} alpn h2,http/1.1` : 'proto h2'}
  default_backend out
backend out
  server origin 127.0.0.1:${origin} pool-max-conn -1 pool-purge-delay 1h${back === 'h2c' ? ' proto h2' : ''}
`;

const nginxConfig = ({ dir, port, origin, front, cert, key, concurrency }) => `daemon off;
worker_processes ${concurrency};
worker_rlimit_nofile 20000;
pid ${dir}/nginx.pid;
events { worker_connections 16384; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  ssl_session_cache shared:SSL:16m;
  upstream origin {
    server 127.0.0.1:${origin};
    keepalive 512;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  server {
    listen 127.0.0.1:${port} ${front === 'tls' ? 'ssl http2' : 'http2'} backlog=4096;
    ${front === 'tls' ? `ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3;` : ''}
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 16 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
    }
  }
}
`;

const nghttpxArgv = ({ dir, port, origin, front, back, cert, key, concurrency, write }) => [
  which('nghttpx'),
  `--conf=${write('nghttpx.conf', '')}`,
  `--frontend=127.0.0.1,${port}${front === 'tls' ? '' : ';no-tls'}`,
  `--backend=127.0.0.1,${origin}${back === 'h2c' ? ';;proto=h2' : ''}`,
  `--workers=${concurrency}`,
  '--backlog=4096',
  '--accesslog-file=',
  `--errorlog-file=${join(dir, 'error.log')}`,
  '--log-level=ERROR',
  `--pid-file=${join(dir, 'nghttpx.pid')}`,
  '--frontend-keep-alive-timeout=1h',
  '--backend-keep-alive-timeout=1h',
  '--no-ocsp',
  ...(front === 'tls' ? [key, cert] : []),
];

/** By name: its command, or undefined where it is not installed. nginx does not proxy to HTTP/2. */
const PEERS = {
  attache: (place) => attacheArgv(place.write('attache.json', envoyConfig(place)), place.concurrency),
  haproxy: (place) =>
    which('haproxy') && [which('haproxy'), '-db', '-f', place.write('haproxy.cfg', haproxyConfig(place))],
  nginx: (place) =>
    place.back !== 'h2c' &&
    which('nginx') && [
      which('nginx'),
      ...['-p', place.dir, '-e', join(place.dir, 'error.log')],
      ...['-c', place.write('nginx.conf', nginxConfig(place))],
    ],
  nghttpx: (place) => which('nghttpx') && nghttpxArgv(place),
  envoy: (place) =>
    findEnvoy() && envoyArgv(place.write('envoy.json', envoyConfig(place)), place.concurrency),
};

/** A certificate of our own, on the curve that servers use today. */
async function certificate(dir) {
  const [cert, key, pem] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(dir, name));
  await spawnText([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '30', '-subj', '/CN=localhost', '-keyout', key, '-out', cert],
  ]);
  writeFileSync(pem, `${await spawnText(['cat', cert, key])}`);
  return { cert, key, pem };
}

async function start(name, kind, context, files, origin) {
  const dir = join(context.dir, `${kind.name}-${name}-${context.concurrency}`.replace(/\W/g, '_'));
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const write = (file, text) => {
    writeFileSync(join(dir, file), text);
    return join(dir, file);
  };
  const place = { ...context, ...files, dir, port, origin, front: kind.front, back: kind.back, write };
  const argv = PEERS[name](place);
  if (!argv) return undefined;
  const cpu = proxyCpus(context.concurrency);
  const server = await startServer({ argv: argv.map(String), cpu, port, log: join(dir, 'output.log') });
  return { name, port, dir, server };
}

function measure(one, kind, { options }, call) {
  const pids = tree(one.server.pid);
  const { duration, warmup } = options;
  if (kind.handshake) {
    const argv = [program('tls_connect', ['-lssl', '-lcrypto']), '--port', one.port, ...kind.handshake];
    return runTool([...argv, '--pids', pids.join(','), '--duration', duration, '--warmup', warmup]);
  }
  const url = `${kind.front === 'tls' ? 'https' : 'http'}://127.0.0.1:${one.port}${kind.path}`;
  const args = kind.args.map((arg) => (arg === 'CALL' ? call : arg));
  if (call !== undefined && kind.back)
    args.push('-H', 'content-type: application/grpc', '-H', 'te: trailers');
  return h2load({ args, url, pids, duration, warmup, dir: one.dir });
}

/** An origin that answers calls: 64 bytes and grpc-status in trailers, over HTTP/2. */
async function grpcOrigin(context) {
  const port = await freePort();
  const docs = join(context.dir, 'docs');
  mkdirSync(docs, { recursive: true });
  writeFileSync(join(docs, 'call'), Buffer.alloc(64, 1));
  const call = join(context.dir, 'call.bin');
  writeFileSync(call, Buffer.concat([Buffer.from([0, 0, 0, 0, 59]), Buffer.alloc(59, 1)]));
  const argv = ['nghttpd', '--no-tls', '-d', docs, '--trailer', 'grpc-status: 0', '-a', '127.0.0.1', port];
  const server = await startServer({
    argv: argv.map(String),
    ...{ cpu: originCpu, port, log: join(context.dir, 'nghttpd.log') },
  });
  return { port, call, server };
}

async function runKind(kind, context, files, grpc) {
  const running = [];
  const failed = new Map();
  const wanted = context.peers.map(({ name }) => name).filter((name) => name in PEERS);
  const rounds = new Map();
  try {
    for (const name of wanted) {
      const one = await start(name, kind, context, files, kind.back ? grpc.port : context.origin);
      if (one) running.push(one);
    }
    for (const { name } of running) rounds.set(name, []);
    for (let round = 0; round < context.options.rounds; round++) {
      for (let i = 0; i < running.length; i++) {
        const one = running[(i + round) % running.length];
        if (failed.has(one.name)) continue;
        context.progress(`${kind.name}: round ${round + 1}, ${one.name}`);
        try {
          rounds.get(one.name).push(await measure(one, kind, context, grpc.call));
        } catch (error) {
          failed.set(one.name, error.message);
        }
      }
    }
  } finally {
    for (const one of running) await one.server.stop();
  }
  return [...rounds].map(([name, all]) => {
    if (failed.has(name) || all.length === 0) return { kind: kind.name, name, failed: failed.get(name) };
    const of = (field) => summary(all.map((each) => each[field]));
    return {
      kind: kind.name,
      name,
      cpu: of('cpu'),
      perSecond: of('perSecond'),
      p50: of('p50'),
      p99: of('p99'),
    };
  });
}

export async function run(context) {
  const head = ['http/2, tls, grpc', 'CPU µs', 'min–max', 'per s', 'p50 µs', 'p99 µs'];
  const title = 'HTTP/2, TLS and gRPC: CPU of a request, or of a connection';
  if (!which('h2load') || !which('nghttpd'))
    return { title, head, rows: [['no h2load or nghttpd (apt-get install nghttp2)']], figures: [] };
  const files = await certificate(context.dir);
  const grpc = await grpcOrigin(context);
  const figures = [];
  try {
    for (const kind of KINDS) figures.push(...(await runKind(kind, context, files, grpc)));
  } finally {
    await grpc.server.stop();
  }
  const rows = figures.map(({ kind, name, failed, cpu, perSecond, p50, p99 }) =>
    failed !== undefined || cpu === undefined
      ? [`${kind}: ${name}`, 'failed', failed ?? '']
      : [
          `${kind}: ${name}`,
          fixed(cpu.median),
          `${fixed(cpu.min)}–${fixed(cpu.max)}`,
          fixed(perSecond.median, 0),
          fixed(p50.median, 0),
          fixed(p99.median, 0),
        ],
  );
  return { title, head, rows, figures };
}
