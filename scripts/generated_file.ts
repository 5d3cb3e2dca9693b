import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

/**
 * Writes a generated file (`path` from the repository's root), only when it changes: builds stay
 * incremental. With `--check` on the command line it writes nothing, and says which `script` has to run.
 */
export function writeGenerated(path: string, text: string, script: string): void {
  const full = join(root, path);
  if (existsSync(full) && readFileSync(full, 'utf8') === text) return;
  if (check) {
    process.stderr.write(`${path} is out of date: run ${script}\n`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
