import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this runs from the sources (through tsx) or from dist/. */
const fromSources = import.meta.url.endsWith('.ts');

/** The package's folder. Modules lie at different depths in src/ and dist/. */
export const packageRoot = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/** A module that a thread starts from: its path under src/ without `.ts`; in dist/ its last name (src/load.ts). */
export function threadFile(module: string): string {
  if (fromSources) return join(packageRoot, 'src', `${module}.ts`);
  return join(packageRoot, 'dist', `${module.slice(module.lastIndexOf('/') + 1)}.cjs`);
}
