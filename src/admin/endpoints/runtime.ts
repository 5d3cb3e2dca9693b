import { type Handler, json } from '../reply.ts';

/** No runtime layers can be configured. */
export const handle: Handler = () => json({ entries: {}, layers: [] });
