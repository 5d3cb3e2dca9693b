import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { findTransportSocket } from '../extensions/manifest.ts';
import type { TransportSocket } from '../extensions/types.ts';
import type { TlsContexts } from '../tls/contexts.ts';
import type { PartContext } from '../tls/data_source.ts';
import { decoded } from './route_read.ts';
import { child } from './route_read.ts';

export type TransportContext = PartContext & { readonly tls: TlsContexts };

/**
 * The TLS context (its name) of an envoy.config.core.v3.TransportSocket; undefined for plain bytes, and
 * after reporting errors.
 */
export function compileTransportSocket(
  socket: Message | undefined,
  category: TransportSocket['category'],
  path: Path,
  context: TransportContext,
): string | undefined {
  const config = socket === undefined ? undefined : decoded(child(socket, 'typed_config'));
  if (config === undefined) return undefined;
  const at = [...path, 'typed_config'];
  const found = findTransportSocket(config.$type, category);
  if (found === undefined) {
    context.diagnostics.error(at, 'unsupported', 'the transport socket is not supported here');
    return undefined;
  }
  const parts = found.parts?.(config, at, context);
  if (parts === undefined || parts.failed) return undefined;
  return context.tls.add(parts.list, parts.files, at);
}
