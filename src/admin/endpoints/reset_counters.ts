import { type Handler, ok } from '../reply.ts';

export const handle: Handler = (context) => {
  context.stats.resetCounters();
  return ok();
};
