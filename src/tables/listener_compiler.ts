import { compileAccessLogs } from '../accesslog/access_log.ts';
import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { CompiledResource } from '../config/compiled.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import { compileAddress, statName } from './address.ts';
import { compileFilters } from './filters.ts';
import { checkMatches, compileMatch } from './filter_chain_match.ts';
import {
  type FilterChainInput,
  type ListenerAddressInput,
  type ListenerInput,
  writeRecord,
} from './generated/layout.ts';
import {
  bufferLimit,
  child,
  duration,
  flag,
  messages,
  number,
  text,
  wrappedFlag,
  wrappedNumber,
} from './route_read.ts';
import { identityOf, type ListenerIdentity } from './listener_identity.ts';
import { compileListenerFilters } from './listener_filters.ts';
import { compileTransportSocket } from './transport_socket.ts';

export type ListenerContext = Omit<ExtensionContext, 'listenerStat'> & {
  /** How many connections a listener may have, by its name. */
  readonly connectionLimits?: Readonly<Record<string, number>> | undefined;
};

/** As Envoy's. */
const LISTENER_FILTERS_TIMEOUT_MS = 15_000;

/** How statistics call a listener: its stat_prefix, or its address. */
export function listenerStatPrefix(listener: Message): string {
  return text(listener, 'stat_prefix') || statName(child(listener, 'address'));
}

/** A Listener record with those of its filter chains. */
export type CompiledListener = CompiledResource & { readonly identity: ListenerIdentity };

/** envoy.config.listener.v3.Listener to a Listener record; undefined after reporting errors. */
export function compileListener(listener: Message, context: ListenerContext): CompiledListener | undefined {
  const before = context.diagnostics.errorCount;
  const name = text(listener, 'name');
  const identity = identityOf(listener);
  const records = writeRecord('Listener', {
    name,
    stat_prefix: text(listener, 'stat_prefix'),
    stats: listenerStatPrefix(listener),
    addresses: addresses(listener, context),
    shape: identity.shape,
    ...filterChains(listener, identity, context),
    listener_filters: compileListenerFilters(listener, {
      ...context,
      listenerStat: listenerStatPrefix(listener),
    }),
    hand_off_restored: wrappedFlag(listener, 'use_original_dst', false),
    listener_filters_timeout_ms:
      duration(listener, 'listener_filters_timeout') ?? LISTENER_FILTERS_TIMEOUT_MS,
    continue_on_listener_filters_timeout: flag(listener, 'continue_on_listener_filters_timeout'),
    access_logs: compileAccessLogs(listener, context),
    per_connection_buffer_limit: bufferLimit(listener),
    max_connections_per_event: wrappedNumber(listener, 'max_connections_to_accept_per_socket_event', 0),
    max_connections: context.connectionLimits?.[name],
    traffic_direction: number(listener, 'traffic_direction'),
    ignore_global_limit: flag(listener, 'ignore_global_conn_limit'),
  });
  return context.diagnostics.errorCount > before ? undefined : { records, identity };
}

/** All addresses of a listener, each with its place in the file below the listener. */
export function listenerAddresses(
  listener: Message,
): { readonly address: Message | undefined; readonly path: Path }[] {
  const own = { address: child(listener, 'address'), path: ['address'] as Path };
  const more = messages(listener, 'additional_addresses').map((extra, i) => ({
    address: child(extra, 'address'),
    path: ['additional_addresses', i, 'address'] as Path,
  }));
  return [own, ...more];
}

function addresses(listener: Message, { path, diagnostics }: ListenerContext): ListenerAddressInput[] {
  const bound = wrappedFlag(listener, 'bind_to_port', true);
  return listenerAddresses(listener).flatMap(({ address, path: below }, i) => {
    const compiled = compileAddress(address);
    const socket = address === undefined ? undefined : child(address, 'socket_address');
    if (compiled !== undefined) {
      const ipv4_compat = socket !== undefined && flag(socket, 'ipv4_compat');
      return [{ address: compiled, ipv4_compat, ...(bound ? { socket: i } : {}) }];
    }
    if (socket === undefined) {
      diagnostics.error([...path, ...below], 'address', 'a listener needs an address');
    } else {
      const message = `${JSON.stringify(text(socket, 'address'))} is not an IP address`;
      diagnostics.error([...path, ...below, 'socket_address', 'address'], 'address', message, {
        expected: 'an IPv4 or IPv6 address: listeners do not look names up',
      });
    }
    return [];
  });
}

function transport(chain: Message, path: Path, stat: string, context: ListenerContext): FilterChainInput {
  const category = 'envoy.transport_sockets.downstream';
  const below = [...path, 'transport_socket'];
  const { tls } = compileTransportSocket(child(chain, 'transport_socket'), category, below, context);
  const timeout = {
    transport_socket_connect_timeout_ms: duration(chain, 'transport_socket_connect_timeout'),
  };
  return tls === undefined ? timeout : { tls, ssl_stats: stat, ...timeout };
}

type Chains = Pick<ListenerInput, 'filter_chains' | 'default_filter_chain'>;

/** The filter chains: which of them takes a connection is decided when it comes. */
function filterChains(listener: Message, identity: ListenerIdentity, context: ListenerContext): Chains {
  const { diagnostics, path } = context;
  const listenerStat = listenerStatPrefix(listener);
  const compile = (chain: Message, hash: bigint | undefined, below: Path): FilterChainInput => ({
    hash,
    name: text(chain, 'name'),
    match: compileMatch(
      child(chain, 'filter_chain_match'),
      [...path, ...below, 'filter_chain_match'],
      context,
    ),
    ...transport(chain, [...path, ...below], listenerStat, context),
    filters: compileFilters(messages(chain, 'filters'), 'envoy.filters.network', {
      ...context,
      listenerStat,
      direction: number(listener, 'traffic_direction'),
      path: [...path, ...below, 'filters'],
    }),
  });
  const chains = messages(listener, 'filter_chains').map((chain, i) =>
    compile(chain, identity.chains[i], ['filter_chains', i]),
  );
  const last = child(listener, 'default_filter_chain');
  checkMatches(
    chains.map(({ match }) => match),
    context,
  );
  if (chains.length === 0 && last === undefined) {
    diagnostics.error(path, 'chain', 'the listener has no filter chain', { expected: 'filter_chains' });
  }
  return {
    filter_chains: chains.map((chain) => ({ chain: writeRecord('FilterChain', chain) })),
    default_filter_chain:
      last === undefined
        ? undefined
        : writeRecord('FilterChain', compile(last, identity.otherwise, ['default_filter_chain'])),
  };
}
