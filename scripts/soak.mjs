// A long run at full load: memory stays flat, and no request fails. Bodies of several sizes, kept and
// new connections, and a route table that is replaced every second.
//   node scripts/soak.mjs [--minutes 20] [--growth MB: what memory may grow after the first tenth (16)]
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { address, cluster, listener, routeConfig } from '../bench/lib/config.mjs';
import { program } from '../bench/lib/native.mjs';
import { cpus, freePort, loadCpu, residentMb, runTool, startServer } from '../bench/lib/processes.mjs';
import { attacheArgv } from '../bench/peers.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, growth: { type: 'string', default: '16' } },
});
const dir = mkdtempSync(join(tmpdir(), 'attache-soak-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const originPort = await freePort();
const origin = await startServer({
  argv: [program('origin'), '--port', String(originPort)],
  cpu: loadCpu,
  port: originPort,
  log: join(dir, 'origin.log'),
});
const port = await freePort();
let version = 0;
function writeRoutes() {
  const n = ++version;
  const routes = routeConfig('local', 'origin', [
    { match: { path: `/version-${n}` }, route: { cluster: 'origin' } },
  ]);
  const resources = [{ '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration', ...routes }];
  writeFileSync(join(dir, 'rds.json.new'), JSON.stringify({ version_info: String(n), resources }));
  renameSync(join(dir, 'rds.json.new'), join(dir, 'rds.json'));
}
writeRoutes();
const config_source = { resource_api_version: 'V3', path_config_source: { path: join(dir, 'rds.json') } };
const config = {
  node: { id: 'soak', cluster: 'soak' },
  static_resources: {
    listeners: [
      listener('http', port, { rds: { route_config_name: 'local', config_source } }, join(dir, 'access.log')),
    ],
    clusters: [cluster('origin', originPort)],
  },
  admin: { address: address(0) },
};
writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
const proxy = await startServer({
  argv: attacheArgv(join(dir, 'config.json'), 2).map(String),
  port,
  cpu: `0-${cpus - 1}`,
  log: join(dir, 'output.log'),
});
const updating = setInterval(writeRoutes, 1000);
// The log is cut now and then, or the run would fill the disk.
const cutting = setInterval(() => spawn('truncate', ['-s', '0', join(dir, 'access.log')]), 10_000);

const PATTERNS = [
  ['--size', 64, '--connections', 64],
  ['--size', 10240, '--connections', 32, '--browser'],
  ['--size', 64, '--connections', 32, '--close'],
  ['--size', 102400, '--connections', 16],
  ['--size', 1048576, '--connections', 8],
];
const end = performance.now() + Number(values.minutes) * 60_000;
const begin = performance.now();
let requests = 0;
let errors = 0;
let base;
let highest = 0;
try {
  for (let i = 0; performance.now() < end; i++) {
    const argv = [
      program('load'),
      '--port',
      port,
      ...PATTERNS[i % PATTERNS.length],
      '--duration',
      5,
      '--warmup',
      0,
    ];
    const result = await runTool(argv);
    requests += result.requests;
    errors += result.errors;
    if (result.errors > 0)
      console.log(`failed: ${result.firstError} (${result.errors} of ${result.requests})`);
    const memory = residentMb([proxy.pid]);
    const warm = performance.now() - begin > (end - begin) / 10 && i >= PATTERNS.length;
    if (warm && base === undefined) base = memory;
    if (warm) highest = Math.max(highest, memory);
  }
} finally {
  clearInterval(updating);
  clearInterval(cutting);
  await proxy.stop();
  await origin.stop();
}
const grown = base === undefined ? 0 : highest - base;
console.log(
  `${requests} requests, ${errors} failed; ${version} route tables; memory grew by ${grown.toFixed(1)} MB`,
);
const passed = errors === 0 && requests > 0 && grown <= Number(values.growth);
console.log(passed ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = passed ? 0 : 1;
