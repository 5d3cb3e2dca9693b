// What the real Envoy accepts of the ways to write a value is what we accept.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { parseText } from '../../src/api/text.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { BOOTSTRAP, pool } from './api_fixtures.ts';

const binary = envoyBinary();
const fixture = readFileSync(new URL('fixtures/json_cases.txt', import.meta.url), 'utf8');
const cases = fixture.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** Why Envoy cannot read a file as a message. Undefined: it can, whatever it thinks of it after that. */
function refusal(file: string): Promise<string | undefined> {
  const args = ['--mode', 'validate', '-c', file, '-l', 'critical', '--disable-hot-restart'];
  return new Promise((resolve) => {
    execFile(binary ?? '', args, (_error, stdout, stderr) => {
      const said = stdout + stderr;
      resolve(/Unable to parse JSON as proto|has unknown fields/.test(said) ? said : undefined);
    });
  });
}

function ownRefusal(text: string, file: string): string | undefined {
  const diagnostics = new Diagnostics();
  const value = parseText(text, file, diagnostics);
  if (!diagnostics.hasErrors) decodeJson(pool, BOOTSTRAP, value, { diagnostics });
  const [first] = diagnostics.list;
  return first && `${formatPath(first.path)}: ${first.message}`;
}

t.test('as Envoy reads it', { skip: binary === undefined && 'no Envoy here' }, async (t) => {
  const folder = t.testdir();
  const waiting = [...cases.entries()];
  const ask = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, line] = next;
      const json = line.startsWith('J ');
      const text = json ? line.slice(2) : line;
      const file = join(folder, `${i}.${json ? 'json' : 'yaml'}`);
      writeFileSync(file, text);
      const [envoy, own] = [await refusal(file), ownRefusal(text, file)];
      t.equal(own !== undefined, envoy !== undefined, `${line}\nEnvoy: ${envoy}\nwe: ${own}`);
    }
  };
  await Promise.all([ask(), ask()]);
  t.ok(cases.length > 150);
});

t.test('where we refuse what Envoy guesses about', async (t) => {
  t.match(
    ownRefusal('{node: {user_agent_name: a, userAgentName: b}}', 'a.yaml'),
    /is already set as user_agent_name/,
    'Envoy accepts it',
  );
  t.match(ownRefusal('{node: {id: a, "id": b}}', 'a.yaml'), /duplicated mapping key/, 'Envoy accepts it');
});
