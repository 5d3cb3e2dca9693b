import type { Message } from '../api/message.ts';
import type { CompiledResource } from '../config/compiled.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import { compileAddress, statName } from './address.ts';
import { compileFilters } from './filters.ts';
import { type FilterChainInput, type ListenerAddressInput, writeRecord } from './generated/layout.ts';
import { child, flag, has, messages, number, text, wrappedFlag, wrappedNumber } from './route_read.ts';

export type ListenerContext = Omit<ExtensionContext, 'listenerStat'>;

/** How statistics call a listener: its stat_prefix, or its address. */
export function listenerStatPrefix(listener: Message): string {
  return text(listener, 'stat_prefix') || statName(child(listener, 'address'));
}

/** envoy.config.listener.v3.Listener to a Listener record; undefined after reporting errors. */
export function compileListener(listener: Message, context: ListenerContext): CompiledResource | undefined {
  const before = context.diagnostics.errorCount;
  const listenerStat = listenerStatPrefix(listener);
  const bound = wrappedFlag(listener, 'bind_to_port', true);
  const addresses: ListenerAddressInput[] = [
    child(listener, 'address'),
    ...messages(listener, 'additional_addresses').map((more) => child(more, 'address')),
  ].flatMap((address, i) => {
    const compiled = compileAddress(address);
    if (compiled !== undefined) return [{ address: compiled, ...(bound ? { socket: i } : {}) }];
    context.diagnostics.error([...context.path, 'address'], 'address', 'a listener needs a numeric address or a pipe', {
      expected: 'an IPv4 or IPv6 address',
    });
    return [];
  });
  const chains = messages(listener, 'filter_chains');
  const filter_chains: FilterChainInput[] = chains.map((chain, i) => ({
    name: text(chain, 'name'),
    filters: compileFilters(messages(chain, 'filters'), 'envoy.filters.network', {
      ...context,
      listenerStat,
      path: [...context.path, 'filter_chains', i, 'filters'],
    }),
  }));
  if (chains.length === 0) {
    context.diagnostics.error([...context.path, 'filter_chains'], 'chain', 'the listener has no filter chain', {
      expected: 'one filter chain',
    });
  }
  if (chains.length > 1) {
    context.diagnostics.error(
      [...context.path, 'filter_chains', 1],
      'unsupported',
      'more than one filter chain is not supported by attache yet',
    );
  }
  const records = writeRecord('Listener', {
    name: text(listener, 'name'),
    stat_prefix: text(listener, 'stat_prefix'),
    stats: listenerStat,
    addresses,
    filter_chains,
    per_connection_buffer_limit: wrappedNumber(listener, 'per_connection_buffer_limit_bytes', 1 << 20),
    max_connections: has(listener, 'connection_limit') ? number(listener, 'connection_limit') : 0,
    traffic_direction: number(listener, 'traffic_direction'),
    ignore_global_limit: flag(listener, 'ignore_global_conn_limit'),
  });
  return context.diagnostics.errorCount > before ? undefined : { records };
}
