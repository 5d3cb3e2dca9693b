import { loadAddon } from '../engine/engine.ts';
import type { TlsFault } from '../tls/contexts.ts';

/** Builds a TLS context and lets it go: what is wrong with it, if anything. Loads the addon when first asked. */
export function checkTls(spec: Uint8Array): TlsFault | undefined {
  const native = loadAddon();
  const answer = native.tlsContext(spec);
  if (typeof answer !== 'number') return answer;
  native.tlsRelease([answer]);
  return undefined;
}
