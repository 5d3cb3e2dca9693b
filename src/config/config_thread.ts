import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { loadBootstrap, loadDiscovery } from './load.ts';
import { loadResources, loadResponse } from './load_resources.ts';
import type { ConfigAnswer, ConfigCall, ConfigRequest } from './messages.ts';
import { pack } from './pack.ts';

/**
 * The thread that reads configuration: texts in, compiled resources out. It ends when it idles, and
 * gives back the memory of descriptors, parsers and trees.
 */
const port = parentPort;
if (port === null) throw new Error('this module runs as a worker thread');

async function work(request: ConfigRequest): Promise<unknown> {
  switch (request.kind) {
    case 'bootstrap':
      return loadBootstrap(request.input, request.options);
    case 'discovery':
      return loadDiscovery(request.typeUrl, request.path, request.options);
    case 'resources':
      return loadResources(request.typeUrl, request.resources, request.options);
    case 'response':
      return loadResponse(request.text, request.options);
  }
}

port.on('message', ({ id, request }: ConfigCall) => {
  work(request).then(
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
