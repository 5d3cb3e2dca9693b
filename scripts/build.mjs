// npm run build: generated sources, the bundles in dist/ with their types, the addon in prebuilds/.
// Each step looks at what it reads and does nothing when none of it changed.
//   --js-only, --native-only   one half
//   --werror                   warnings of the C++ compiler are errors, from then on in this folder
//   --force                    every step
//   --verbose                  the compiler's command lines
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, OUTPUTS, writeBytecode } from './bundle.mjs';
import { sources } from './native-sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2));
const stamps = join(root, 'build/stamps');
const log = (text) => process.stdout.write(`build: ${text}\n`);

function fail(text) {
  process.stderr.write(`build: ${text}\n`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.error) fail(`${command}: ${result.error.message}`);
  if (result.status !== 0) fail(`${[command, ...args].join(' ')} failed`);
}

/** All files below the folders (or the files themselves), relative to the root. */
function filesOf(paths, wanted = () => true) {
  return paths
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => {
      if (!statSync(join(root, path)).isDirectory()) return [path];
      return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
    })
    .filter(wanted)
    .sort();
}

/** Runs `work` unless the inputs are as they were after its last success and the outputs exist. */
async function step(name, inputs, outputs, work) {
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    const { mtimeMs, size } = statSync(path);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  const digest = hash.digest('hex');
  const stamp = join(stamps, name);
  const same = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (same && !flags.has('--force') && outputs.every((file) => existsSync(join(root, file)))) return false;
  const begin = performance.now();
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, digest);
  log(`${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  return true;
}

/** Scripts that write sources; each is run when it or what it may read changed. */
const GENERATORS = [
  { script: 'scripts/build-api-index.mjs', reads: ['api', 'scripts'], writes: ['dist/api/descriptors.txt'] },
  {
    script: 'scripts/gen-layout.ts',
    reads: ['scripts', 'src/tables/layout', 'src/extensions'],
    writes: ['src/tables/generated/layout.ts', 'native/tables/generated/layout.h'],
  },
  {
    script: 'scripts/gen-stats.ts',
    reads: ['scripts', 'src/stats'],
    writes: ['native/stats/generated/groups.h'],
  },
];

async function generate() {
  for (const { script, reads, writes } of GENERATORS) {
    if (!existsSync(join(root, script))) continue;
    const inputs = filesOf(reads, (file) => !file.includes('/generated/') && !file.endsWith('build.mjs'));
    await step(script.replace(/^scripts\/|\.\w+$/g, ''), inputs, writes, () =>
      run(process.execPath, ['--import', 'tsx', script]),
    );
  }
}

/** Declarations of src/index.ts and what it names. */
function types() {
  rmSync(join(root, 'dist/types'), { recursive: true, force: true });
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
}

/** The name of this system's folder in prebuilds/, as src/engine/engine.ts looks for it. */
function platformName() {
  const glibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  return `${process.platform}-${process.arch}${glibc ? '' : '-musl'}`;
}

/** The headers that lie beside this node: nothing is ever downloaded. */
function nodeHeaders() {
  const prefix = process.env.ATTACHE_NODE_PREFIX ?? join(dirname(process.execPath), '..');
  if (existsSync(join(prefix, 'include/node/node_api.h'))) return prefix;
  return fail(
    `no Node headers in ${join(prefix, 'include/node')}. They come with Node's own archives and with the ` +
      'libnode-dev package of Debian and Ubuntu; or name a folder that has include/node in ATTACHE_NODE_PREFIX.',
  );
}

/** ccache in front of the compiler, where it is installed; checkouts in different folders share what is compiled. */
function compilerEnvironment() {
  const ccache = (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, 'ccache')));
  if (!ccache || process.env.CXX?.includes('ccache')) return process.env;
  return {
    ...process.env,
    CCACHE_BASEDIR: root,
    CCACHE_NOHASHDIR: '1',
    CXX: `ccache ${process.env.CXX ?? 'g++'}`,
    CC: `ccache ${process.env.CC ?? 'gcc'}`,
  };
}

async function native() {
  const prefix = nodeHeaders();
  const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  const output = `prebuilds/${platformName()}/attache.node`;
  const built = 'build/Release/attache.node';
  const env = compilerEnvironment();
  const setup = join(stamps, 'native-setup');
  const before = existsSync(setup) ? readFileSync(setup, 'utf8') : '';
  // Without the flag it stays as it was: tests that build do not compile everything again.
  const werror = flags.has('--werror') || before.includes('\nwerror\n') ? 'werror' : 'warnings';
  const list = [...sources('re2'), ...sources('core'), ...sources('binding')].join('\n');
  const wanted = [
    process.version,
    process.execPath,
    prefix,
    env.CXX,
    werror,
    readFileSync(join(root, 'binding.gyp'), 'utf8'),
    list,
  ].join('\n');
  const skip = (file) => /\/(test|fuzz|bench|standalone)\//.test(file);
  const inputs = filesOf(['native', 'binding.gyp', 'node_modules/re2/package.json'], (file) => !skip(file));
  const configured = before === wanted && existsSync(join(root, 'build/Makefile'));
  if (!configured) rmSync(join(stamps, 'native'), { force: true });
  await step('native', inputs, [output, built], () => {
    if (!configured) {
      run(
        process.execPath,
        [
          gyp,
          'configure',
          `--nodedir=${prefix}`,
          '--loglevel=warn',
          '--',
          `-Dattache_werror=${werror === 'werror' ? 1 : 0}`,
        ],
        { env },
      );
      mkdirSync(stamps, { recursive: true });
      writeFileSync(setup, wanted);
    }
    run(
      'make',
      [
        '-C',
        'build',
        'BUILDTYPE=Release',
        '-j',
        String(availableParallelism()),
        ...(flags.has('--verbose') ? ['V=1'] : ['-s']),
      ],
      {
        env,
        stdio: ['ignore', flags.has('--verbose') ? 'inherit' : 'ignore', 'inherit'],
      },
    );
    // A running process has the old file mapped: put a new one in its place, never write into it.
    mkdirSync(dirname(join(root, output)), { recursive: true });
    const next = `${join(root, output)}.new`;
    copyFileSync(join(root, built), next);
    run('strip', ['--strip-debug', next]);
    renameSync(next, join(root, output));
  });
}

/** One build at a time in a checkout: others wait for it, and then find nothing to do. */
function lock() {
  const file = join(root, 'build/lock');
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(file, { force: true }));
      for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    } catch {
      rmSync(file, { force: true }); // its owner is gone
    }
  }
}

lock();
const begin = performance.now();
let worked = false;
if (!flags.has('--native-only')) {
  await generate();
  const inputs = filesOf(['src', 'package-lock.json', 'scripts/bundle.mjs'], (file) => !file.endsWith('.md'));
  worked = (await step('bundles', inputs, OUTPUTS, bundle)) || worked;
  worked = (await step('types', inputs, ['dist/types/index.d.ts'], types)) || worked;
}
if (!flags.has('--js-only')) await native();
if (!flags.has('--native-only')) {
  const inputs = ['scripts/bytecode.cjs', 'build/stamps/bundles', `prebuilds/${platformName()}/attache.node`];
  if (inputs.every((file) => existsSync(join(root, file))))
    worked = (await step('bytecode', inputs, ['dist/run/main.cjs'], writeBytecode)) || worked;
}
if (worked) log(`done in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
