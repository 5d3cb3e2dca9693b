import { getHeapStatistics } from 'node:v8';
import t from 'tap';
import { HeapTrimmer } from '../../src/memory.ts';

const heap = (): number => getHeapStatistics().total_heap_size;

t.test('what is no longer needed goes back to the system', async (t) => {
  const garbage = Array.from({ length: 300_000 }, (_, i) => ({ i, text: [`${i}`] }));
  const full = heap();
  t.ok(full > 20 << 20, `the heap has grown to ${full}`);
  garbage.length = 0;
  const trimmer = new HeapTrimmer();
  await trimmer.trim();
  t.ok(heap() < full / 2, `${heap()} of ${full} bytes are left`);
});

t.test('a heap that has not grown is left alone', async (t) => {
  const trimmer = new HeapTrimmer();
  t.ok(await trimmer.trim());
  t.notOk(await trimmer.trim());
});
