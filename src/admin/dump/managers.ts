import type { Message } from '../../api/message.ts';
import { TYPE } from '../../config/resource_map.ts';
import { child, children, decode } from './proto.ts';

const typeOf = (typeUrl: string): string => typeUrl.slice(typeUrl.indexOf('/') + 1);
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** The connection managers in the bytes of a listener. */
export function* managersOf(bytes: Uint8Array): Generator<Message> {
  const listener = decode(typeOf(TYPE.listener), bytes);
  const last = child(listener, 'default_filter_chain');
  const chains = [...children(listener, 'filter_chains'), ...(last === undefined ? [] : [last])];
  for (const filter of chains.flatMap((chain) => children(chain, 'filters'))) {
    const config = child(filter, 'typed_config');
    if (typeof config?.type_url !== 'string' || typeOf(config.type_url) !== HCM) continue;
    yield decode(HCM, config.value as Uint8Array);
  }
}

/** The scopes that stand in a connection manager. */
export function inlineScopes(
  manager: Message,
): { readonly name: string; readonly scopes: readonly Message[] } | undefined {
  const scoped = child(manager, 'scoped_routes');
  const list = child(scoped, 'scoped_route_configurations_list');
  if (scoped === undefined || list === undefined) return undefined;
  return { name: String(scoped.name ?? ''), scopes: children(list, 'scoped_route_configurations') };
}
