import { networkInterfaces } from 'node:os';

/**
 * The address that stands for this machine in x-forwarded-for: the first one that is not a loopback
 * (nor link-local), else the loopback, as in Envoy.
 */
export function localAddress(version: 'v4' | 'v6', interfaces = networkInterfaces()): string {
  for (const addresses of Object.values(interfaces)) {
    for (const { family, internal, address } of addresses ?? []) {
      if (internal || family !== (version === 'v4' ? 'IPv4' : 'IPv6') || address.startsWith('fe80:'))
        continue;
      return address;
    }
  }
  return version === 'v4' ? '127.0.0.1' : '::1';
}
