import type { CompiledResource } from '../config/compiled.ts';
import { writeRecord } from '../tables/generated/layout.ts';

/** The record of a TLS context with this specification. */
export const tlsRecord = (spec: Uint8Array): CompiledResource => ({
  records: writeRecord('TlsContext', { context: spec }),
});
