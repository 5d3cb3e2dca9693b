// Builds bench/native/*.cc into build/bench/, when a source is newer.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(bench, '../build/bench');

/** The path of a built program of bench/native; `libraries` are linked to it. */
export function program(name, libraries = []) {
  const target = join(out, name);
  const source = join(bench, 'native', `${name}.cc`);
  const newest = Math.max(...[source, join(bench, 'native/common.h')].map((file) => statSync(file).mtimeMs));
  if (existsSync(target) && statSync(target).mtimeMs > newest) return target;
  mkdirSync(out, { recursive: true });
  const compiler = process.env.CXX ?? 'g++';
  const run = spawnSync(
    compiler,
    ['-std=c++20', '-O2', '-Wall', '-Wextra', '-Werror', '-o', target, source, ...libraries],
    {
      stdio: 'inherit',
    },
  );
  if (run.status !== 0) throw new Error(`${compiler} failed on ${source}`);
  return target;
}
