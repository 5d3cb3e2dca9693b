import { type Handler, ok } from '../reply.ts';

/** The answer goes out first. */
export const handle: Handler = (context) => {
  setImmediate(() => context.quit());
  return ok();
};
