// npm run build: generated files, the bundles in dist/, the addon in prebuilds/. Does what is
// needed and no more.   --native-only, --js-only, --types
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2));

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.status !== 0) {
    console.error(`build: ${command} ${args.join(' ')} failed`);
    process.exit(result.status ?? 1);
  }
}

function generate() {
  for (const script of ['scripts/build-api-index.mjs', 'scripts/gen-stats.ts', 'scripts/gen-layout.ts']) {
    if (existsSync(join(root, script))) run(process.execPath, ['--import', 'tsx', script]);
  }
}

async function bundle() {
  const { build } = await import('esbuild');
  const entries = ['main', 'index', 'worker', 'config/config_thread', 'examples/httpbin_origin'];
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      entries.filter((name) => existsSync(join(root, `src/${name}.ts`))).map((name) => [name.split('/').at(-1), `src/${name}.ts`]),
    ),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    legalComments: 'none',
    chunkNames: 'chunks/[name]-[hash]',
    // Piscina finds its own worker file beside itself; pino loads its transports by name.
    external: ['piscina', 'pino'],
    // CommonJS packages inside an ES module bundle call require.
    banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
    logLevel: 'warning',
  });
}

function platformName() {
  const report = process.report.getReport();
  return `${process.platform}-${process.arch}${report.header.glibcVersionRuntime ? '' : '-musl'}`;
}

/** The headers that lie beside this node: nothing is downloaded. */
function nodeHeaders() {
  const prefix = join(dirname(process.execPath), '..');
  if (existsSync(join(prefix, 'include/node/node_api.h'))) return prefix;
  console.error(
    `build: no Node headers in ${join(prefix, 'include/node')}. Install Node from its own archive, or your system's header package (libnode-dev).`,
  );
  process.exit(1);
}

function sourceHash() {
  const hash = createHash('sha256');
  const list = (name) =>
    spawnSync(process.execPath, ['scripts/native-sources.mjs', name], { cwd: root, encoding: 'utf8' }).stdout;
  hash.update(list('core') + list('binding') + process.version + readFileSync(join(root, 'binding.gyp'), 'utf8') + readFileSync(join(root, 'scripts/native-sources.mjs'), 'utf8'));
  return hash.digest('hex');
}

function native() {
  if (!existsSync(join(root, 'native/binding/addon.cc'))) return;
  const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  const prefix = nodeHeaders();
  const jobs = String(availableParallelism());
  const stamp = join(root, 'build/sources.hash');
  const hash = sourceHash();
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
    run(process.execPath, [gyp, 'configure', `--nodedir=${prefix}`, '--loglevel=warn']);
    writeFileSync(stamp, hash);
  }
  run(process.execPath, [gyp, 'build', '--jobs', jobs, '--loglevel=warn', `--nodedir=${prefix}`], {
    stdio: ['ignore', flags.has('--verbose') ? 'inherit' : 'ignore', 'inherit'],
  });
  const to = join(root, 'prebuilds', platformName(), 'attache.node');
  const from = join(root, 'build/Release/attache.node');
  mkdirSync(dirname(to), { recursive: true });
  if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) copyFileSync(from, to);
}

function types() {
  run(process.execPath, [
    'node_modules/typescript/bin/tsc', '-p', '.', '--noEmit', 'false', '--emitDeclarationOnly', '--declaration',
    '--rootDir', 'src', '--outDir', 'dist/types', '--allowImportingTsExtensions',
  ]);
}

if (!flags.has('--native-only')) {
  generate();
  await bundle();
}
if (!flags.has('--js-only')) native();
if (flags.has('--types')) types();
