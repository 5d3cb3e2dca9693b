import { type Handler, text } from '../reply.ts';

/** As Envoy answers where it was built without one. */
export const handle: Handler = (_context, query) => {
  const enable = query.get('enable');
  if (enable !== 'y' && enable !== 'n') return text('?enable=<y|n>\n', 400);
  return text('The current build does not support heap profiler', 501);
};
