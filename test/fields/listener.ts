/** Listeners and their sockets, the bootstrap's node, limits and admin address. */
import { readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { ask, Client, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { limitCases } from './listener_limits.ts';
import { type Case, type Family, of, type See, type Site, stat, type View } from './support.ts';

const LISTENER = 'envoy.config.listener.v3';
const CORE = 'envoy.config.core.v3';
const BOOTSTRAP = 'envoy.config.bootstrap.v3';
const L = `${LISTENER}.Listener`;

const one = (
  fields: string[],
  on: Fields,
  off: Fields | undefined,
  see: See,
  seen: unknown,
  unseen?: unknown,
): Case => ({
  fields,
  on: { listener: on },
  ...(off === undefined ? {} : { off: { listener: off }, unseen }),
  see,
  seen,
});

/** The status of a request to another address than 127.0.0.1; what went wrong else. */
const from = (options: { host?: string; port?: number; socketPath?: string }): Promise<number | string> =>
  new Promise((resolve) => {
    const request = httpRequest({ ...options, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    request.end();
  });

const socket = (address: string, port_value = 0, more: Fields = {}): Fields => ({
  socket_address: { address, port_value, ...more },
});

type Status = {
  name: string;
  local_address: Json;
  additional_local_addresses?: { socket_address: { port_value: number } }[];
};
const status = async ({ world, name }: View): Promise<Status | undefined> =>
  (
    JSON.parse(await world.admin('/listeners?format=json')) as { listener_statuses: Status[] }
  ).listener_statuses.find((each) => each.name === name);

/** The timer (/proc/net/tcp; 2: keepalive) of a connection to a listener, as the proxy has it, and its time. */
const timer: See = async ({ port }) => {
  const client = new Client(port).send(get('/'));
  await client.response();
  const hex = (value = 0): string => value.toString(16).toUpperCase().padStart(4, '0');
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, mine, theirs]) =>
        mine?.endsWith(`:${hex(port)}`) && theirs?.endsWith(`:${hex(client.socket.localPort)}`),
    );
  client.close();
  const [kind, when] = (row?.[5] ?? '').split(':');
  if (kind !== '02') return 'none';
  return Number.parseInt(when ?? '', 16) / 100 < 1000 ? 'seconds' : 'thousands';
};

const option = (more: Fields): Fields => ({ socket_options: [{ level: 1, name: 9, ...more }] });
const OPTION = `${CORE}.SocketOption`;

/** Whether a second connection is let in beside a first one. */
const second: See = async (view) => {
  const first = new Client(view.port).send(get('/'));
  await first.response();
  const next = new Client(view.port).send(get('/'));
  const answered = await Promise.race([
    next.response().then(() => true),
    next.untilEnd().then((bytes) => bytes.length > 0),
  ]).catch(() => false);
  first.close();
  next.close();
  return answered;
};

function sockets(files: string): Case[] {
  const pipe = join(files, 'listener.sock');
  return [
    {
      ...one(
        [...of(`${CORE}.Address`, 'pipe'), ...of(`${CORE}.Pipe`, 'path mode')],
        { address: { pipe: { path: pipe, mode: 0o640 } } },
        undefined,
        async () => [await from({ socketPath: pipe }), statSync(pipe).mode & 0o777],
        [200, 0o640],
      ),
    },
    one(
      [...of(L, 'address'), ...of(`${CORE}.SocketAddress`, 'address')],
      { address: socket('127.0.0.2') },
      {},
      async ({ port }) => [await from({ host: '127.0.0.1', port }), await from({ host: '127.0.0.2', port })],
      ['ECONNREFUSED', 200],
      [200, 'ECONNREFUSED'],
    ),
    one(
      of(`${CORE}.SocketAddress`, 'ipv4_compat'),
      { address: socket('::', 0, { ipv4_compat: true }) },
      { address: socket('::') },
      async ({ port }) => [await from({ host: '::1', port }), await from({ host: '127.0.0.1', port })],
      [200, 200],
      [200, 'ECONNREFUSED'],
    ),
    one(
      [...of(L, 'additional_addresses'), ...of(`${LISTENER}.AdditionalAddress`, 'address')],
      { additional_addresses: [{ address: socket('127.0.0.3') }] },
      {},
      async (view) => {
        const port = (await status(view))?.additional_local_addresses?.[0]?.socket_address.port_value;
        return port === undefined ? 'none' : from({ host: '127.0.0.3', port });
      },
      200,
      'none',
    ),
    one(
      of(`${LISTENER}.AdditionalAddress`, 'tcp_keepalive'),
      { additional_addresses: [{ address: socket('127.0.0.1'), tcp_keepalive: { keepalive_time: 30 } }] },
      { additional_addresses: [{ address: socket('127.0.0.1') }] },
      async (view) =>
        timer({
          ...view,
          port: (await status(view))?.additional_local_addresses?.[0]?.socket_address.port_value ?? 0,
        }),
      'seconds',
      'none',
    ),
    one(
      [
        ...of(`${LISTENER}.AdditionalAddress`, 'socket_options'),
        ...of(`${CORE}.SocketOptionsOverride`, 'socket_options'),
      ],
      {
        additional_addresses: [
          {
            address: socket('127.0.0.1'),
            socket_options: { socket_options: [{ level: 1, name: 9, int_value: 1 }] },
          },
        ],
      },
      { additional_addresses: [{ address: socket('127.0.0.1') }] },
      async (view) =>
        timer({
          ...view,
          port: (await status(view))?.additional_local_addresses?.[0]?.socket_address.port_value ?? 0,
        }),
      'thousands',
      'none',
    ),
    one([...of(L, 'tcp_keepalive')], { tcp_keepalive: { keepalive_time: 30 } }, {}, timer, 'seconds', 'none'),
    one(
      [...of(L, 'socket_options'), ...of(OPTION, 'level name int_value')],
      option({ int_value: 1 }),
      {},
      timer,
      'thousands',
      'none',
    ),
    one(of(OPTION, 'buf_value'), option({ buf_value: 'AQAAAA==' }), {}, timer, 'thousands', 'none'),
    one(
      of(L, 'freebind'),
      // Not an address of this machine: without the field nothing would start.
      { address: socket('192.0.2.77'), freebind: true },
      undefined,
      async (view) => JSON.stringify((await status(view))?.local_address).includes('192.0.2.77'),
      true,
    ),
    one(
      of(L, 'bind_to_port'),
      { bind_to_port: false },
      {},
      async ({ port }) => (port === 0 ? 'none' : from({ host: '127.0.0.1', port })),
      'none',
      200,
    ),
  ];
}

const chainOf = (code: number, more: Fields = {}): Fields => ({
  ...more,
  filters: [
    {
      name: 'h',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
        stat_prefix: 'chain',
        http_filters: [
          {
            name: 'r',
            typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
          },
        ],
        route_config: {
          name: 'chain',
          virtual_hosts: [
            {
              name: 'a',
              domains: ['*'],
              routes: [{ match: { prefix: '/' }, direct_response: { status: code } }],
            },
          ],
        },
      },
    },
  ],
});
const chainStatus: See = async ({ port }) => from({ host: '127.0.0.1', port });
const MATCH = `${LISTENER}.FilterChainMatch`;
const CIDR = `${CORE}.CidrRange`;

/** A chain that matches clients of the loopback address or not, and one for the rest. */
function chains(): Case[] {
  const chosen = (match: Fields): Fields => ({
    filter_chains: [chainOf(201, { filter_chain_match: match })],
    default_filter_chain: chainOf(202),
  });
  const range = (address_prefix: string, prefix_len: number): Json[] => [{ address_prefix, prefix_len }];
  const both = (fields: string[], on: Fields, off: Fields): Case =>
    one(fields, chosen(on), chosen(off), chainStatus, 201, 202);
  /** What no client of this test is: the chain that says it is passed over. */
  const never = (fields: string[], match: Fields): Case =>
    one(fields, chosen(match), chosen({}), chainStatus, 202, 201);
  return [
    one(
      [
        ...of(L, 'filter_chains default_filter_chain'),
        ...of(`${LISTENER}.FilterChain`, 'filters filter_chain_match'),
        ...of(`${LISTENER}.Filter`, 'typed_config'),
        ...of(MATCH, 'source_prefix_ranges'),
        ...of(CIDR, 'address_prefix'),
      ],
      chosen({ source_prefix_ranges: range('127.0.0.1', 32) }),
      chosen({ source_prefix_ranges: range('10.0.0.0', 8) }),
      chainStatus,
      201,
      202,
    ),
    both(
      of(CIDR, 'prefix_len'),
      { source_prefix_ranges: range('127.9.9.9', 8) },
      { source_prefix_ranges: range('127.9.9.9', 32) },
    ),
    both(
      of(MATCH, 'prefix_ranges'),
      { prefix_ranges: range('127.0.0.1', 32) },
      { prefix_ranges: range('10.0.0.0', 8) },
    ),
    both(
      of(MATCH, 'direct_source_prefix_ranges'),
      { direct_source_prefix_ranges: range('127.0.0.1', 32) },
      { direct_source_prefix_ranges: range('10.0.0.0', 8) },
    ),
    both(of(MATCH, 'source_type'), { source_type: 'SAME_IP_OR_LOOPBACK' }, { source_type: 'EXTERNAL' }),
    both(
      of(MATCH, 'transport_protocol'),
      { transport_protocol: 'raw_buffer' },
      { transport_protocol: 'tls' },
    ),
    never(of(MATCH, 'destination_port'), { destination_port: 1 }),
    never(of(MATCH, 'source_ports'), { source_ports: [1] }),
    never(of(MATCH, 'server_names'), { server_names: ['a.example'] }),
    never(of(MATCH, 'application_protocols'), { application_protocols: ['x'] }),
  ];
}

function others(): Case[] {
  const limited: Site = {};
  return [
    one(
      of(L, 'stat_prefix'),
      { stat_prefix: 'own_prefix' },
      {},
      async (view) => {
        const read = async (): Promise<number> =>
          (await stat(view, 'listener.own_prefix.downstream_cx_total')) ?? 0;
        const before = await read();
        await ask(view.port, get('/'));
        return (await read()) - before;
      },
      1,
      0,
    ),
    {
      fields: [
        ...of(`${BOOTSTRAP}.Bootstrap`, 'layered_runtime'),
        `${BOOTSTRAP}.LayeredRuntime.layers`,
        `${BOOTSTRAP}.RuntimeLayer.static_layer`,
        ...of(L, 'name'),
      ],
      on: { listener: { name: 'limited' } },
      off: limited,
      see: async (view) =>
        second({ ...view, port: view.name.endsWith('on') ? await portOf(view, 'limited') : view.port }),
      seen: false,
      unseen: true,
    },
    {
      fields: [...of(`${BOOTSTRAP}.Bootstrap`, 'node'), ...of(`${CORE}.Node`, 'id cluster locality')],
      on: {},
      see: async ({ world }) => {
        const { node } = JSON.parse(await world.admin('/server_info')) as { node: Record<string, unknown> };
        return [node.id, node.cluster, (node.locality as { zone: string }).zone];
      },
      seen: ['an-id', 'a-cluster', 'a-zone'],
    },
    {
      fields: [...of(`${BOOTSTRAP}.Bootstrap`, 'admin'), ...of(`${BOOTSTRAP}.Admin`, 'address')],
      on: {},
      see: ({ world }) => from({ socketPath: join(world.files, 'admin.sock') }),
      seen: 200,
    },
  ];
}

const portOf = async (view: View, name: string): Promise<number> =>
  eventually('the port', async () => {
    const found = (await status({ ...view, name }))?.local_address as {
      socket_address: { port_value: number };
    };
    return found.socket_address.port_value;
  });

export const listeners: Family = {
  name: 'listener',
  cases: (files) => [...sockets(files), ...chains(), ...others(), ...limitCases(files)],
  bootstrap: () => ({
    node: { id: 'an-id', cluster: 'a-cluster', locality: { zone: 'a-zone' } },
    layered_runtime: {
      layers: [
        {
          name: 'limits',
          static_layer: { envoy: { resource_limits: { listener: { limited: { connection_limit: 1 } } } } },
        },
      ],
    },
  }),
};
