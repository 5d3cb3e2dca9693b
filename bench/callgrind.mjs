// Instructions per request, counted by callgrind on the engine without Node: the same on every machine
// that has the same compiler, to a fraction of a percent.
//   node bench/callgrind.mjs                 counts and shows them beside those in bench/instructions.json
//   node bench/callgrind.mjs --check         fails when one grew by more than 2 %
//   node bench/callgrind.mjs --record WHY    writes them; WHY is kept beside each figure that changed
//   node bench/callgrind.mjs --annotate CASE   the functions that take them
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { proxyConfig } from './lib/config.mjs';
import { freePort } from './lib/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const RECORD = join(here, 'instructions.json');
const BUILD = 'build/release';
const ALLOWED = 1.02;
/** Two runs, whose difference leaves out what starting and connecting take. */
const REQUESTS = [1000, 3000];

const CASES = {
  'h1-64b': { options: [] },
  'h1-18-headers': { options: ['--browser'] },
  'h1-10k': { options: ['--body', 10240] },
  'json-log': { options: [], accessLog: '/dev/null' },
  'h2-64b': { options: ['--http2'] },
  'h2-h2-64b': { options: ['--http2', '--http2-origin'], http2Origin: true },
};

const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    record: { type: 'string' },
    annotate: { type: 'string' },
  },
});

function run(command, args, options = {}) {
  const result = spawnSync(command, args.map(String), {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')}: exit ${result.status}\n${result.stderr}`);
  return result.stdout;
}

/** The engine as users get it: the objects of the addon. */
function build() {
  run(process.execPath, ['scripts/build.mjs', '--native-only']);
  const addon = join(root, 'build/Release');
  const cache = join(root, BUILD, 'CMakeCache.txt');
  if (!existsSync(cache) || !readFileSync(cache, 'utf8').includes(addon)) {
    run('cmake', ['-S', '.', '-B', BUILD, '-DCMAKE_BUILD_TYPE=Release', `-DATTACHE_ADDON=${addon}`]);
  }
  run('cmake', ['--build', BUILD, '--parallel', availableParallelism(), '--target', 'attache_standalone']);
  return join(root, BUILD, 'attache_standalone');
}

/** Instructions inside the event loop for so many requests. */
async function count(program, dir, { options, accessLog, http2Origin }, requests, name) {
  const [port, origin] = [await freePort(), await freePort()];
  const file = join(dir, 'config.json');
  const packed = join(dir, 'config.bin');
  const out = join(dir, `${name}.out`);
  writeFileSync(file, JSON.stringify(proxyConfig({ port, origin, accessLog, http2Origin })));
  run(process.execPath, ['--import', 'tsx', 'scripts/pack-config.ts', packed, file]);
  const tool = [
    '--tool=callgrind',
    `--callgrind-out-file=${out}`,
    '--toggle-collect=attache::io::Loop::turn(int)',
  ];
  const place = ['--lockstep', '--port', port, '--origin-port', origin, '--requests', requests];
  run('valgrind', [...tool, program, packed, ...place, ...options]);
  const total = /^(?:totals|summary): (\d+)/m.exec(readFileSync(out, 'utf8'))?.[1];
  if (total === undefined || total === '0') throw new Error('callgrind counted nothing');
  return { total: Number(total), out };
}

async function perRequest(program, dir, name) {
  const counts = [];
  for (const requests of REQUESTS)
    counts.push((await count(program, dir, CASES[name], requests, name)).total);
  return Math.round((counts[1] - counts[0]) / (REQUESTS[1] - REQUESTS[0]));
}

function compiler() {
  const cache = readFileSync(join(root, BUILD, 'CMakeCache.txt'), 'utf8');
  const path = /^CMAKE_CXX_COMPILER:\w+=(.*)$/m.exec(cache)?.[1] ?? 'c++';
  return `${run(path, ['--version']).split('\n')[0]}, ${process.arch}`;
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'attache-callgrind-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const program = build();
  if (flags.annotate !== undefined) {
    const { out } = await count(program, dir, CASES[flags.annotate], REQUESTS[1], flags.annotate);
    console.log(run('callgrind_annotate', ['--threshold=95', out]));
    return;
  }
  const old = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : { compiler: '', cases: {} };
  const now = compiler();
  const comparable = old.compiler === now;
  const cases = {};
  let grown = 0;
  for (const name of Object.keys(CASES)) {
    const instructions = await perRequest(program, dir, name);
    const before = old.cases[name]?.instructions;
    const change =
      before === undefined ? '' : ` (${((instructions / before - 1) * 100).toFixed(2)} % against ${before})`;
    const tooMany = before !== undefined && instructions > before * ALLOWED;
    if (tooMany) grown++;
    console.log(
      `${tooMany && comparable ? 'NOT OK ' : ''}${name}: ${instructions} instructions a request${change}`,
    );
    cases[name] = before === instructions ? old.cases[name] : { instructions, why: flags.record };
  }
  if (flags.record !== undefined) {
    writeFileSync(RECORD, `${JSON.stringify({ compiler: now, cases }, null, 2)}\n`);
    return;
  }
  if (!comparable) console.log(`recorded with another compiler (${old.compiler || 'none'}): not compared`);
  if (flags.check && comparable && grown > 0) {
    console.error(
      'More than 2 % more than recorded. If that is right: node bench/callgrind.mjs --record "why"',
    );
    process.exitCode = 1;
  }
}

await main();
