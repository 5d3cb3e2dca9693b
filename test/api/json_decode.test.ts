import t from 'tap';
import type { Message } from '../../src/api/message.ts';
import { plainToStruct } from '../../src/api/well_known.ts';
import { decodeAny, decodeWire, encodeWire } from '../../src/api/wire.ts';
import { at, BOOTSTRAP, CLUSTER, decode, good, NODE, pool, ROUTES } from './api_fixtures.ts';

// What is accepted and refused here was tried with `envoy --mode validate` of 1.40, where the type can stand
// in a bootstrap; the exceptions say so.

const cluster = (fields: object): Message => good(CLUSTER, { name: 'a', ...fields });

t.test('names in snake_case and camelCase', async (t) => {
  const snake = cluster({ connect_timeout: '5s', lb_policy: 'RANDOM' });
  const camel = cluster({ connectTimeout: '5s', lbPolicy: 'RANDOM' });
  t.same(snake, camel);
  t.equal(snake.$type, CLUSTER);
  t.equal(snake.lb_policy, 3);
});

t.test('both spellings of a field', async (t) => {
  const { findings } = decode(CLUSTER, { alt_stat_name: 'a', altStatName: 'b' });
  t.same(findings, [
    'error duplicate-field altStatName: is already set as alt_stat_name (expected the field once)',
  ]);
});

t.test('null is unset', async (t) => {
  t.same(cluster({ type: null, connect_timeout: null, cluster_type: null, health_checks: null }), {
    $type: CLUSTER,
    name: 'a',
  });
  t.same(cluster({ alt_stat_name: undefined }), { $type: CLUSTER, name: 'a' });
  t.same(good(NODE, { client_features: ['a', null] }).client_features, ['a', ''], 'Envoy: an empty item');
  t.same(
    good(NODE, { dynamic_parameters: { a: null } }).dynamic_parameters,
    new Map([['a', { $type: 'xds.core.v3.ContextParams' }]]),
  );
});

t.test('unknown fields', async (t) => {
  const value = { name: 'a', conect_timeout: '1s', edsConfg: 1, commonLbConfig: { xyz: 1 } };
  t.same(decode(CLUSTER, value).findings, [
    'error unknown-field conect_timeout: Cluster has no field "conect_timeout" [connect_timeout]',
    'error unknown-field edsConfg: Cluster has no field "edsConfg"',
    'error unknown-field commonLbConfig.xyz: Cluster.CommonLbConfig has no field "xyz"',
  ]);
  t.equal(
    decode(CLUSTER, { ConnectTimeout: 1 }).diagnostics.list[0]?.suggestion,
    'connectTimeout',
    'in the spelling of the file',
  );
  t.ok(decode(CLUSTER, value).diagnostics.list.every((d) => d.keyError));
  const warned = decode(CLUSTER, value, { unknownFields: 'warn' });
  t.same(
    warned.diagnostics.list.map((d) => d.severity),
    ['warning', 'warning', 'warning'],
  );
  t.same(decode(CLUSTER, value, { unknownFields: 'ignore' }).findings, []);
  t.equal(at(decode(CLUSTER, value, { unknownFields: 'ignore' }).message, 'name'), 'a');
});

t.test('paths begin where they are told, and are in the spelling of the file', async (t) => {
  const value = {
    staticResources: { clusters: [{}, { name: 1 }, { loadAssignment: { endpoints: { x: 1 } } }] },
  };
  const { diagnostics } = decode(BOOTSTRAP, value, { path: ['top', 0] });
  t.same(
    diagnostics.list.map((d) => d.path),
    [
      ['top', 0, 'staticResources', 'clusters', 1, 'name'],
      ['top', 0, 'staticResources', 'clusters', 2, 'loadAssignment', 'endpoints', 'x'],
    ],
  );
});

t.test('everything wrong comes at once, and what is right is kept', async (t) => {
  const { message, findings } = decode(CLUSTER, {
    name: 'a',
    connect_timeout: 5,
    lb_policy: 'RANDM',
    type: 'EDS',
    wait_for_warm_on_init: 'perhaps',
  });
  t.same(findings, [
    'error type connect_timeout: 5 is not valid (expected a duration such as "1.5s")',
    'error unknown-enum lb_policy: "RANDM" is not a value of the enum (expected one of ROUND_ROBIN, ' +
      'LEAST_REQUEST, RING_HASH, RANDOM, MAGLEV, CLUSTER_PROVIDED, LOAD_BALANCING_POLICY_CONFIG) [RANDOM]',
    'error type wait_for_warm_on_init: "perhaps" is not valid (expected true or false)',
  ]);
  t.same(message, { $type: CLUSTER, name: 'a', type: 3 });
});

t.test('oneofs', async (t) => {
  const { findings, message } = decode(CLUSTER, { type: 'STATIC', cluster_type: { name: 'x' } });
  t.same(findings, [
    'error oneof cluster_type: excludes type, which is set too (expected one of cluster_discovery_type only)',
  ]);
  t.equal(message.cluster_type, undefined);
  t.same(decode(CLUSTER, { type: 'STATIC', cluster_type: null }).findings, []);
});

t.test('lists', async (t) => {
  const names = (value: unknown) => decode(NODE, { client_features: value });
  t.same(names(['a', 'b']).message.client_features, ['a', 'b']);
  t.same(names('a').message.client_features, ['a'], 'one value for a list of one');
  t.same(names([['a'], ['b', ['c']]]).message.client_features, ['a', 'b', 'c'], 'lists are spread');
  t.same(names([]).message.client_features, []);
  t.match(names({ a: 1 }).findings, [/^error type client_features: a block is not valid/]);
  t.match(names(['a', 5]).findings, [/^error type client_features\[1\]: 5/]);
  t.same(
    at(good(BOOTSTRAP, { static_resources: { clusters: { name: 'a' } } }), 'static_resources', 'clusters'),
    [{ $type: CLUSTER, name: 'a' }],
  );
});

t.test('a list where one belongs', async (t) => {
  t.match(decode(BOOTSTRAP, { static_resources: [{}] }).findings, [
    'error type static_resources: a list is not valid (expected a block with the fields of Bootstrap.StaticResources)',
  ]);
  t.match(decode(BOOTSTRAP, { static_resources: '' }).findings, [
    /^error type static_resources: "" is not valid/,
  ]);
  t.match(decode(BOOTSTRAP, []).findings, [/^error type \(top level\): a list is not valid/]);
  t.match(decode(BOOTSTRAP, null).findings, [/^error type \(top level\): null is not valid/]);
});

t.test('maps', async (t) => {
  const params = (value: unknown) => decode('xds.core.v3.ContextParams', { params: value });
  t.same(
    params({ a: 'b', 5: '6' }).message.params,
    new Map([
      ['5', '6'],
      ['a', 'b'],
    ]),
  );
  t.match(params({ a: 5 }).findings, [/^error type params\.a: 5 is not valid/]);
  t.match(params([{ key: 'a', value: 'b' }]).findings, [
    /a list is not valid \(expected a block of keys and values\)/,
  ]);
  const proto = params(JSON.parse('{"__proto__": "x", "constructor": "y"}')).message.params;
  t.same(
    proto,
    new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
  );
});

t.test('maps with numbers for keys', async (t) => {
  const positions = (value: unknown) => decode('cel.expr.SourceInfo', { positions: value });
  t.same(
    positions({ 5: 7, '-6': 8 }).message.positions,
    new Map([
      [5n, 7],
      [-6n, 8],
    ]),
  );
  const [wrong] = positions({ x: 1 }).diagnostics.list;
  t.match(wrong, { code: 'type', path: ['positions', 'x'], keyError: true });
});

const RAW = 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer';
const TLS = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const any = (value: unknown) =>
  decode('envoy.config.core.v3.TransportSocket', { name: 'x', typed_config: value });

t.test('Any', async (t) => {
  const $type = 'google.protobuf.Any';
  for (const prefix of ['type.googleapis.com', 'foo.bar', 'a/b']) {
    const { message, findings } = any({ '@type': `${prefix}/${RAW}` });
    t.same(findings, []);
    t.same(message.typed_config, { $type, type_url: `${prefix}/${RAW}`, $decoded: { $type: RAW } });
  }
  t.same(any({}).message.typed_config, { $type });
  t.equal(any(null).message.typed_config, undefined);
  const inner = any({ alpnProtocols: 1, '@type': `type.googleapis.com/${RAW}` });
  t.match(inner.findings, [/^error unknown-field typed_config\.alpnProtocols: RawBuffer has no field/]);
});

t.test('Any that is wrong', async (t) => {
  t.same(any({ '@type': RAW }).findings, [
    `error any typed_config.@type: "${RAW}" is not a type URL ` +
      `(expected type.googleapis.com/<the name of a message>) [type.googleapis.com/${RAW}]`,
  ]);
  t.match(any({ '@type': `/${RAW}` }).findings, [/is not a type URL/]);
  t.match(any({ '@type': '' }).findings, [/is not a type URL/]);
  t.match(any({ '@type': null }).findings, [/^error type typed_config\.@type: null is not valid/]);
  t.match(any({ '@type': 5 }).findings, [/^error type typed_config\.@type: 5 is not valid/]);
  t.match(any({ type: RAW }).findings, [/has no "@type".*\["@type" instead of "type"\]$/]);
  t.match(any({ x: 1, longName: 2 }).findings, [
    /has no "@type" \(expected "@type": type\.googleapis\.com\/<[^>]*>\)$/,
  ]);
  t.match(any('x').findings, [
    /^error type typed_config: "x" is not valid \(expected a block with "@type"\)/,
  ]);
  const hint = (type: string) => any({ '@type': `type.googleapis.com/${type}` }).diagnostics.list[0];
  t.match(hint(`${RAW}s`), {
    code: 'unknown-type',
    message: `there is no message ${RAW}s in the API`,
    suggestion: `type.googleapis.com/${RAW}`,
  });
  t.equal(hint('envoy.transport.RawBuffer')?.suggestion, `type.googleapis.com/${RAW}`, 'in another package');
  t.equal(hint('a.b.c')?.suggestion, undefined);
});

t.test('Any of what has a JSON form of its own', async (t) => {
  const decoded = (value: unknown) => at(any(value).message, 'typed_config', '$decoded');
  const url = (name: string) => `type.googleapis.com/google.protobuf.${name}`;
  t.same(decoded({ '@type': url('Duration'), value: '1s' }), {
    $type: 'google.protobuf.Duration',
    seconds: 1n,
  });
  t.same(decoded({ '@type': url('UInt32Value'), value: 5 }), {
    $type: 'google.protobuf.UInt32Value',
    value: 5,
  });
  t.equal(
    at(decoded({ '@type': url('Struct'), value: { a: 'b' } }) as Message, 'fields', 'a', 'string_value'),
    'b',
  );
  t.match(decoded({ '@type': url('Any'), value: { '@type': url('Empty') } }), {
    $decoded: { $type: 'google.protobuf.Empty' },
  });
  t.same(decoded({ '@type': url('Empty') }), { $type: 'google.protobuf.Empty' });
  t.match(any({ '@type': url('Empty'), value: {} }).findings, [/^error unknown-field typed_config\.value/]);
  t.match(any({ '@type': url('Duration'), seconds: 5 }).findings, [
    'error unknown-field typed_config.seconds: Duration has only "value" beside "@type"',
  ]);
  t.match(any({ '@type': url('Duration'), value: '1' }).findings, [/^error type typed_config\.value: "1"/]);
});

t.test('a TypedStruct is what it names, and stays one', async (t) => {
  for (const type of ['xds.type.v3.TypedStruct', 'udpa.type.v1.TypedStruct']) {
    const struct = (named: string, value: object) =>
      any({ '@type': `type.googleapis.com/${type}`, type_url: `type.googleapis.com/${named}`, value });
    const { message, findings } = struct(TLS, { sni: 'b' });
    t.same(findings, []);
    t.same(at(message, 'typed_config', '$decoded'), { $type: TLS, sni: 'b' });
    t.equal(at(message, 'typed_config', '$struct', '$type'), type);
    t.equal(at(message, 'typed_config', '$struct', 'type_url'), `type.googleapis.com/${TLS}`);
    t.equal(at(message, 'typed_config', '$struct', 'value', 'fields', 'sni', 'string_value'), 'b');
    // The same over the wire.
    const bytes = encodeWire(pool, message);
    const back = at(decodeWire(pool, message.$type, bytes), 'typed_config') as Message;
    t.same(decodeAny(pool, back), { $type: TLS, sni: 'b' });
    t.same(back.$struct, at(message, 'typed_config', '$struct'));
    t.same(encodeWire(pool, { ...message, typed_config: back }), bytes);

    t.same(struct(RAW, { a: 'b' }).findings, [
      'error unknown-field typed_config.value.a: RawBuffer has no field "a"',
    ]);
    t.match(struct(TLS, { sni: 5 }).findings, [/^error type typed_config\.value\.sni: 5 is not valid/]);
    const unknown = struct('a.B', { a: 'b' });
    t.same(unknown.findings, []);
    t.equal(at(unknown.message, 'typed_config', '$decoded', '$type'), type);
    t.equal(at(unknown.message, 'typed_config', '$decoded', 'value', 'fields', 'a', 'string_value'), 'b');
  }
});

t.test('a TypedStruct on the wire that is not what it names', async (t) => {
  const any = (value: object): Message => ({
    $type: 'google.protobuf.Any',
    type_url: 'type.googleapis.com/udpa.type.v1.TypedStruct',
    value: encodeWire(pool, {
      $type: 'udpa.type.v1.TypedStruct',
      type_url: `type.googleapis.com/${TLS}`,
      value: plainToStruct(value as Record<string, unknown>),
    }),
  });
  t.throws(() => decodeAny(pool, any({ sni: 5 })), { name: 'WireError', message: /sni: 5 is not valid/ });
  const unknown: unknown[] = [];
  const opened = decodeAny(pool, any({ sni: 'a', more: 1 }), {
    onUnknown: (type, field) => unknown.push([type, field]),
  });
  t.same(opened, { $type: TLS, sni: 'a' });
  t.same(unknown, [[TLS, 'more']]);
});

t.test('a route configuration', async (t) => {
  const routes = good(ROUTES, {
    name: 'local',
    virtual_hosts: [
      {
        name: 'all',
        domains: '*',
        routes: {
          match: { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'y', ignore_case: true } }] },
          route: {
            weightedClusters: {
              clusters: [
                { name: 'a', weight: 1 },
                { name: 'b', weight: 3 },
              ],
            },
            timeout: '0.25s',
          },
          typed_per_filter_config: {
            x: { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', disabled: true },
          },
        },
      },
    ],
  });
  const route = ['virtual_hosts', 0, 'routes', 0] as const;
  t.equal(at(routes, 'virtual_hosts', 0, 'domains', 0), '*');
  t.equal(at(routes, ...route, 'route', 'timeout', 'nanos'), 250_000_000);
  t.equal(at(routes, ...route, 'route', 'weighted_clusters', 'clusters', 1, 'weight', 'value'), 3);
  t.equal(at(routes, ...route, 'typed_per_filter_config', 'x', '$decoded', 'disabled'), true);
});

t.test('nothing nests without end', async (t) => {
  let matcher: object = { any_match: true };
  for (let i = 0; i < 5000; i++) matcher = { not_match: matcher };
  const { findings } = decode('envoy.config.common.matcher.v3.MatchPredicate', matcher);
  t.match(findings, [/nested too deep \(expected at most 100 messages in messages\)$/]);
  let list: unknown = 'a';
  for (let i = 0; i < 5000; i++) list = [list];
  t.match(decode(NODE, { client_features: list }).findings, [/nested too deep/]);
  t.match(decode(NODE, { metadata: { a: list } }).findings, [/nested too deep/]);
});
