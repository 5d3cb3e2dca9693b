/** Files that are replaced as Kubernetes does it: the folder that they are in is a symbolic link. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `<name>/live` leads to the first of these contents, by the name of the file. */
export function place(folder: string, name: string, contents: readonly Record<string, string>[]): void {
  for (const [i, content] of contents.entries()) {
    const version = join(folder, `${name}-${i + 1}`);
    mkdirSync(version);
    for (const [file, text] of Object.entries(content)) writeFileSync(join(version, file), text);
  }
  mkdirSync(join(folder, name));
  symlinkSync(join(folder, `${name}-1`), join(folder, name, 'live'));
}

/** From now on to the second. */
export function swap(folder: string, name: string): void {
  const next = join(folder, name, 'next');
  symlinkSync(join(folder, `${name}-2`), next);
  renameSync(next, join(folder, name, 'live'));
}
