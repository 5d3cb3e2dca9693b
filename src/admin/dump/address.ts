import { isIP } from 'node:net';
import type { JsonObject } from './proto.ts';

/** `127.0.0.1:80`, `[::1]:80` or a path as envoy.config.core.v3.Address. */
export function addressJson(address: string): JsonObject {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  if (colon < 0 || isIP(host) === 0) return { pipe: { path: address } };
  return { socket_address: { address: host, port_value: Number(address.slice(colon + 1)) } };
}
