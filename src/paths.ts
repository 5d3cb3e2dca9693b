import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this runs from the sources (through tsx) or from dist/. */
export const fromSources = import.meta.url.endsWith('.ts');

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

/** A module that is let go with what it exports: its path under src/ without `.ts`. From the sources it stays. */
export async function loadApart<T>(module: string): Promise<T> {
  if (fromSources) return (await import(join(packageRoot, 'src', `${module}.ts`))) as T;
  const loader = createRequire(import.meta.url)(join(packageRoot, 'dist/load.cjs')) as Loader;
  return loader.loadApart(module.slice(module.lastIndexOf('/') + 1)) as T;
}
type Loader = { readonly loadApart: (name: string) => unknown };
