/** What the sockets of connections to hosts are bound to (upstream_bind_config). */
import type { Fields } from '../e2e/support.ts';
import { ask, get } from '../e2e/support.ts';
import { type Case, of, says, type See, stat, statuses } from './support.ts';

const BIND = 'envoy.config.core.v3.BindConfig';
const EXTRA = 'envoy.config.core.v3.ExtraSourceAddress';
const source = (address: string): Fields => ({ address, port_value: 0 });
/** An option that no kernel has. */
const BAD: Fields = { level: 1, name: 99_999, int_value: 1 };
const GOOD: Fields = { level: 1, name: 9, int_value: 1 };

const from: See = async ({ port }) => {
  const { headers } = await ask(port, get('/'));
  return headers.find(([name]) => name === 'x-says')?.[1];
};
/** Addresses that nobody has (RFC 5737) can be bound to all the same, and lead nowhere. */
const errors: See = async (view) => {
  await ask(view.port, get('/'));
  return (await stat(view, 'cluster.$.bind_errors')) ?? 0;
};

export function bindCases(): Case[] {
  const one = (
    fields: string[],
    on: Fields,
    off: Fields,
    see: See,
    seen: unknown,
    unseen: unknown,
  ): Case => ({
    fields,
    on: { cluster: { upstream_bind_config: on }, host: says('%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%') },
    off: { cluster: { upstream_bind_config: off }, host: says('%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%') },
    see,
    seen,
    unseen,
  });
  const own = { source_address: source('127.0.0.9') };
  const nobody = { source_address: source('192.0.2.77') };
  // Of the other family than the host: it cannot be bound to.
  const other = { source_address: source('::1') };
  const extra = (options: Fields): Fields => ({
    ...other,
    socket_options: [BAD],
    extra_source_addresses: [{ address: source('127.0.0.10'), ...options }],
  });
  const quick = { connect_timeout: '0.05s' };
  const freebind = one(of(BIND, 'freebind'), { ...nobody, freebind: true }, nobody, errors, 0, 1);
  return [
    one(
      [...of('envoy.config.cluster.v3.Cluster', 'upstream_bind_config'), ...of(BIND, 'source_address')],
      own,
      {},
      from,
      '127.0.0.9',
      '127.0.0.1',
    ),
    one(of(BIND, 'socket_options'), { ...own, socket_options: [BAD] }, own, statuses('/'), [503], [200]),
    one(
      [...of(BIND, 'extra_source_addresses'), ...of(EXTRA, 'address')],
      { ...other, extra_source_addresses: [{ address: source('127.0.0.10') }] },
      other,
      statuses('/'),
      [200],
      [503],
    ),
    one(
      of(EXTRA, 'socket_options'),
      extra({ socket_options: { socket_options: [GOOD] } }),
      extra({}),
      statuses('/'),
      [200],
      [503],
    ),
    one(
      of(BIND, 'additional_source_addresses'),
      { ...other, additional_source_addresses: [source('127.0.0.10')] },
      other,
      statuses('/'),
      [200],
      [503],
    ),
    {
      ...freebind,
      on: { ...freebind.on, cluster: { ...freebind.on.cluster, ...quick } },
      off: { ...freebind.off, cluster: { ...freebind.off?.cluster, ...quick } },
    },
  ];
}
