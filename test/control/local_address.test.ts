import type { NetworkInterfaceInfo } from 'node:os';
import t from 'tap';
import { localAddress } from '../../src/local_address.ts';

const one = (family: 'IPv4' | 'IPv6', address: string, internal = false): NetworkInterfaceInfo =>
  ({ family, address, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as NetworkInterfaceInfo;

t.test('the first address that others can reach, by version', (t) => {
  const interfaces = {
    lo: [one('IPv4', '127.0.0.1', true), one('IPv6', '::1', true)],
    eth0: [one('IPv6', 'fe80::1'), one('IPv4', '10.1.2.3'), one('IPv6', 'fd00::5')],
    eth1: [one('IPv4', '10.9.9.9')],
  };
  t.equal(localAddress('v4', interfaces), '10.1.2.3');
  t.equal(localAddress('v6', interfaces), 'fd00::5');
  t.equal(localAddress('v4', { lo: interfaces.lo }), '127.0.0.1');
  t.equal(localAddress('v6', {}), '::1');
  t.end();
});
