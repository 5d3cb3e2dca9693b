// The C++ sources, listed for binding.gyp and CMakeLists.txt, one per line.
//   node scripts/native-sources.mjs LIST
// LIST: re2           RE2 and the parts of Abseil that it uses; most are written to build/re2 first
//       core          everything that runs without Node
//       binding       the addon's own
//       standalone    the engine as an executable
//       test-support  what tests, fuzzers and benchmarks share
//       tests         the test cases, one executable together (with base/test/main.cc)
//       programs      test programs with a main() of their own, one executable each
//       fuzz, bench   one executable each
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SPECIAL = ['test', 'fuzz', 'bench', 'standalone', 'binding'];
const PACKED = 'native/standalone/packed.cc';
const TEST_MAIN = 'native/base/test/main.cc';

function all() {
  return readdirSync(join(root, 'native'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.cc'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

const special = (file) => file.split('/').find((part) => SPECIAL.includes(part));
const of = (kind) => all().filter((file) => special(file) === kind);
const hasMain = (file) => /^int main\(/m.test(readFileSync(join(root, file), 'utf8'));
const isCase = (file) => file.endsWith('_test.cc') || file === TEST_MAIN;

/** What the npm package re2 compiles, without its JavaScript binding and what no part of it that we link calls. */
const UNUSED =
  /absl\/flags\/|re2\/(filtered_re2|mimics_pcre|prefilter|prefilter_tree)\.cc|util\/pcre\.cc|win32|_win\.cc/;
/** These define names or macros that others of their component use. */
const ALONE = /\/(dfa|nfa|numbers|onepass|simplify|time_zone_posix|tostring|utf8_for_code_point)\.cc$/;

/** One source that includes all of a component: a third of the time that compiling them one by one takes. */
function together(component, files) {
  const file = `build/re2/${component}.cc`;
  const text = files.map((name) => `#include "../../${name}"\n`).join('');
  if (!existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text) {
    mkdirSync(join(root, 'build/re2'), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return file;
}

function re2() {
  const text = readFileSync(join(root, 'node_modules/re2/binding.gyp'), 'utf8');
  const files = [...text.matchAll(/"(vendor\/[^"]+\.cc)"/g)]
    .map((match) => `node_modules/re2/${match[1]}`)
    .filter((file) => !UNUSED.test(file));
  const components = new Map();
  for (const file of files) {
    if (ALONE.test(file)) continue;
    const component = /\/absl\/(\w+)\//.exec(file)?.[1] ?? 're2';
    components.set(component, [...(components.get(component) ?? []), file]);
  }
  return [...files.filter((file) => ALONE.test(file)), ...[...components].map((each) => together(...each))];
}

const lists = {
  re2,
  core: () => all().filter((file) => special(file) === undefined),
  binding: () => of('binding'),
  standalone: () => of('standalone'),
  'test-support': () => [...of('test').filter((file) => !isCase(file) && !hasMain(file)), PACKED],
  tests: () => of('test').filter(isCase),
  programs: () => of('test').filter((file) => file !== TEST_MAIN && hasMain(file)),
  fuzz: () =>
    of('fuzz').filter((file) => readFileSync(join(root, file), 'utf8').includes('LLVMFuzzerTestOneInput')),
  bench: () => of('bench'),
};

export const sources = (name) => lists[name]();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const list = lists[process.argv[2] ?? ''];
  if (list === undefined) {
    console.error(`which list? one of ${Object.keys(lists).join(', ')}`);
    process.exit(2);
  }
  console.log(list().join('\n'));
}
