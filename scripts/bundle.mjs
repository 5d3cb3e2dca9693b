// The bundles of dist/, for scripts/build.mjs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  // Piscina finds its own worker file beside itself, and pino its transports by name; gRPC is the user's.
  external: ['piscina', 'pino', '@grpc/grpc-js'],
  logLevel: 'warning',
};
/** What others import: ES modules; what they share goes to dist/chunks/. */
const LIBRARY = {
  index: 'src/index.ts',
  'xds-server': 'src/xds-server/index.ts',
  httpbin_origin: 'src/examples/httpbin_origin.ts',
};
/** What the command and its threads run: for src/load.ts, in dist/run/. */
const PROGRAM = {
  main: 'src/main.ts',
  worker: 'src/worker.ts',
  config_thread: 'src/config/config_thread.ts',
  load: 'src/config/load.ts',
  cel_parser: 'src/cel/cel_parser.ts',
};
const THREADS = ['worker', 'config_thread'];

export const OUTPUTS = [
  ...Object.keys(LIBRARY).map((name) => `dist/${name}.js`),
  ...Object.keys(PROGRAM).map((name) => `dist/run/${name}.cjs`),
  ...THREADS.map((name) => `dist/${name}.cjs`),
  'dist/load.cjs',
];

export async function bundle() {
  // Shared modules carry their content's hash in their name: those of earlier builds stay behind otherwise.
  for (const folder of ['dist/chunks', 'dist/run'])
    rmSync(join(root, folder), { recursive: true, force: true });
  await Promise.all([library(), program(), loader()]);
}

async function library() {
  await build({
    ...COMMON,
    entryPoints: LIBRARY,
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    sourcemap: true,
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS packages inside an ES module bundle call require.
    banner: {
      js: "import { createRequire as attacheRequire } from 'node:module'; const require = attacheRequire(import.meta.url);",
    },
  });
}

/** esbuild splits only ES modules: each becomes a CommonJS module afterwards. */
async function program() {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: PROGRAM,
    outdir: 'dist/run',
    outExtension: { '.js': '.cjs' },
    splitting: true,
    format: 'esm',
    sourcemap: 'inline',
    write: false,
    chunkNames: '[name]-[hash]',
  });
  mkdirSync(join(root, 'dist/run'), { recursive: true });
  for (const { path, text } of outputFiles) {
    const { code, map } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: 'external',
      sourcefile: relative(dirname(path), path),
      define: { 'import.meta.url': 'importMetaUrl' },
      supported: { 'dynamic-import': false },
    });
    writeFileSync(path, `${code}//# sourceMappingURL=${relative(dirname(path), path)}.map\n`);
    writeFileSync(`${path}.map`, map);
  }
  for (const name of THREADS) {
    const text = `module.exports = require('./load.cjs').load('${name}');\n`;
    writeFileSync(join(root, `dist/${name}.cjs`), text);
  }
}

async function loader() {
  await build({ ...COMMON, entryPoints: ['src/load.ts'], outfile: 'dist/load.cjs', format: 'cjs' });
}

/** Bytecode of what a start compiles, for the Node that runs this. Without it a start takes longer, no more. */
export function writeBytecode() {
  const run = spawnSync(process.execPath, [join(root, 'scripts/bytecode.cjs')], { stdio: 'inherit' });
  if (run.status !== 0) process.stderr.write('build: no bytecode was made; starts take longer\n');
}
