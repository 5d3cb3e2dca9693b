import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { compileLate } from './tuning.ts';

/**
 * Loads the modules of the command and its threads from dist/run/, with the bytecode that the build has made
 * of them, and without the loader of ES modules: 100 of 400 ms of CPU until the first answer. Bytecode is
 * for one version of Node; others compile as usual.
 */
const folder = join(__dirname, 'run');
const bytecode = join(folder, `${process.version}-${process.arch}`);
const packages = createRequire(__filename);

type Module = { exports: Record<string, unknown> };
type Modules = Map<string, Module>;
const kept: Modules = new Map();
/** What was compiled, for the build. */
export const scripts = new Map<string, Script>();

const HEAD = '(function (exports, require, module, importMetaUrl) { "use strict";';

/** The exports of a module in dist/run/. */
export function load(name: string, modules: Modules = kept): Module['exports'] {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module: Module = { exports: {} };
  modules.set(name, module);
  const file = join(folder, `${name}.cjs`);
  const cached = join(bytecode, name);
  const script = new Script(`${HEAD}${readFileSync(file, 'utf8')}\n})`, {
    filename: file,
    columnOffset: -HEAD.length,
    ...(existsSync(cached) ? { cachedData: readFileSync(cached) } : {}),
  });
  if (modules === kept) scripts.set(name, script);
  const required = (id: string): unknown =>
    id.startsWith('./') ? load(basename(id, '.cjs'), modules) : packages(id);
  script.runInThisContext()(module.exports, required, module, pathToFileURL(file).href);
  module.exports = settled(module.exports);
  return module.exports;
}

/**
 * The same exports as values. esbuild makes two getters of each, for modules that import one another in a
 * circle or change what they export; ours do neither, and every call of an imported function went through both.
 */
function settled(exports: Module['exports']): Module['exports'] {
  const values: Module['exports'] = { __esModule: true };
  for (const name of Object.keys(exports)) values[name] = exports[name];
  return values;
}

/** A module with all that it imports anew: code and state go when nobody holds the exports any longer. */
export function loadApart(name: string): Module['exports'] {
  return load(name, new Map());
}

/** The command. */
export function run(): void {
  compileLate();
  load('main');
}
