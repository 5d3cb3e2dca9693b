import { isIP } from 'node:net';
import type { Message } from '../api/message.ts';
import { AddressFamily, type AddressInput } from './generated/layout.ts';
import { child, number, text } from './route_read.ts';

const DOT = 46;
const ZERO = 48;

function v4Bytes(address: string): Uint8Array {
  const bytes = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === DOT) at++;
    else bytes[at] = (bytes[at] as number) * 10 + code - ZERO;
  }
  return bytes;
}

/** Network-order bytes of a numeric address: 4 or 16. */
export function ipBytes(address: string): Uint8Array {
  if (!address.includes(':')) return v4Bytes(address);
  const bytes = new Uint8Array(16);
  // An embedded IPv4 tail ("::ffff:1.2.3.4") becomes two groups.
  const plain = address
    .replace(/%.*$/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) => {
      const group = (high: string, low: string): string => ((Number(high) << 8) | Number(low)).toString(16);
      return `${group(a, b)}:${group(c, d)}`;
    });
  const [head = '', tail = ''] = plain.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16));
  const put = (group: number, i: number): void => {
    bytes[i * 2] = group >> 8;
    bytes[i * 2 + 1] = group & 255;
  };
  groups(head).forEach(put);
  const back = groups(tail);
  back.forEach((group, i) => {
    put(group, 8 - back.length + i);
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

/** Equal for addresses that are the same, however they are spelled. */
export function addressKey({ ip, port = 0, path = '' }: AddressInput): string {
  let key = '';
  for (const byte of ip ?? []) key += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
  return `${key}_${port}${path}`;
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

/** `10.0.0.1:80`, `[::1]:80` or a path, as records have it. */
export function addressOf(address: string): AddressInput {
  const match = /^\[?([^\]]*?)\]?:(\d+)$/.exec(address);
  if (match === null || address.startsWith('/') || address.startsWith('@')) {
    return { family: AddressFamily.Pipe, path: address };
  }
  const [, host = '', port = ''] = match;
  return {
    family: host.includes(':') ? AddressFamily.Ipv6 : AddressFamily.Ipv4,
    ip: ipBytes(host),
    port: Number(port),
  };
}
