/**
 * From the layout schema (src/tables/layout, src/extensions) to the C++ structs and verifier and
 * the TypeScript writers. Run: node --import tsx scripts/gen-layout.ts
 * `--check` only compares and exits with 1 when a file is out of date.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LayoutModule } from '../src/tables/layout/dsl.ts';
import { writeGenerated } from './generated_file.ts';
import { emitCpp, emitVisitor } from './layout/cpp.ts';
import { buildModel } from './layout/model.ts';
import { emitHash, emitSchema, emitTypeScript } from './layout/typescript.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function files(dir: string, suffix: string): string[] {
  return readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix) && entry.name !== 'dsl.ts')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function load(): Promise<LayoutModule[]> {
  const modules: LayoutModule[] = [];
  for (const file of [...files('src/tables/layout', '.ts'), ...files('src/extensions', '.layout.ts')]) {
    const loaded = (await import(pathToFileURL(file).href)) as Record<string, LayoutModule>;
    for (const value of Object.values(loaded)) if (value?.structs) modules.push(value);
  }
  return modules;
}

const update = (path: string, text: string): void => writeGenerated(path, text, 'scripts/gen-layout.ts');

const model = buildModel(await load());
/** Of what the bytes depend on: a comment changes nothing. */
const content = JSON.stringify(model, (key, value: unknown) => (key === 'doc' ? undefined : value));
const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
const cpp = emitCpp(model, hash);
update('native/tables/generated/layout.h', cpp.header);
update('native/tables/generated/verify.inc', cpp.verifier);
update('native/tables/generated/visit.h', emitVisitor(model));
update('src/tables/generated/hash.ts', emitHash(hash));
update('src/tables/generated/layout.ts', emitTypeScript(model));
update('src/tables/generated/schema.ts', emitSchema(model));
