import t from 'tap';
import { AddressFamily, CodecType, RecordKind, ServerHeader } from '../../src/tables/generated/layout.ts';
import type { ReadStruct } from '../../src/tables/reader.ts';
import { readRecord } from '../../src/tables/reader.ts';
import {
  any,
  compileListener,
  type Json,
  listener,
  manager,
  read,
  router,
  socket,
} from './compile_fixtures.ts';

const compiled = (json: Json) => read(compileListener(json).payload?.compiled);
const managerOf = (made: ReadStruct): ReadStruct =>
  (made as { filter_chains: { filters: { config: { value: ReadStruct } }[] }[] }).filter_chains[0]?.filters[0]
    ?.config.value as ReadStruct;
const withManager = (fields: Json): ReadStruct =>
  managerOf(compiled(listener({ filter_chains: [{ filters: [manager(fields)] }] })));

t.test('a listener', async (t) => {
  const { payload, findings } = compileListener(listener());
  t.strictSame(findings, []);
  const made = read(payload?.compiled);
  t.match(made, {
    name: 'front',
    stats: '127.0.0.1_7000',
    per_connection_buffer_limit: 1 << 20,
    addresses: [{ address: { family: AddressFamily.Ipv4, port: 7000 }, socket: 0 }],
  });
  t.notOk('max_connections' in made, 'no limit');
  t.strictSame(
    payload?.compiled?.records.map(({ kind }) => kind),
    [RecordKind.RouteConfig, RecordKind.FilterChain, RecordKind.Listener],
  );
});

t.test('addresses, sockets in their order', async (t) => {
  const many = listener({
    address: socket('::1', 1),
    additional_addresses: [
      { address: { pipe: { path: '@a', mode: 384 } } },
      { address: socket('0.0.0.0', 2) },
    ],
  });
  const { payload } = compileListener(many);
  t.match(read(payload?.compiled).addresses, [
    { address: { family: AddressFamily.Ipv6, port: 1 }, socket: 0 },
    { address: { family: AddressFamily.Pipe, path: '@a', mode: 384 }, socket: 1 },
    { address: { family: AddressFamily.Ipv4, port: 2 }, socket: 2 },
  ]);
  t.match(payload?.addresses, [
    { family: 'ipv6', host: '::1' },
    { family: 'pipe', host: '@a' },
    { family: 'ipv4', port: 2 },
  ]);
  const unbound = compileListener({ ...many, bind_to_port: false }).payload;
  t.strictSame(unbound?.addresses, []);
  for (const address of read(unbound?.compiled).addresses as ReadStruct[]) t.notOk('socket' in address);
});

t.test('names of statistics', async (t) => {
  t.match(compiled(listener({ stat_prefix: 'own' })), { stats: 'own', stat_prefix: 'own' });
  t.match(compiled(listener({ address: socket('::1', 7) })), { stats: '[__1]_7' });
  t.match(withManager({ stat_prefix: 'p' }), { stats: 'p', listener_stats: '127.0.0.1_7000.http.p' });
});

t.test('limits', async (t) => {
  const made = (json: Json, limits: Record<string, number>) =>
    read(compileListener(json, { listenerLimits: limits }).payload?.compiled);
  t.match(made(listener(), { front: 7, other: 8 }), { max_connections: 7 });
  t.notOk('max_connections' in made(listener(), { other: 8 }));
  t.match(compiled(listener({ per_connection_buffer_limit_bytes: 0 })), {
    per_connection_buffer_limit: 0xffffffff,
  });
  t.match(compiled(listener({ ignore_global_conn_limit: true })), { ignore_global_limit: true });
});

t.test('the default chain', async (t) => {
  const chain = { name: 'only', filters: [manager()] };
  const made = compiled(listener({ filter_chains: [], default_filter_chain: chain }));
  t.match(made, { default_filter_chain: { name: 'only' } });
  const both = compileListener(listener({ default_filter_chain: { name: 'other', filters: [manager()] } }));
  t.strictSame(both.findings, []);
  t.equal((read(both.payload?.compiled).filter_chains as unknown[]).length, 1);
});

t.test('the HTTP connection manager: defaults', async (t) => {
  const made = withManager({});
  t.match(made, {
    stat_prefix: 'in',
    inline_routes: { record: 0 },
    http_filters: [{ name: 'router', config: { struct: 'Router' } }],
    idle_timeout_ms: 3_600_000n,
    stream_idle_timeout_ms: 300_000n,
    drain_timeout_ms: 5000n,
    delayed_close_timeout_ms: 1000n,
    max_request_headers_kb: 60,
    max_headers_count: 100,
    generate_request_id: true,
    allow_absolute_url: true,
  });
  for (const off of ['request_timeout_ms', 'max_stream_duration_ms', 'use_remote_address', 'server_header'])
    t.notOk(off in made, off);
});

t.test('the HTTP connection manager: settings', async (t) => {
  const made = withManager({
    codec_type: 'HTTP1',
    server_name: 'me',
    server_header_transformation: 'PASS_THROUGH',
    via: 'v',
    use_remote_address: true,
    skip_xff_append: true,
    xff_num_trusted_hops: 2,
    generate_request_id: false,
    request_timeout: '2s',
    stream_idle_timeout: '0s',
    max_request_headers_kb: 7,
    common_http_protocol_options: {
      idle_timeout: '9s',
      max_headers_count: 8,
      max_requests_per_connection: 6,
      max_stream_duration: '4s',
      max_connection_duration: '5184000s',
    },
    http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'old', enable_trailers: true },
  });
  t.match(made, {
    codec_type: CodecType.Http1,
    server_name: 'me',
    server_header: ServerHeader.PassThrough,
    via: 'v',
    use_remote_address: true,
    skip_xff_append: true,
    xff_num_trusted_hops: 2,
    request_timeout_ms: 2000n,
    max_request_headers_kb: 7,
    idle_timeout_ms: 9000n,
    max_headers_count: 8,
    max_requests_per_connection: 6,
    max_stream_duration_ms: 4000n,
    max_connection_duration_ms: 5_184_000_000n,
    accept_http_10: true,
    default_host_for_http_10: 'old',
    enable_trailers: true,
  });
  t.notOk('generate_request_id' in made || 'stream_idle_timeout_ms' in made);
});

t.test('routes by name', async (t) => {
  const json = listener({
    filter_chains: [
      {
        filters: [
          manager({
            route_config: undefined,
            rds: { route_config_name: 'named', config_source: { path_config_source: { path: '/r.yaml' } } },
          }),
        ],
      },
    ],
  });
  const { payload } = compileListener(JSON.parse(JSON.stringify(json)) as Json);
  const made = managerOf(read(payload?.compiled));
  t.match(made, { route_config: 'named' });
  t.notOk('inline_routes' in made);
  t.match(payload?.routes, [{ name: 'named', source: { path: '/r.yaml' }, statPrefix: 'in' }]);
  t.equal(payload?.compiled?.records.length, 2);
});

t.test('an unchanged virtual host is recognized in a listener too', async (t) => {
  const hosts = (path: string) => [
    { name: 'a', domains: ['a'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }] },
    { name: 'b', domains: ['b'], routes: [{ match: { prefix: path }, direct_response: { status: 200 } }] },
  ];
  const hashes = (path: string) => {
    const routes = { route_config: { name: 'r', virtual_hosts: hosts(path) } };
    const { payload } = compileListener(listener({ filter_chains: [{ filters: [manager(routes)] }] }));
    return (payload?.compiled?.records ?? []).map((record) => [readRecord(record).kind, record.hash]);
  };
  const [before, after] = [hashes('/a'), hashes('/b')];
  t.strictSame(before[0], after[0]);
  t.not(before[1]?.[1], after[1]?.[1]);
  t.equal(before[1]?.[0], 'VirtualHost');
});

const chainOf = (...filters: Json[]): Json => listener({ filter_chains: [{ filters }] });
const httpChain = (...http_filters: Json[]): Json => chainOf(manager({ http_filters }));
const wrong: readonly (readonly [what: string, json: Json, findings: readonly string[]])[] = [
  ['no chain', listener({ filter_chains: [] }), ['(top level): the listener has no filter chain']],
  ['no filter', chainOf(), ['filter_chains[0].filters: the chain has no filters']],
  [
    'two that end the chain',
    chainOf(manager(), manager()),
    [
      'filter_chains[0].filters[0]: "http" (envoy.filters.network.http_connection_manager) ends the chain: no filter may follow',
    ],
  ],
  [
    'two chains',
    listener({ filter_chains: [{ filters: [manager()] }, { filters: [manager()] }] }),
    ['filter_chains[1]: the filter chain takes the same connections as filter_chains[0]'],
  ],
  [
    'no HTTP filter',
    httpChain(),
    ['filter_chains[0].filters[0].typed_config.http_filters: the chain has no filters'],
  ],
  [
    'two routers',
    httpChain(router(), router()),
    [
      'filter_chains[0].filters[0].typed_config.http_filters[0]: "router" (envoy.filters.http.router) ends the chain: no filter may follow',
    ],
  ],
  [
    'a router that is disabled',
    httpChain({ ...router(), disabled: true }),
    [
      'filter_chains[0].filters[0].typed_config.http_filters[0].disabled: the filter that ends the chain cannot be disabled',
    ],
  ],
  [
    'a network filter among HTTP filters',
    httpChain(
      {
        name: 'x',
        typed_config: any('filters.network.http_connection_manager.v3.HttpConnectionManager', {
          stat_prefix: 'x',
          route_config: {},
        }),
      },
      router(),
    ),
    [
      'filter_chains[0].filters[0].typed_config.http_filters[0].typed_config: the filter "x" is not supported here',
    ],
  ],
  [
    'a name instead of an address',
    listener({ address: socket('localhost', 1), additional_addresses: [{ address: socket('a.b', 1) }] }),
    [
      'address.socket_address.address: "localhost" is not an IP address',
      'additional_addresses[0].address.socket_address.address: "a.b" is not an IP address',
    ],
  ],
  ['no address', { filter_chains: [{ filters: [manager()] }] }, ['address: a listener needs an address']],
];

t.test('mistakes', async (t) => {
  for (const [what, json, expected] of wrong) {
    const { payload, findings } = compileListener(json);
    t.strictSame(findings, expected, what);
    t.equal(payload, undefined);
  }
});
