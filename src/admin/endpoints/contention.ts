import { type Handler, text } from '../reply.ts';

/** Mutex contention is not traced here: --enable-mutex-tracing is refused. */
export const handle: Handler = () => text('Mutex contention tracing is not enabled.\n');
