// npm start: builds what needs building, then runs examples/httpbin.yaml with an embedded origin in
// the place of the host `httpbin`, and an admin interface on a free port.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FILE = 'examples/httpbin.yaml';
const ORIGIN_PORT = 8000; // as the file says
const PROXY_PORT = 15001; // as the file says

const build = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

const { startHttpbin } = await import(join(root, 'dist/httpbin_origin.js'));
const { start, ConfigError } = await import(join(root, 'dist/index.js'));

const taken = (error) => error.code === 'EADDRINUSE' || error.code === 'EACCES';

/** The origin on the file's port; on 127.0.0.2 … where another program has that port of 127.0.0.1; at last on a free port. */
async function startOrigin() {
  for (const host of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
    try {
      return { host, origin: await startHttpbin(ORIGIN_PORT, host) };
    } catch (error) {
      if (!taken(error)) throw error;
    }
  }
  return { host: '127.0.0.1', origin: await startHttpbin(0, '127.0.0.1') };
}

const { host, origin } = await startOrigin();
let config = join(root, FILE);
if (origin.port !== ORIGIN_PORT) {
  console.log(
    `Port ${ORIGIN_PORT} is taken: the origin listens on ${origin.port} instead, and ${FILE} is read with that port.`,
  );
  const { load } = await import('js-yaml');
  config = load(
    readFileSync(config, 'utf8').replace(`port_value: ${ORIGIN_PORT}`, `port_value: ${origin.port}`),
  );
}

const proxy = start(config, {
  configYaml: 'admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }',
  dns: { hosts: { httpbin: host } },
  logLevel: 'warning',
});

try {
  await proxy.ready;
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : `npm start: ${error.message}`);
  await origin.close();
  process.exit(1);
}

console.log(`
attache serves ${FILE}; an embedded origin (${host}:${origin.port}) answers for the host "httpbin".

  curl http://127.0.0.1:${PROXY_PORT}/get
  curl http://127.0.0.1:${PROXY_PORT}/headers
  curl -d name=value http://127.0.0.1:${PROXY_PORT}/post
  curl -i http://127.0.0.1:${PROXY_PORT}/status/503
  curl http://127.0.0.1:${PROXY_PORT}/stream/3      (all endpoints: curl http://127.0.0.1:${PROXY_PORT}/)

  admin: http://${proxy.adminAddress}     for example http://${proxy.adminAddress}/stats/prometheus
  stop:  Ctrl-C
`);

let stopping = false;
async function stop() {
  if (stopping) process.exit(0);
  stopping = true;
  console.log('draining; once more to stop at once');
  await proxy.drain();
  await proxy.close();
  await origin.close();
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
