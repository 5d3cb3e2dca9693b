import { type Handler, json } from '../reply.ts';

/**
 * Envoy's fields, of this process: `allocated` and `heap_size` are what V8 and its array buffers use
 * and have reserved, `total_physical_bytes` is all of the process, the data plane included.
 */
export const handle: Handler = () => {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return json({
    allocated: String(heapUsed + external),
    heap_size: String(heapTotal + external),
    pageheap_unmapped: '0',
    pageheap_free: String(heapTotal - heapUsed),
    total_thread_cache: '0',
    total_physical_bytes: String(rss),
  });
};
