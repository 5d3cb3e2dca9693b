import t from 'tap';
import { ConfigThread } from '../../src/config/client.ts';
import type { LoadOptions } from '../../src/config/messages.ts';

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
