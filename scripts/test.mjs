// npm test: builds what needs building, then the native tests and all of test/**/*.test.ts.
//   node scripts/test.mjs [files]     only these test files
//   --no-native                       without the C++ tests
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = process.argv.slice(2).filter((a) => a.startsWith('--'));
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'));

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Test files below test/, or those named. */
function files() {
  if (wanted.length > 0) return wanted;
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function nativeTests() {
  const build = 'build/native';
  if (!existsSync(join(root, build, 'CMakeCache.txt'))) must('cmake', ['-S', '.', '-B', build]);
  const targets = ['attache_native_tests', 'attache_programs'];
  must('cmake', ['--build', build, '--parallel', String(availableParallelism()), '--target', ...targets]);
  const run = spawnSync(join(root, build, 'attache_native_tests'), { cwd: root, encoding: 'utf8' });
  process.stdout.write(run.stdout.split('\n').slice(-15).join('\n'));
  process.stderr.write(run.stderr);
  return run.status === 0;
}

/** One file in a process of its own; answers its result. Asserts are counted from its TAP. */
function runFile(file) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      env: { ...process.env, TAP_TIMEOUT: '120', TAP_BAIL: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      out += data;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 240_000);
    child.on('close', (code) => {
      clearTimeout(timer);
      const passed = (out.match(/^# pass +(\d+)/m) ?? [])[1];
      const top = out.match(/^ok /gm)?.length ?? 0;
      const skipped = out.match(/^ok .*# SKIP/gm)?.length ?? 0;
      resolve({ file, ok: code === 0, out, passed: Number(passed ?? top) - skipped, skipped });
    });
  });
}

must(process.execPath, ['scripts/build.mjs']);
let failed = 0;
let passed = 0;
let skipped = 0;
if (!flags.includes('--no-native') && wanted.length === 0) nativeTests() ? passed++ : failed++;

const queue = files();
async function work() {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await runFile(file);
    process.stdout.write(`${result.ok ? 'ok    ' : 'NOT OK'} ${file}\n`);
    if (!result.ok) process.stdout.write(`${result.out}\n`);
    passed += result.passed;
    skipped += result.skipped;
    if (!result.ok) failed++;
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
