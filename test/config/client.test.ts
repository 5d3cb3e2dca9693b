import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ConfigThread } from '../../src/config/client.ts';
import type { ConfigInput, LoadOptions } from '../../src/config/messages.ts';

const file = new URL('./fixtures/thread.mjs', import.meta.url);
const alive = setInterval(() => undefined, 1000);
t.teardown(() => clearInterval(alive));
const options: LoadOptions = {
  unknownStatic: 'reject',
  unknownDynamic: 'warn',
  skipDeprecated: false,
  serviceCluster: '',
  serviceNode: '',
  serviceZone: '',
};
const ask = (thread: ConfigThread, path: string) =>
  thread.discovery({ kind: 'discovery', typeUrl: 'x', path, options }) as unknown as Promise<{
    threadId: number;
    path: string;
  }>;

t.test('one thread serves until it idles, then another', async (t) => {
  const thread = new ConfigThread(file);
  t.teardown(() => thread.close());
  const [a, b] = await Promise.all([ask(thread, 'a'), ask(thread, 'b')]);
  t.match([a, b], [{ path: 'a' }, { path: 'b', threadId: a.threadId }]);
  await t.rejects(ask(thread, 'error'), { message: 'no' });
  for (let i = 0; i < 5000 && thread.running; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  t.equal(thread.running, false, 'its memory is given back');
  const c = await ask(thread, 'c');
  t.not(c.threadId, a.threadId);
});

t.test('a thread that dies fails what is under way; the next request gets a new one', async (t) => {
  const thread = new ConfigThread(file);
  t.teardown(() => thread.close());
  await t.rejects(ask(thread, 'die'), { message: /ended with code 3/ });
  await t.rejects(ask(thread, 'throw'), { message: /a bug/ });
  t.match(await ask(thread, 'a'), { path: 'a' });
});

t.test('closing', async (t) => {
  const thread = new ConfigThread(file);
  thread.start();
  const lost = t.rejects(ask(thread, 'a'), { message: /was closed/ });
  await thread.close();
  await lost;
  await t.rejects(ask(thread, 'a'), { message: /was closed/ });
});

t.test('a small configuration is read here, if that is wanted', async (t) => {
  const ended: boolean[] = [];
  const thread = new ConfigThread(file, { ended: () => ended.push(thread.running) });
  t.teardown(() => thread.close());
  const folder = mkdtempSync(join(tmpdir(), 'attache-client-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const small = join(folder, 'small.yaml');
  const large = join(folder, 'large.yaml');
  writeFileSync(small, 'node: { id: one, cluster: c }\n');
  writeFileSync(large, `node: { id: one, cluster: c }\n#${'x'.repeat(70_000)}\n`);
  const read = (input: ConfigInput, here: boolean) =>
    thread.bootstrap({ kind: 'bootstrap', input, options }, here);
  t.match(await read({ path: small, yaml: '' }, true), { result: { settings: { node: { id: 'one' } } } });
  t.match(await read({ path: '', text: '{"node":1}', yaml: '' }, true), {
    findings: [{ severity: 'error' }],
    result: undefined,
  });
  t.equal(thread.running, false);
  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  t.strictSame(ended, [false], 'what it took can be given back');
  const there = { threadId: Number };
  t.match(await read({ path: small, yaml: '' }, false), there, 'not wanted');
  t.match(await read({ path: large, yaml: '' }, true), there, 'large');
  t.match(await read({ path: small, yaml: ' '.repeat(70_000) }, true), there, 'the flag is');
  t.match(
    await read({ path: '/dev/null', yaml: '' }, true),
    there,
    'no file that could not keep one waiting',
  );
});
