// npm run fuzz: replays each fuzzer's corpus, then lets it search. Needs clang and its libFuzzer.
//   node scripts/fuzz.mjs [names]     only these (h1_request, route_match, …)
//   --seconds N                       how long each searches (60)
//   --jobs N                          how many at once (2)
// Inputs that reach new code are kept in build/fuzz/NAME; one that fails in build/fuzz/crash-….
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sources } from './native-sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** ASan and UBSan together; scripts/check.mjs runs the native tests of the same build. */
export const BUILD = 'build/asan';

/** Configures the sanitized build, again too: there may be new programs; builds the named targets. */
export function buildSanitized(folder, sanitizers, targets, extra = []) {
  const run = (args) => {
    const { status } = spawnSync('cmake', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`cmake ${args.join(' ')} failed`);
  };
  const compiler = existsSync(join(root, folder, 'CMakeCache.txt')) ? [] : ['-DCMAKE_CXX_COMPILER=clang++'];
  run(['-S', '.', '-B', folder, `-DATTACHE_SANITIZE=${sanitizers}`, ...compiler, ...extra]);
  run(['--build', folder, '--parallel', String(availableParallelism()), '--target', ...targets]);
}

export const fuzzers = () => sources('fuzz').map((file) => ({ file, name: basename(file, '.cc') }));

/** Resolves with what went wrong, or undefined. */
function fuzz({ file, name }, seconds) {
  const corpus = join(root, dirname(file), 'corpus', name);
  const found = join(root, 'build/fuzz', name);
  mkdirSync(found, { recursive: true });
  const args = [
    found,
    ...(existsSync(corpus) ? [corpus] : []),
    `-max_total_time=${seconds}`,
    '-timeout=10',
    '-rss_limit_mb=2048',
    '-print_final_stats=1',
    `-artifact_prefix=${join(root, 'build/fuzz')}/crash-${name}-`,
  ];
  return new Promise((resolve) => {
    const child = spawn(join(root, BUILD, `fuzz_${name}`), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (part) => {
      text = (text + part).slice(-20_000);
    });
    child.stdout.resume();
    child.on('close', (code) => {
      const runs = /number_of_executed_units: (\d+)/.exec(text)?.[1] ?? '?';
      const kept = existsSync(corpus) ? readdirSync(corpus).length : 0;
      process.stdout.write(`${code === 0 ? 'ok' : 'NOT OK'} fuzz ${name}: ${runs} runs, corpus of ${kept}\n`);
      resolve(code === 0 ? undefined : text);
    });
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '60' }, jobs: { type: 'string', default: '2' } },
  });
  const wanted = fuzzers().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (wanted.length === 0)
    throw new Error(
      `no such fuzzer; there are ${fuzzers()
        .map((f) => f.name)
        .join(' ')}`,
    );
  buildSanitized(
    BUILD,
    'address,undefined',
    wanted.map(({ name }) => `fuzz_${name}`),
    ['-DATTACHE_FUZZ=ON'],
  );
  const failures = [];
  const queue = [...wanted];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const failure = await fuzz(next, Number(values.seconds));
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  process.stdout.write(`${wanted.length - failures.length} passed, ${failures.length} failed\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
