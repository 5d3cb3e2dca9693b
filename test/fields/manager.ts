/** The HTTP connection manager, the router, and the protocol options of clients' connections. */
import { ask, Client, eventually, type Fields, get, header, type Json } from '../e2e/support.ts';
import {
  atOrigin,
  type Case,
  echoed,
  type Family,
  of,
  originHeader,
  originPath,
  response,
  responseHeader,
  says,
  type See,
  type Site,
  stat,
  statuses,
  untilEnd,
} from './support.ts';

import { routerCases } from './route_grpc.ts';

const PACKAGE = 'envoy.extensions.filters.network.http_connection_manager.v3';
const HCM = `${PACKAGE}.HttpConnectionManager`;
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';
const COMMON = 'envoy.config.core.v3.HttpProtocolOptions';
const HTTP1 = 'envoy.config.core.v3.Http1ProtocolOptions';

/** Fields of the manager over a base. */
function manager(
  names: string,
  fields: Fields,
  see: See,
  seen: unknown,
  unseen: unknown,
  base: Fields = {},
  rest: Site = {},
): Case {
  return {
    fields: of(HCM, names),
    on: { ...rest, manager: { ...base, ...fields } },
    off: { ...rest, manager: base },
    see,
    seen,
    unseen,
  };
}

/** A field whose default would have the client wait for minutes. */
const timed = (fields: string[], set: Fields, see: See, seen: unknown, rest: Site = {}): Case => ({
  fields,
  on: { ...rest, manager: set },
  see,
  seen,
});

/** How many addresses x-forwarded-for has; which one a client of the loopback gets is the machine's. */
const forwarded = atOrigin(
  get('/', 'x-forwarded-for: 8.8.8.8\r\n'),
  (each) => each.headers['x-forwarded-for']?.split(',').length,
);
const client = says('%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%');
const edge = { use_remote_address: true, xff_num_trusted_hops: 1 };
const outside = 'x-forwarded-for: 8.8.8.8\r\nx-request-id: mine\r\n';

const hops = manager(
  'xff_num_trusted_hops',
  { xff_num_trusted_hops: 1 },
  responseHeader(get('/', 'x-forwarded-for: 8.8.8.8\r\n'), 'x-says'),
  '8.8.8.8',
  '127.0.0.1',
  { use_remote_address: true },
  { host: client },
);
const insideOf = (fields: Fields): Case => ({
  ...manager(
    'internal_address_config',
    { internal_address_config: fields },
    originHeader('/', 'x-envoy-internal'),
    'true',
    undefined,
    { use_remote_address: true },
  ),
});
const inside: Case[] = [
  insideOf({}),
  {
    ...insideOf({ cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] }),
    fields: of(`${HCM}.InternalAddressConfig`, 'cidr_ranges'),
  },
];

const headers: Case[] = [
  manager('server_name', { server_name: 'a-server' }, responseHeader('/', 'server'), 'a-server', 'envoy'),
  manager(
    'server_header_transformation',
    { server_header_transformation: 'PASS_THROUGH' },
    responseHeader('/', 'server'),
    'origin',
    'envoy',
  ),
  manager(
    'server_header_transformation',
    { server_header_transformation: 'APPEND_IF_ABSENT' },
    responseHeader('/', 'server'),
    'origin',
    'envoy',
  ),
  manager('via', { via: 'a-via' }, originHeader('/', 'via'), 'a-via', undefined),
  manager('use_remote_address', { use_remote_address: true }, forwarded, 2, 1),
  manager('skip_xff_append', { skip_xff_append: true }, forwarded, 1, 2, {
    use_remote_address: true,
  }),
  manager(
    'generate_request_id',
    { generate_request_id: false },
    atOrigin('/', (each) => 'x-request-id' in each.headers),
    false,
    true,
  ),
  manager(
    'preserve_external_request_id',
    { preserve_external_request_id: true },
    atOrigin(get('/', outside), (each) => each.headers['x-request-id'] === 'mine'),
    true,
    false,
    edge,
  ),
  manager(
    'always_set_request_id_in_response',
    { always_set_request_id_in_response: true },
    response('/', (each) => header(each, 'x-request-id') !== undefined),
    true,
    false,
  ),
  {
    fields: [
      `${ROUTER}.suppress_envoy_headers`,
      ...of(HCM, 'http_filters'),
      ...of(`${PACKAGE}.HttpFilter`, 'typed_config'),
    ],
    on: { manager: { http_filters: routers({ suppress_envoy_headers: true }) } },
    off: { manager: { http_filters: routers({}) } },
    see: response('/', (each) => header(each, 'x-envoy-upstream-service-time') !== undefined),
    seen: false,
    unseen: true,
  },
];
function routers(fields: Fields): Json[] {
  return [
    {
      name: 'envoy.filters.http.router',
      typed_config: { '@type': `type.googleapis.com/${ROUTER}`, ...fields },
    },
  ];
}

/** What comes first when a client says Expect, and its body. */
const expecting: See = async ({ port }) => {
  const one = new Client(port).send(
    'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab',
  );
  const { status } = await one.response();
  one.close();
  return status;
};

const large = get('/', `x-large: ${'a'.repeat(70_000)}\r\n`);
const many = (count: number): string =>
  get('/', Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join(''));

const limits: Case[] = [
  manager('max_request_headers_kb', { max_request_headers_kb: 80 }, statuses(large), [200], [431]),
  {
    fields: [...of(HCM, 'common_http_protocol_options'), `${COMMON}.max_headers_count`],
    on: { manager: { common_http_protocol_options: { max_headers_count: 120 } } },
    off: {},
    see: statuses(many(110), many(130)),
    seen: [200, 431],
    unseen: [431, 431],
  },
  {
    fields: [`${COMMON}.max_requests_per_connection`],
    on: { manager: { common_http_protocol_options: { max_requests_per_connection: 1 } } },
    off: {},
    see: responseHeader('/', 'connection'),
    seen: 'close',
    unseen: undefined,
  },
  {
    fields: [...of(HCM, 'http_protocol_options'), `${HTTP1}.accept_http_10`],
    on: { manager: { http_protocol_options: { accept_http_10: true } } },
    off: {},
    see: statuses('GET / HTTP/1.0\r\nhost: a\r\n\r\n'),
    seen: [200],
    unseen: [426],
  },
  {
    fields: [`${HTTP1}.default_host_for_http_10`],
    on: {
      manager: { http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'old.example' } },
    },
    off: { manager: { http_protocol_options: { accept_http_10: true } } },
    see: response('GET / HTTP/1.0\r\n\r\n', (each) => [
      each.status,
      each.status === 200
        ? (JSON.parse(each.body.toString()) as { headers: Fields }).headers.host
        : undefined,
    ]),
    seen: [200, 'old.example'],
    unseen: [400, undefined],
  },
  {
    fields: of(HCM, 'proxy_100_continue'),
    on: { manager: { proxy_100_continue: true } },
    off: {},
    see: expecting,
    seen: 200,
    unseen: 100,
  },
];

const HALF = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nab';
const held = get('/', 'x-do: hold\r\n');
const SOON = '0.05s';
const now: Json[] = [{ match: { prefix: '/' }, direct_response: { status: 200 } }];
const first = (text: string): string => text.slice(0, 12);
const timeouts: Case[] = [
  timed(of(HCM, 'stream_idle_timeout'), { stream_idle_timeout: SOON }, statuses(HALF), [408]),
  timed(of(HCM, 'request_timeout'), { request_timeout: SOON }, statuses(HALF), [408]),
  timed(
    of(HCM, 'request_headers_timeout'),
    { request_headers_timeout: SOON },
    statuses('GET / HTTP/1.1\r\nhost:'),
    [408],
  ),
  timed(
    [`${COMMON}.idle_timeout`],
    { common_http_protocol_options: { idle_timeout: SOON } },
    async ({ port }) => untilEnd(port, ''),
    '',
  ),
  timed(
    [`${COMMON}.max_connection_duration`],
    { common_http_protocol_options: { max_connection_duration: SOON }, drain_timeout: SOON },
    async ({ port }) => first(await untilEnd(port, get('/'))),
    'HTTP/1.1 200',
  ),
  timed(
    of(HCM, 'drain_timeout'),
    { common_http_protocol_options: { max_connection_duration: SOON }, drain_timeout: SOON },
    async ({ port }) => first(await untilEnd(port, get('/'), 4000)),
    'HTTP/1.1 200',
  ),
  {
    // The client does not close: somebody has to wait for it, or not.
    fields: of(HCM, 'delayed_close_timeout'),
    on: { manager: { delayed_close_timeout: SOON }, routes: now },
    off: { manager: { delayed_close_timeout: '0s' }, routes: now },
    see: async (view) => {
      const client = new Client(view.port).send(HALF);
      await eventually('the end', () => stat(view, 'http.$.downstream_cx_destroy'));
      client.close();
      return stat(view, 'http.$.downstream_cx_delayed_close_timeout');
    },
    seen: 1,
    unseen: 0,
  },
  timed(
    [`${COMMON}.max_stream_duration`],
    { common_http_protocol_options: { max_stream_duration: SOON } },
    statuses(held),
    [504],
  ),
];

/** The same name of a statistic is looked for at both sites. */
const prefix: Case = {
  fields: of(HCM, 'stat_prefix'),
  on: { manager: { stat_prefix: 'a_prefix' } },
  off: { manager: { stat_prefix: 'b_prefix' } },
  see: async (view) => {
    const before = (await stat(view, 'http.a_prefix.downstream_rq_total')) ?? 0;
    await ask(view.port, get('/'));
    return ((await stat(view, 'http.a_prefix.downstream_rq_total')) ?? 0) - before;
  },
  seen: 1,
  unseen: 0,
};

const host =
  (authority: string): See =>
  async (view) => {
    const named = authority.replace('$', String(view.port));
    return (await echoed(view.port, `GET / HTTP/1.1\r\nhost: ${named}\r\n\r\n`)).headers.host;
  };
const targets: Case[] = [
  manager('normalize_path', { normalize_path: true }, originPath('/a/../b'), '/b', '/a/../b'),
  manager('merge_slashes', { merge_slashes: true }, originPath('/a//b'), '/a/b', '/a//b'),
  manager(
    'path_with_escaped_slashes_action',
    { path_with_escaped_slashes_action: 'REJECT_REQUEST' },
    statuses('/a%2fb'),
    [400],
    [200],
  ),
  manager('strip_any_host_port', { strip_any_host_port: true }, host('a.b:80'), 'a.b', 'a.b:80'),
  manager(
    'strip_matching_host_port',
    { strip_matching_host_port: true },
    async (view) => [
      await host('a.b:1')(view),
      ((await host('a.b:$')(view)) as string).replace(String(view.port), '$'),
    ],
    ['a.b:1', 'a.b'],
    ['a.b:1', 'a.b:$'],
  ),
  manager('strip_trailing_host_dot', { strip_trailing_host_dot: true }, host('a.b.'), 'a.b', 'a.b.'),
];

export const managers: Family = {
  name: 'manager',
  cases: () => [...headers, ...targets, hops, ...inside, ...limits, ...timeouts, ...routerCases, prefix],
};
