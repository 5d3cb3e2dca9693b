import { type Handler, ok } from '../reply.ts';

/** From now on health checks of this proxy fail, and /ready answers 503. */
export const handle: Handler = (context) => {
  context.failHealthchecks(true);
  return ok();
};
