// npm run check: types, lint, and the C++ tests under ASan and UBSan.
//   --full   also under TSan, and every fuzzer for five minutes
import { spawnSync } from 'node:child_process';
import { mkdtempSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const full = process.argv.includes('--full');

function must(command, ...args) {
  process.stdout.write(`check: ${[command, ...args].join(' ')}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function sanitized(folder, sanitizers, fuzz) {
  const options = [`-DATTACHE_SANITIZE=${sanitizers}`, '-DCMAKE_CXX_COMPILER=clang++'];
  must('cmake', '-S', '.', '-B', folder, ...options, `-DATTACHE_FUZZ=${fuzz ? 'ON' : 'OFF'}`);
  must('cmake', '--build', folder, '--parallel', String(availableParallelism()));
  must(join(root, folder, 'attache_native_tests'));
}

/** The seeds of a fuzzer, where it has some. */
function corpus(name) {
  return readdirSync(join(root, 'native'))
    .map((part) => join(root, 'native', part, 'fuzz/corpus', name))
    .filter((folder) => existsSync(folder));
}

must('npx', 'tsc', '--noEmit', '-p', '.');
must('npx', 'biome', 'lint', 'src', 'test', 'scripts', 'bench');
sanitized('build/asan', 'address,undefined', true);
if (full) {
  sanitized('build/tsan', 'thread', false);
  for (const fuzzer of readdirSync(join(root, 'build/asan')).filter((name) => name.startsWith('fuzz_'))) {
    const work = mkdtempSync(join(tmpdir(), 'attache-fuzz-'));
    must(join(root, 'build/asan', fuzzer), '-max_total_time=300', work, ...corpus(fuzzer.slice(5)));
    rmSync(work, { recursive: true });
  }
}
