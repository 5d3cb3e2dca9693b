import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { findTransportSocket } from '../extensions/manifest.ts';
import type { TransportSocket } from '../extensions/types.ts';
import type { ProxyHeaderInput } from './generated/layout.ts';
import type { TlsContexts } from '../tls/contexts.ts';
import type { PartContext } from '../tls/data_source.ts';
import { decoded } from './route_read.ts';
import { child } from './route_read.ts';

export type TransportContext = PartContext & { readonly tls: TlsContexts };

/** What connections begin with: a PROXY header, the TLS context of that name. Without both plain bytes. */
export type CompiledTransport = { readonly tls?: string; readonly header?: ProxyHeaderInput };

/** An envoy.config.core.v3.TransportSocket; what is left out was reported as an error. */
export function compileTransportSocket(
  socket: Message | undefined,
  category: TransportSocket['category'],
  path: Path,
  context: TransportContext,
): CompiledTransport {
  const config = socket === undefined ? undefined : decoded(child(socket, 'typed_config'));
  if (config === undefined) return {};
  const at = [...path, 'typed_config'];
  const found = findTransportSocket(config.$type, category);
  if (found === undefined) {
    context.diagnostics.error(at, 'unsupported', 'the transport socket is not supported here');
    return {};
  }
  if (found.wrap !== undefined) return compileWrapped(found.wrap(config), category, at, context);
  const parts = found.parts?.(config, at, context);
  if (parts === undefined || parts.failed) return {};
  const tls = context.tls.add(parts.list, parts.files, at);
  return tls === undefined ? {} : { tls };
}

function compileWrapped(
  { inner, field, header }: ReturnType<NonNullable<TransportSocket['wrap']>>,
  category: TransportSocket['category'],
  path: Path,
  context: TransportContext,
): CompiledTransport {
  const below = [...path, field];
  const made = compileTransportSocket(inner, category, below, context);
  if (made.header !== undefined) {
    const message = 'a PROXY header before another one is not supported';
    context.diagnostics.error(below, 'unsupported', message);
  }
  return { ...made, header };
}
