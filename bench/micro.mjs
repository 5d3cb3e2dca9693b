// npm run bench:micro: the pieces. What the control half does is timed with `benchmark`; the pieces of the
// data path (parsers, HPACK, route match, log lines, choice of a host) by programs that are built first.
//   npm run bench:micro [names]     only these
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { address, cluster } from './lib/config.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const BUILD = 'build/release';
const PROGRAMS = ['parse_bench', 'hpack_bench', 'route_bench', 'format_bench'];

function run(command, args, stdio = 'inherit') {
  const { status } = spawnSync(command, args.map(String), { cwd: root, stdio });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}`);
}

/** The programs with the objects of the addon, as users get them. */
function build() {
  const quiet = ['ignore', 'ignore', 'inherit'];
  run(process.execPath, ['scripts/build.mjs'], quiet);
  const addon = join(root, 'build/Release');
  run('cmake', ['-S', '.', '-B', BUILD, '-DCMAKE_BUILD_TYPE=Release', `-DATTACHE_ADDON=${addon}`], quiet);
  const targets = [...PROGRAMS, 'attache_standalone'];
  run('cmake', ['--build', BUILD, '--parallel', availableParallelism(), '--target', ...targets], quiet);
}

const HOSTS = [1, 10, 1000];
const POLICIES = {
  ROUND_ROBIN: {},
  LEAST_REQUEST: {},
  RANDOM: {},
  'ROUND_ROBIN, weighted': { weighted: true },
};

/** A cluster of so many hosts for each policy. */
function balancing() {
  const dir = mkdtempSync(join(tmpdir(), 'attache-micro-'));
  try {
    const clusters = Object.entries(POLICIES).flatMap(([title, { weighted }]) =>
      HOSTS.map((count) => {
        const name = `${title}, ${count}`;
        const lb_endpoints = Array.from({ length: count }, (_, i) => ({
          endpoint: { address: address(1 + i) },
          ...(weighted ? { load_balancing_weight: 1 + (i % 7) } : {}),
        }));
        const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints }] };
        return { ...cluster(name, 1), lb_policy: title.split(',')[0], load_assignment };
      }),
    );
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ static_resources: { clusters } }));
    const packed = join(dir, 'config.bin');
    run(process.execPath, ['--import', 'tsx', 'scripts/pack-config.ts', packed, join(dir, 'config.json')]);
    run(join(root, BUILD, 'attache_standalone'), [packed, '--pick', 1_000_000]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const PIECES = {
  control: () => run(process.execPath, ['--import', 'tsx', 'bench/micro_control.ts']),
  balancing,
  ...Object.fromEntries(PROGRAMS.map((name) => [name, () => run(join(root, BUILD, name), [])])),
};
build();
const wanted = process.argv.slice(2);
for (const [name, piece] of Object.entries(PIECES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  piece();
}
