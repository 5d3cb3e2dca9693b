// Load, aborts and updates on the engine without Node, for the sanitizers:
//   node scripts/engine-stress.mjs PROGRAM [--seconds N per pattern (3)] [--threads N (4)]
// Fails when an answer is wrong, the sanitizer complains, or a record is never let go of.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';
import { cluster, listener, proxyConfig, routeConfig, tcpListener } from '../bench/lib/config.mjs';
import { program } from '../bench/lib/native.mjs';
import { freePort, sleep } from '../bench/lib/processes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '3' }, threads: { type: 'string', default: '4' } },
});
const dir = mkdtempSync(join(tmpdir(), 'attache-stress-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

/** The same resources with other contents. */
function variant(config, n) {
  const copy = structuredClone(config);
  const [http] = copy.static_resources.listeners;
  // Every other version differs in its filter chain alone, which is then taken up in place.
  http.per_connection_buffer_limit_bytes = (1 << 20) + (n >> 1);
  copy.static_resources.listeners.at(-1).per_connection_buffer_limit_bytes = (1 << 17) + (n >> 1);
  const manager = http.filter_chains[0].filters[0].typed_config;
  const [host] = manager.route_config.virtual_hosts;
  host.routes.unshift({
    match: { safe_regex: { regex: `/only-${n}/[a-z]+` } },
    route: { cluster: 'origin' },
  });
  host.request_headers_to_add = [{ header: { key: 'x-version', value: String(n) } }];
  copy.static_resources.clusters[0].connect_timeout = `${n + 1}s`;
  return copy;
}

function start(command, args, env = {}) {
  const child = spawn(command, args.map(String), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  child.text = '';
  child.stderr.on('data', (part) => {
    child.text += part;
  });
  child.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  process.on('exit', () => child.kill('SIGKILL'));
  return child;
}

const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

async function listening(port, child) {
  let ended = false;
  child.ended.then(() => {
    ended = true;
  });
  for (let i = 0; !(await accepts(port)); i++) {
    if (ended || i > 600) throw new Error(`it does not serve:\n${child.text}`);
    await sleep(50);
  }
}

/** Requests that must all be answered. */
function load(port, args) {
  const argv = ['--port', port, '--duration', values.seconds, '--warmup', 0, ...args].map(String);
  const child = spawn(program('load'), argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  return new Promise((resolve, reject) =>
    child.once('close', () => {
      const { requests, errors, firstError } = JSON.parse(text);
      if (errors > 0) reject(new Error(`${errors} of ${requests} requests failed: ${firstError}`));
      else resolve(requests);
    }),
  );
}

/** Clients that vanish in the middle of what they do. */
async function aborted(port) {
  for (let i = 0; i < 10; i++) {
    const args = ['--port', port, '--connections', 40, '--size', i % 2 ? 102400 : 64, '--duration', 60];
    const child = spawn(program('load'), args.map(String), { stdio: 'ignore' });
    await sleep(150);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  }
}

/** Streams that are never ended, reset at once or in the middle, on connections that vanish; and some that are read. */
async function multiplexed(port) {
  const until = Date.now() + Number(values.seconds) * 1000;
  let answered = 0;
  for (let round = 0; Date.now() < until; round++) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const streams = Array.from({ length: 20 }, (_, i) => {
      const post = i % 3 === 0;
      const size = [64, 10240, 102400, 1048576][i % 4];
      const stream = session.request(
        { ':method': post ? 'POST' : 'GET', ':path': `/${size}` },
        { endStream: !post },
      );
      stream.on('error', () => {});
      if (post) stream.write(Buffer.alloc(50_000));
      if (i % 5 === 1) stream.close(http2.constants.NGHTTP2_CANCEL);
      if (i % 5 === 2) stream.once('data', () => stream.close());
      if (i % 5 === 3 && post) stream.end();
      if (i % 4 === 0) stream.pause();
      else stream.resume();
      return new Promise((resolve) =>
        stream.once('response', ({ ':status': status }) => {
          if (status === 200) answered++;
          resolve();
        }),
      );
    });
    await Promise.race([streams[1 + (round % 3)], sleep(20)]);
    session.destroy();
  }
  if (answered === 0) throw new Error('no stream was answered');
}

/** Each attack of the tests, on a connection that vanishes in its midst. */
async function attacked(port) {
  register();
  const { ATTACKS, attack } = await import('../test/e2e/h2_attacks.ts');
  for (const each of ATTACKS) {
    const peer = attack(port, each);
    await Promise.race([each.run(peer), sleep(Number(values.seconds) * 200)]);
    peer.close();
  }
}

const PATTERNS = [
  ['--connections', 32],
  ['--connections', 16, '--close'],
  ['--connections', 16, '--size', 102400],
  ['--connections', 8, '--size', 1048576],
  ['--connections', 16, '--browser', '--size', 10240],
];

const [port, front, tcp, originPort] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
const base = proxyConfig({ port, origin: originPort, accessLog: join(dir, 'access.log') });
// In front of it the same engine again, over HTTP/2.
const hop = cluster('hop', port);
hop.http2_protocol_options = { max_concurrent_streams: 50 };
base.static_resources.clusters.push(hop);
base.static_resources.listeners.push(
  listener('front', front, { route_config: routeConfig('front', 'hop') }, join(dir, 'front.log')),
);
// And as bytes.
base.static_resources.clusters.push(cluster('bytes', port));
base.static_resources.listeners.push(
  tcpListener('tcp', tcp, 'bytes', {
    access_log: [
      {
        name: 'file',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
          path: join(dir, 'tcp.log'),
        },
      },
    ],
    access_log_options: { flush_access_log_on_start: true, access_log_flush_interval: '0.05s' },
  }),
);
const files = [0, 1, 2].map((n) => {
  const file = join(dir, `version-${n}.json`);
  writeFileSync(file, JSON.stringify(variant(base, n)));
  return file;
});
const packed = join(dir, 'config.bin');
const pack = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/pack-config.ts', packed, ...files], {
  cwd: root,
  encoding: 'utf8',
});
if (pack.status !== 0) throw new Error(pack.stderr);

const origin = start(program('origin'), ['--port', originPort]);
const engine = start(positionals[0], [packed, '--threads', values.threads, '--update-ms', 10]);
try {
  await listening(originPort, origin);
  await listening(port, engine);
  let requests = 0;
  for (const pattern of PATTERNS) requests += await load(port, pattern);
  for (const pattern of PATTERNS) requests += await load(front, pattern);
  for (const pattern of PATTERNS) requests += await load(tcp, pattern);
  await multiplexed(front);
  await multiplexed(port);
  await attacked(front);
  await attacked(port);
  await aborted(port);
  await aborted(front);
  await aborted(tcp);
  requests += await load(front, ['--connections', 32]);
  engine.kill('SIGTERM');
  const code = await Promise.race([engine.ended, sleep(20_000).then(() => 'no end after SIGTERM')]);
  if (code !== 0) throw new Error(`exit ${code}\n${engine.text.slice(-10_000)}`);
  console.log(`${requests} requests; ${engine.text.trim().split('\n').at(-1)}`);
} catch (error) {
  engine.kill('SIGKILL');
  console.error(`${error.message}\n${engine.text.slice(-10_000)}`);
  process.exitCode = 1;
}
origin.kill('SIGKILL');
process.exit();
