// npm test: builds what needs building, then runs the native tests and test/**/*.test.ts through tap.
//   node scripts/test.mjs [files]     only these test files
//   --no-native                       without the C++ tests
//   --no-build                        with what is built
//   --once                            a file that fails is not run again
// A file that fails beside others is run once more, alone: what passes then is named as flaky at the end and is no
// failure, so that a machine's hiccup in one of hundreds of end-to-end tests does not hide what the rest says.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2).filter((a) => a.startsWith('--')));
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const NATIVE = 'build/native';
const ADDON = join(root, 'build/Release');
const TAP = join(root, 'node_modules/.bin/tap');

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.error) throw result.error;
  return result;
}

function must(command, args, options) {
  const { status } = run(command, args, options);
  if (status !== 0) {
    process.stderr.write(`test: ${[command, ...args].join(' ')} failed\n`);
    process.exit(status ?? 1);
  }
}

function build() {
  must(process.execPath, ['scripts/build.mjs']);
  const quiet = ['ignore', 'ignore', 'inherit'];
  // The tests are of the very objects that are in the addon; the sanitizers' builds (scripts/check.mjs)
  // compile all of it anew, with asserts.
  const cache = join(root, NATIVE, 'CMakeCache.txt');
  if (!existsSync(cache) || !readFileSync(cache, 'utf8').includes(ADDON)) {
    must('cmake', ['-S', '.', '-B', NATIVE, `-DATTACHE_ADDON=${ADDON}`], { stdio: quiet });
  }
  // The programs are for tests in TypeScript.
  const targets = [...(flags.has('--no-native') ? [] : ['attache_native_tests']), 'attache_programs'];
  const jobs = String(availableParallelism());
  must('cmake', ['--build', NATIVE, '--parallel', jobs, '--target', ...targets], { stdio: quiet });
}

/** C++ tests: a program that ends with `N tests, N failed`. */
function nativeTests(name, command, args) {
  const { stdout, status } = run(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  for (const line of lines) if (line.startsWith('not ok')) process.stdout.write(`${line}\n`);
  process.stdout.write(`${name}: ${lines.at(-1)}\n`);
  const [, ran = 0, failed = 1] = /(\d+) tests, (\d+) failed/.exec(stdout)?.map(Number) ?? [];
  if (status !== 0 && failed === 0) return { passed: ran, failed: 1 }; // it crashed
  return { passed: ran - failed, failed };
}

/** tap compiles its plugins into itself once after an installation. */
function setUpTap() {
  const built = join(root, 'node_modules/@tapjs/test/test-built/dist/esm/index.js');
  if (existsSync(built) && !readFileSync(built, 'utf8').includes('@tapjs/typescript')) return;
  must(TAP, ['build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** One run of tap over `files` (none: all of them). @returns the counts, and the files that failed */
function tapRun(files, output) {
  const reporter = process.stdout.isTTY ? 'base' : 'min';
  const { status } = run(TAP, ['run', `--reporter=${reporter}`, `--output-file=${output}`, ...files], {
    env: { ...process.env, ATTACHE_NATIVE_BUILD: join(root, NATIVE) },
  });
  const text = readFileSync(output, 'utf8');
  if (reporter === 'min')
    for (const [line] of text.matchAll(/^(not )?ok \d+ - .*$/gm)) process.stdout.write(`${line}\n`);
  const count = (name) => Number(new RegExp(`^# \\{ total: .*\\b${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const failed = count('fail');
  return {
    passed: count('pass'),
    skipped: count('skip'),
    failed: status !== 0 && failed === 0 ? 1 : failed,
    failedFiles: [...text.matchAll(/^not ok \d+ - (\S+)/gm)].map(([, file]) => file),
  };
}

function tapTests() {
  setUpTap();
  mkdirSync(join(root, 'build'), { recursive: true });
  const all = tapRun(wanted, join(root, 'build/test.tap'));
  const { failedFiles } = all;
  if (all.failed === 0 || flags.has('--once') || failedFiles.length === 0 || failedFiles.length > 5)
    return all;
  process.stdout.write(`again, alone: ${failedFiles.join(' ')}\n`);
  const flaky = [];
  let failed = 0;
  for (const file of failedFiles) {
    const alone = tapRun([file], join(root, 'build/test-again.tap'));
    failed += alone.failed;
    if (alone.failed === 0) flaky.push(file);
  }
  return { ...all, failed, flaky };
}

if (!flags.has('--no-build')) build();
const results = [];
if (!flags.has('--no-native') && wanted.length === 0) {
  results.push(nativeTests('native', join(root, NATIVE, 'attache_native_tests'), []));
  const contract = ['scripts/filter-contract.mjs', join(NATIVE, 'filter_contract')];
  results.push(nativeTests('filter contract', process.execPath, contract));
}
results.push(tapTests());
const sum = (name) => results.reduce((total, result) => total + (result[name] ?? 0), 0);
if (sum('skipped') > 0) process.stdout.write(`${sum('skipped')} skipped\n`);
for (const file of results.flatMap((result) => result.flaky ?? []))
  process.stdout.write(`FLAKY: ${file} failed beside others (build/test.tap) and passed alone\n`);
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
