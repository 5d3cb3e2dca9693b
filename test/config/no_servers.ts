/** For tests in which everything comes from files. */
import type { StreamDeps } from '../../src/config/named_stream.ts';
import type { PlaneServers } from '../../src/config/plane.ts';
import type { Logger } from '../../src/log/logger.ts';

const nobody = (): never => {
  throw new Error('there is no management server');
};

export const noServers: PlaneServers = {
  adsCounts: undefined,
  configure: () => undefined,
  start: () => undefined,
  stop: () => undefined,
  subscribe: nobody,
};

export const noStreams = (log: Logger): StreamDeps => ({
  servers: noServers,
  load: nobody,
  inOrder: (work) => work(),
  log,
});

/** No context has secrets. */
export function warmAtOnce(_contexts: unknown, ready: () => void): () => void {
  ready();
  return () => undefined;
}
