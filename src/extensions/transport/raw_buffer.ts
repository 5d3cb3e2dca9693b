import type { TransportSocket } from '../types.ts';

const TYPE = 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer';

/** envoy.transport_sockets.raw_buffer: a connection as it is. */
const rawBuffer = (
  category: TransportSocket['category'],
  declare: TransportSocket['declare'],
): TransportSocket => ({
  name: 'envoy.transport_sockets.raw_buffer',
  category,
  type: TYPE,
  aliases: ['raw_buffer'],
  declare,
});

export const downstreamRawBuffer = rawBuffer('envoy.transport_sockets.downstream', (registry) => {
  registry.message(TYPE, {});
});
export const upstreamRawBuffer = rawBuffer('envoy.transport_sockets.upstream', () => undefined);
