import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import t from 'tap';
import type { Logger } from '../../src/log/logger.ts';
import { Workers } from '../../src/workers.ts';

const filename = fileURLToPath(new URL('./fixtures/worker.mjs', import.meta.url));
const orders = new BroadcastChannel('attache-test-workers');
const running: number[] = [];
let wake: (() => void) | undefined;
orders.onmessage = (event) => {
  const { data } = event as { data: { running?: number } };
  if (data.running === undefined) return;
  running.push(data.running);
  wake?.();
};
t.teardown(() => orders.close());
const runs = async (count: number): Promise<void> => {
  while (running.length < count) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
};

t.test('workers that die in any way are replaced; the others go on', async (t) => {
  const lines: string[] = [];
  const log = { error: (line: string) => lines.push(line) } as unknown as Logger;
  const workers = new Workers({
    concurrency: 2,
    log,
    filename,
    stopWorker: (index) => orders.postMessage({ index, order: 'stop' }),
  });
  const started = workers.start();
  t.same(running, [], 'no engine runs before it may');
  workers.release();
  await started;
  await runs(2);
  t.same(running.splice(0).sort(), [0, 1]);

  for (const [order, reason] of [
    ['throw', /worker_1 died: thrown in a callback/],
    ['exit', /worker_1 died: .*7/],
  ] as const) {
    orders.postMessage({ index: 1, order });
    await runs(1);
    t.same(running.splice(0), [1], `only the one that died is started again (${order})`);
    t.match(lines.pop(), reason);
  }
  t.equal(workers.restarts, 2);
  await workers.stop();
  t.same(running, []);
  t.equal(workers.restarts, 2, 'stopping is not dying');
});
