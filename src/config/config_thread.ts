import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { loadBootstrap, loadDiscovery } from './load.ts';
import type { ConfigAnswer, ConfigCall } from './messages.ts';
import { pack } from './pack.ts';

/**
 * The thread that reads configuration: texts in, compiled resources out. It ends when it idles, and
 * gives back the memory of descriptors, parsers and trees.
 */
const port = parentPort;
if (port === null) throw new Error('this module runs as a worker thread');

port.on('message', ({ id, request }: ConfigCall) => {
  const work =
    request.kind === 'bootstrap'
      ? loadBootstrap(request.input, request.options)
      : loadDiscovery(request.typeUrl, request.path, request.options);
  work.then(
    (result) => {
      const { kept, passing } = pack(result);
      const answer: ConfigAnswer = { id, result };
      port.postMessage(answer, [kept, passing]);
      // What follows the first configuration must not take time from requests.
      try {
        setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
      } catch {
        // Not permitted: it works at the usual priority.
      }
    },
    (error: Error) => {
      const answer: ConfigAnswer = { id, error: error.stack ?? error.message };
      port.postMessage(answer);
    },
  );
});
