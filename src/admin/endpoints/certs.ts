import { type Handler, json } from '../reply.ts';

/** Certificates in use: none, as long as nothing terminates TLS. */
export const handle: Handler = () => json({ certificates: [] });
