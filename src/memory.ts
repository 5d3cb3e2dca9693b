import { getHeapStatistics } from 'node:v8';

/** Less than this is not worth a collection of 10 to 200 ms. Bytes. */
const WORTH = 2 << 20;

/** Gives back what reading and applying a configuration leaves behind in the heap of this thread. */
export class HeapTrimmer {
  #before = 0;

  /**
   * Collects when the heap has grown since the last time, and answers whether. Otherwise V8 would keep what is free until it sees
   * a reason, and an idle proxy gives it none. The inspector's collection is the only one in reach that
   * returns pages to the system: `gc()` of --expose-gc keeps them (96 instead of 41 MB for 10,000 clusters).
   */
  async trim(): Promise<boolean> {
    if (getHeapStatistics().total_heap_size < this.#before + WORTH || !process.features.inspector)
      return false;
    const { Session } = await import('node:inspector');
    const session = new Session();
    session.connect();
    await new Promise((resolve) => session.post('HeapProfiler.collectGarbage', resolve));
    session.disconnect();
    this.#before = getHeapStatistics().total_heap_size;
    return true;
  }
}
