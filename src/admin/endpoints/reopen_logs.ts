import { type Handler, ok } from '../reply.ts';

/** As SIGUSR1 does. */
export const handle: Handler = (context) => {
  context.reopenLogs();
  return ok();
};
