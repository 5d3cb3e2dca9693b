import { type Handler, text } from '../reply.ts';

/** The process is profiled from outside (`perf`, or `node --cpu-prof`), not by itself. */
export const handle: Handler = (_context, query) => {
  const enable = query.get('enable');
  if (enable !== 'y' && enable !== 'n') return text('?enable=<y|n>\n', 400);
  return text('The CPU profiler is not available: use perf, or start with node --cpu-prof\n', 501);
};
