import { type Handler, text } from '../reply.ts';

/** What Envoy says with --disable-hot-restart. */
export const handle: Handler = () => text('disabled');
