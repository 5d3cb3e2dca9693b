import type { Message } from '../api/message.ts';
import type { TcpKeepaliveInput } from './generated/layout.ts';
import { child, wrappedNumber } from './route_read.ts';

const FIELDS = ['keepalive_probes', 'keepalive_time', 'keepalive_interval'] as const;

/**
 * envoy.config.core.v3.TcpKeepalive in the field `tcp_keepalive`: what is not set is the kernel's
 * default (0 in the answer), an explicit 0 turns it off. Undefined: no probes.
 */
export function tcpKeepalive(from: Message | undefined): TcpKeepaliveInput | undefined {
  const settings = from === undefined ? undefined : child(from, 'tcp_keepalive');
  if (settings === undefined || FIELDS.some((field) => wrappedNumber(settings, field, 1) === 0))
    return undefined;
  const [probes, time_s, interval_s] = FIELDS.map((field) => wrappedNumber(settings, field, 0));
  return { probes, time_s, interval_s };
}
