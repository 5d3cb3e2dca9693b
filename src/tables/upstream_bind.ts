import { isIP } from 'node:net';
import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { ipBytes } from './address.ts';
import {
  AddressFamily,
  type AddressInput,
  type BindSourceInput,
  type UpstreamBindInput,
} from './generated/layout.ts';
import { child, has, messages, number, text, wrappedFlag } from './route_read.ts';
import { socketOption } from './socket_option.ts';

/** A numeric envoy.config.core.v3.SocketAddress. */
function sourceAddress(socket: Message | undefined): AddressInput {
  const ip = socket === undefined ? '' : text(socket, 'address');
  if (socket === undefined || isIP(ip) === 0) return { family: AddressFamily.None };
  return {
    family: isIP(ip) === 6 ? AddressFamily.Ipv6 : AddressFamily.Ipv4,
    ip: ipBytes(ip),
    port: number(socket, 'port_value'),
  };
}

const optionsOf = (from: Message | undefined): BindSourceInput['options'] =>
  from === undefined ? [] : messages(from, 'socket_options').map(socketOption);

/**
 * What sockets to the hosts of a cluster are bound to (envoy.config.core.v3.BindConfig): as its own
 * upstream_bind_config says, else as that of the bootstrap (`common`). As in Envoy, socket options and `freebind`
 * of the bootstrap hold also where the cluster's own says nothing of them.
 */
export function upstreamBind(
  own: Message | undefined,
  common: Message | undefined,
): UpstreamBindInput | undefined {
  const bind = own ?? common;
  if (bind === undefined) return undefined;
  const ownOptions = optionsOf(own);
  const options = ownOptions?.length ? ownOptions : optionsOf(common);
  const decides = own !== undefined && has(own, 'freebind') ? own : common;
  const first: BindSourceInput = { address: sourceAddress(child(bind, 'source_address')), options };
  const more = messages(bind, 'extra_source_addresses').map((extra): BindSourceInput => {
    const override = child(extra, 'socket_options');
    return {
      address: sourceAddress(child(extra, 'address')),
      options: override === undefined ? options : optionsOf(override),
    };
  });
  const older = messages(bind, 'additional_source_addresses').map(
    (address): BindSourceInput => ({ address: sourceAddress(address), options }),
  );
  return {
    freebind: decides !== undefined && wrappedFlag(decides, 'freebind', false),
    sources: [first, ...(more.length > 0 ? more : older)],
  };
}

/** What the addresses of an envoy.config.core.v3.BindConfig say about each other. */
export function checkBind(bind: Message | undefined, path: Path, diagnostics: Diagnostics): void {
  if (bind === undefined) return;
  const extra = messages(bind, 'extra_source_addresses');
  const older = messages(bind, 'additional_source_addresses');
  const field = extra.length > 0 ? 'extra_source_addresses' : 'additional_source_addresses';
  const others = extra.length > 0 ? extra.map((each) => child(each, 'address')) : older;
  const first = child(bind, 'source_address');
  checkIp(first, [...path, 'source_address'], diagnostics);
  others.forEach((each, i) => {
    checkIp(each, [...path, field, i, ...(extra.length > 0 ? ['address'] : [])], diagnostics);
  });
  const below = [...path, field];
  if (extra.length > 0 && older.length > 0) {
    diagnostics.error(below, 'conflict', 'additional_source_addresses is set too', {
      expected: 'one of the two',
    });
  }
  if (others.length > 1) {
    const message = `there are ${others.length} addresses`;
    diagnostics.error(below, 'rule', message, {
      expected: 'one, of the family that source_address is not of',
    });
  }
  if (others.length !== 1) return;
  if (first === undefined) {
    diagnostics.error(below, 'missing', 'source_address is not set', {
      expected: 'source_address, which goes first',
    });
  } else if (others[0] !== undefined && isIP(text(first, 'address')) === isIP(text(others[0], 'address'))) {
    const message = 'both addresses are of the same family';
    diagnostics.error(below, 'rule', message, { expected: 'an IPv4 and an IPv6 address' });
  }
}

function checkIp(socket: Message | undefined, path: Path, diagnostics: Diagnostics): void {
  if (socket === undefined || isIP(text(socket, 'address')) !== 0) return;
  const message = `${JSON.stringify(text(socket, 'address'))} is not an IP address`;
  diagnostics.error([...path, 'address'], 'address', message, { expected: 'an IPv4 or IPv6 address' });
}
