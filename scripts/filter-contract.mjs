// Runs the program that holds the contract of HTTP filters against filters which use all of it:
//   node scripts/filter-contract.mjs PROGRAM
// PROGRAM: filter_contract of a native build (native/http/test/contract); its output is ours.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proxyConfig } from '../bench/lib/config.mjs';
import { freePort } from '../bench/lib/processes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = resolve(process.argv[2] ?? 'build/native/filter_contract');
const dir = mkdtempSync(join(tmpdir(), 'attache-contract-'));
try {
  const [port, origin] = [await freePort(), await freePort()];
  const config = proxyConfig({ port, origin });
  const [http] = config.static_resources.listeners;
  http.per_connection_buffer_limit_bytes = 65536;
  http.filter_chains[0].filters[0].typed_config.http_protocol_options = { enable_trailers: true };
  const [cluster] = config.static_resources.clusters;
  cluster.http_protocol_options = { enable_trailers: true };
  cluster.per_connection_buffer_limit_bytes = 65536;
  const [file, packed] = [join(dir, 'config.json'), join(dir, 'config.bin')];
  writeFileSync(file, JSON.stringify(config));
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: 300_000 };
  const pack = ['--import', 'tsx', 'scripts/pack-config.ts', packed, file];
  for (const [command, args] of [
    [process.execPath, pack],
    [program, [packed, port, origin].map(String)],
  ]) {
    const { status, signal, error } = spawnSync(command, args, options);
    if (error) throw error;
    if (status !== 0) {
      if (status === null) process.stderr.write(`${command}: ${signal}\n`);
      process.exitCode = 1;
      break;
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
