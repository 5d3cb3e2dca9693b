// npm run bench:micro: the pieces. Configuration is timed here with `benchmark`; the C++ pieces
// (parser, route match, log lines) are programs of their own that this runs when they are built:
//   cmake -S . -B build/native && cmake --build build/native --target attache_bench
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inner = join(root, 'bench/micro_config.ts');
spawnSync(process.execPath, ['--import', 'tsx', inner], { cwd: root, stdio: 'inherit' });
for (const name of ['parse_bench', 'route_bench', 'format_bench']) {
  const program = join(root, 'build/native', name);
  if (!existsSync(program)) continue;
  process.stdout.write(`\n${name}\n`);
  spawnSync(program, { cwd: root, stdio: 'inherit' });
}
