import { type Handler, ok } from '../reply.ts';

/** Takes /healthcheck/fail back. */
export const handle: Handler = (context) => {
  context.failHealthchecks(false);
  return ok();
};
