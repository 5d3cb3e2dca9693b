// The command's modules and their bytecode, as the build leaves them.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/paths.ts';

const own = `${process.version}-${process.arch}`;
/** Of the Node that has built it, which may be another one. */
const built = readdirSync(join(packageRoot, 'dist/run')).find((name) => /^v\d+\./.test(name)) ?? own;
const bytecode = join('dist/run', own);
const root = mkdtempSync(join(tmpdir(), 'attache-load-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));
for (const part of ['bin', 'dist/load.cjs', 'dist/run', 'package.json'])
  cpSync(join(packageRoot, part), join(root, part), { recursive: true });

/** Runs `--version` and says which modules came with bytecode that V8 has taken. */
function load(): { output: string; taken: number; refused: number } {
  const script = `
    const { run, scripts } = require('./dist/load.cjs');
    process.on('exit', () => {
      const refused = [...scripts.values()].map((script) => script.cachedDataRejected);
      console.error(JSON.stringify({
        taken: refused.filter((r) => r === false).length,
        refused: refused.filter((r) => r === true).length,
      }));
    });
    process.argv = [process.argv[0], 'attache', '--version'];
    run();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
  return { output: stdout, ...(JSON.parse(stderr) as { taken: number; refused: number }) };
}

const only = { skip: built === own ? false : `it is for ${built}` };
t.test('V8 takes the bytecode of the build', only, async (t) => {
  const { output, taken, refused } = load();
  t.match(output, /version: attache-/);
  t.ok(taken > 0);
  t.equal(refused, 0);
});

t.test('bytecode that is not of this Node does no harm', async (t) => {
  if (built !== own) cpSync(join(root, 'dist/run', built), join(root, bytecode), { recursive: true });
  for (const name of readdirSync(join(root, bytecode))) {
    const file = join(root, bytecode, name);
    const data = readFileSync(file);
    data.writeUInt32LE((data.readUInt32LE(4) ^ 1) >>> 0, 4);
    writeFileSync(file, data);
  }
  const { output, taken, refused } = load();
  t.match(output, /version: attache-/);
  t.equal(taken, 0);
  t.ok(refused > 0);
});

t.test('it runs without any', async (t) => {
  rmSync(join(root, bytecode), { recursive: true });
  const { output, taken, refused } = load();
  t.match(output, /version: attache-/);
  t.equal(taken + refused, 0);
  const command = spawnSync(process.execPath, ['bin/attache', '--version'], { cwd: root, encoding: 'utf8' });
  t.equal(command.stdout, output);
});
