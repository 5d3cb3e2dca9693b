import type { MessagePort } from 'node:worker_threads';
import { loadAddon } from './engine/engine.ts';

/** What the primary gives a worker's one task. */
export type WorkerTask = { readonly index: number; readonly port: MessagePort };

/**
 * A worker thread: runs the engine on this thread's event loop until it is stopped. The request path
 * is native; nothing else ever runs here but TypeScript filters.
 */
export default function run({ index, port }: WorkerTask): Promise<void> {
  const addon = loadAddon();
  return new Promise((resolve) => {
    // The primary initializes the addon when it has read its configuration, while this thread starts.
    port.once('message', () => {
      addon.runWorker(index, resolve);
      port.postMessage('running');
      port.close();
    });
    port.postMessage('loaded');
  });
}
