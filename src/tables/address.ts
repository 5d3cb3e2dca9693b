import { isIP, isIPv4 } from 'node:net';
import type { Message } from '../api/message.ts';
import { AddressFamily, type AddressInput } from './generated/layout.ts';
import { child, number, text } from './route_read.ts';

/** Network-order bytes of a numeric address, padded to 16. */
export function ipBytes(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  if (isIPv4(address)) {
    bytes.set(address.split('.').map(Number));
    return bytes;
  }
  // An embedded IPv4 tail ("::ffff:1.2.3.4") becomes two groups.
  const plain = address
    .replace(/%.*$/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
    );
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16)));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = tail === undefined ? front : [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  all.forEach((group, i) => {
    bytes[i * 2] = group >> 8;
    bytes[i * 2 + 1] = group & 255;
  });
  return bytes;
}

/** envoy.config.core.v3.Address; undefined when it is not a numeric address or a pipe. */
export function compileAddress(address: Message | undefined): AddressInput | undefined {
  if (address === undefined) return undefined;
  const pipe = child(address, 'pipe');
  if (pipe !== undefined) {
    return { family: AddressFamily.Pipe, path: text(pipe, 'path'), mode: number(pipe, 'mode') };
  }
  const socket = child(address, 'socket_address');
  const ip = socket === undefined ? '' : text(socket, 'address');
  const version = isIP(ip);
  if (socket === undefined || version === 0) return undefined;
  return {
    family: version === 6 ? AddressFamily.Ipv6 : AddressFamily.Ipv4,
    ip: ipBytes(ip),
    port: number(socket, 'port_value'),
  };
}

/** How statistics call an address: `0.0.0.0_80`, `[__1]_80`. */
export function statName(address: Message | undefined): string {
  const pipe = address === undefined ? undefined : child(address, 'pipe');
  if (pipe !== undefined) return text(pipe, 'path').replaceAll(':', '_');
  const socket = address === undefined ? undefined : child(address, 'socket_address');
  const ip = socket === undefined ? '' : text(socket, 'address');
  const shown = ip.includes(':') ? `[${ip}]` : ip;
  return `${shown}_${socket === undefined ? 0 : number(socket, 'port_value')}`.replaceAll(':', '_');
}
