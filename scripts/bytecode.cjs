// Starts the command once and keeps the bytecode of all functions that this has compiled, where src/load.ts
// looks for it. The configuration thread has a start of its own here: the command's cannot be asked.
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { get } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { BroadcastChannel, isMainThread, parentPort, Worker } = require('node:worker_threads');
const { load, run, scripts } = require('../dist/load.cjs');

const folder = join(__dirname, `../dist/run/${process.version}-${process.arch}`);
const CONFIG = `
admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
static_resources:
  listeners:
  - name: http
    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress
          route_config:
            name: local
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: { prefix: / }
                route: { cluster: origin, timeout: 5s }
          http_filters:
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: origin
    type: STATIC
    connect_timeout: 1s
    load_assignment:
      cluster_name: origin
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 1 } } } }] }]
`;

/** Threads share modules: what has compiled more of one is kept. */
function keep() {
  for (const [name, script] of scripts) {
    const file = join(folder, name);
    const data = script.createCachedData();
    if (!existsSync(file) || statSync(file).size < data.length) writeFileSync(file, data);
  }
}

/** The configuration thread, told by a channel of ours when it has answered. */
function inThread() {
  load('config_thread');
  const channel = new BroadcastChannel('attache-bytecode');
  channel.onmessage = () => {
    keep();
    channel.postMessage('kept');
    channel.close();
  };
}

async function fromThread() {
  const worker = new Worker(__filename);
  const channel = new BroadcastChannel('attache-bytecode');
  worker.on('message', () => channel.postMessage('keep'));
  const options = { unknownStatic: 'reject', unknownDynamic: 'ignore', skipDeprecated: false };
  worker.postMessage({
    id: 1,
    request: { kind: 'bootstrap', input: { path: '', text: CONFIG, yaml: '' }, options },
  });
  await new Promise((resolve, reject) => {
    channel.onmessage = resolve;
    worker.on('error', reject);
  });
  channel.close();
  await worker.terminate();
}

/** Whether it has started. */
function isLive(address) {
  return new Promise((resolve) => {
    get(`http://${address}/ready`, (response) => resolve(response.resume().statusCode === 200)).on(
      'error',
      () => resolve(false),
    );
  });
}

function exitWith(error) {
  process.stderr.write(`bytecode: ${error.message}\n`);
  process.exit(1);
}

async function main() {
  rmSync(folder, { recursive: true, force: true });
  const temporary = mkdtempSync(join(tmpdir(), 'attache-bytecode-'));
  const address = join(temporary, 'admin');
  process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
  const flags = ['--config-yaml', CONFIG, '--concurrency', '1', '-l', 'off', '--admin-address-path', address];
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...flags);
  run();
  const end = Date.now() + 60_000;
  while (!(existsSync(address) && (await isLive(readFileSync(address, 'utf8'))))) {
    if (Date.now() > end) throw new Error('the command did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  mkdirSync(folder, { recursive: true });
  keep();
  await fromThread();
  process.exit(0);
}

if (isMainThread) main().catch((error) => exitWith(error));
else if (parentPort !== null) inThread();
