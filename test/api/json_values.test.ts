import t from 'tap';
import type { Message } from '../../src/api/message.ts';
import { at, CLUSTER, decode, good, LISTENER, NODE } from './api_fixtures.ts';

// What is accepted and refused here was tried with `envoy --mode validate` of 1.40, where the type can stand
// in a bootstrap; the exceptions say so.

t.test('strings', async (t) => {
  t.same(decode(NODE, { id: 5, cluster: true, user_agent_name: ['a'] }).findings, [
    'error type id: 5 is not valid (expected a string, in quotes: "5")',
    'error type cluster: true is not valid (expected a string, in quotes: "true")',
    'error type user_agent_name: a list is not valid (expected a string)',
  ]);
  t.equal(good(NODE, { id: '名🙂' }).id, '名🙂');
  t.equal(decode(NODE, { id: 'a\ud800' }).findings.length, 1);
  t.equal(decode(NODE, { id: '\udc00\ud800' }).findings.length, 1);
});

t.test('booleans', async (t) => {
  for (const value of [true, 'true', 'True', 'yes', 'y', '1', 't']) {
    t.equal(good(LISTENER, { reuse_port: value }).reuse_port, true, String(value));
  }
  for (const value of [false, 'false', 'FALSE', 'no', 'n', '0', 'f']) {
    t.equal(good(LISTENER, { reuse_port: value }).reuse_port, false, String(value));
  }
  for (const value of [1, 0, '', 'on', [true], {}]) {
    t.equal(decode(LISTENER, { reuse_port: value }).findings.length, 1, JSON.stringify(value));
  }
});

const port = (value: unknown) => decode('envoy.config.core.v3.SocketAddress', { port_value: value });

t.test('32-bit integers', async (t) => {
  const accepted: [unknown, number][] = [
    [80, 80],
    [0, 0],
    [80.0, 80],
    ['80', 80],
    ['080', 80],
    ['+80', 80],
    ['-0', 0],
    ['80.0', 80],
    ['8e1', 80],
    ['0x50', 80],
    [4294967295, 4294967295],
    [80n, 80],
  ];
  for (const [value, number] of accepted) {
    t.same(port(value).findings, [], String(value));
    t.equal(port(value).message.port_value, number, String(value));
  }
  const expected = '(expected an integer from 0 to 4294967295)';
  for (const value of [80.5, '80.5', '', ' 80', '80 ', 'x', '1e-1', true, [80], {}, NaN, Infinity, '0x']) {
    t.match(port(value).findings, [/^error type port_value: .* is not valid/], String(value));
    t.ok(port(value).findings[0]?.endsWith(expected));
  }
  for (const value of [-1, '-1', 4294967296, 1e300]) {
    t.match(port(value).findings, [/^error range port_value: .* is out of range/], String(value));
  }
  const priority = (value: unknown) => decode('google.protobuf.Duration', { nanos: value }).message.nanos;
  t.equal(priority(-2147483648), -2147483648);
  t.equal(priority(-2147483649), undefined);
  t.equal(priority(2147483648), undefined);
});

t.test('64-bit integers', async (t) => {
  const level = (value: unknown) => decode('envoy.config.core.v3.SocketOption', { level: value });
  t.equal(level(5).message.level, 5n);
  t.equal(level(-5).message.level, -5n);
  t.equal(level('9223372036854775807').message.level, 9223372036854775807n);
  t.equal(level('-9223372036854775808').message.level, -9223372036854775808n);
  t.equal(level('1e3').message.level, 1000n);
  t.equal(level(9007199254740991).message.level, 9007199254740991n);
  t.equal(level(9007199254740993n).message.level, 9007199254740993n);
  t.match(level('9223372036854775808').findings, [/out of range/]);
  t.match(level(1.5).findings, [/is not valid/]);
  // Envoy takes this one from JSON; a JavaScript number has lost its last digits by then
  t.match(level(2 ** 60).findings, [/has lost digits \(expected an integer beyond 2\^53 in quotes\)/]);
});

const percent = (value: unknown) => decode('envoy.type.v3.Percent', { value });

t.test('doubles', async (t) => {
  const accepted: [unknown, number][] = [
    [1.5, 1.5],
    ['1.5', 1.5],
    [' 1.5', 1.5],
    ['.5', 0.5],
    ['+5', 5],
    ['0x10', 16],
    ['1e400', Infinity],
    ['NaN', NaN],
    ['nan', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['inf', Infinity],
    [NaN, NaN],
    [-0, -0],
  ];
  for (const [value, number] of accepted) {
    t.ok(Object.is(percent(value).message.value, number), String(value));
  }
  for (const value of ['', 'abc', '.inf', true, [1], {}, '1.5x']) {
    t.same(percent(value).findings.length, 1, JSON.stringify(value));
  }
});

t.test('floats are what 32 bits hold', async (t) => {
  const type = 'google.protobuf.FloatValue';
  t.equal(good(type, 0.1).value, Math.fround(0.1));
  t.match(decode(type, 1e39).findings, [/out of range/]);
  t.equal(good(type, 'Infinity').value, Infinity);
});

t.test('bytes', async (t) => {
  const bytes = (value: unknown) => decode('envoy.config.core.v3.DataSource', { inline_bytes: value });
  const accepted: [string, number[]][] = [
    ['', []],
    ['aGk=', [104, 105]],
    ['aGk', [104, 105]],
    ['aGm=', [104, 105]],
    ['-_-_', [0xfb, 0xff, 0xbf]],
    ['+/-_', [0xfb, 0xff, 0xbf]],
    ['YQ==', [97]],
  ];
  for (const [text, expected] of accepted) {
    t.same(bytes(text).findings, [], text);
    t.same([...(bytes(text).message.inline_bytes as Uint8Array)], expected, text);
  }
  t.same(bytes(new Uint8Array([1])).message.inline_bytes, new Uint8Array([1]));
  for (const value of ['a', 'aGk==', 'aG k=', 'a!!!', '=', 'aGk=\n', 5, ['aGk=']]) {
    t.match(bytes(value).findings, [/is not valid \(expected bytes in base64\)/], String(value));
  }
});

t.test('enums', async (t) => {
  const policy = (value: unknown) => decode(CLUSTER, { lb_policy: value });
  const accepted: [unknown, number][] = [
    ['RING_HASH', 2],
    ['Ring_Hash', 2],
    ['ring_hash', 2],
    [2, 2],
    [2.0, 2],
    ['2', 2],
    ['+2', 2],
    [' 2', 2],
    [77, 77],
    [-1, -1],
  ];
  for (const [value, number] of accepted) t.equal(policy(value).message.lb_policy, number, String(value));
  for (const value of ['ring-hash', 'ringhash', '', '1.0', '0x0', '1e0', 1.5, 99999999999, true, {}]) {
    t.equal(policy(value).findings.length, 1, JSON.stringify(value));
  }
  t.match(policy('RING_HAS').findings, [/\[RING_HASH\]$/]);
  t.same(decode(CLUSTER, { lb_policy: 'NEW' }, { unknownFields: 'ignore' }).message, { $type: CLUSTER });
  t.match(decode(CLUSTER, { lb_policy: 'NEW' }, { unknownFields: 'warn' }).findings, [
    /^warning unknown-enum/,
  ]);
  t.match(decode(CLUSTER, { lb_policy: true }, { unknownFields: 'ignore' }).findings, [/^error type/]);
});

t.test('wrappers', async (t) => {
  const limit = (value: unknown) => decode(CLUSTER, { per_connection_buffer_limit_bytes: value });
  const $type = 'google.protobuf.UInt32Value';
  const get = (value: unknown) => limit(value).message.per_connection_buffer_limit_bytes;
  t.same(get(5), { $type, value: 5 });
  t.same(get('5'), { $type, value: 5 });
  t.same(get(0), { $type, value: 0 });
  t.same(get({ value: 5 }), { $type, value: 5 }, 'Envoy takes the fields too');
  t.same(get({}), { $type });
  t.equal(get(null), undefined);
  t.match(limit([5]).findings, [/^error type per_connection_buffer_limit_bytes: a list is not valid/]);
  t.match(limit({ value: 5, x: 1 }).findings, [/^error unknown-field per_connection_buffer_limit_bytes\.x/]);
  t.match(limit(-1).findings, [/^error range per_connection_buffer_limit_bytes: -1 is out of range/]);
  t.same(good('google.protobuf.Int64Value', '5'), { $type: 'google.protobuf.Int64Value', value: 5n });
  t.same(good('google.protobuf.BoolValue', true), { $type: 'google.protobuf.BoolValue', value: true });
  t.same(good('google.protobuf.StringValue', 'a'), { $type: 'google.protobuf.StringValue', value: 'a' });
});

t.test('durations', async (t) => {
  const $type = 'google.protobuf.Duration';
  const accepted: [unknown, object][] = [
    ['5s', { seconds: 5n }],
    ['00005s', { seconds: 5n }],
    ['1.5s', { seconds: 1n, nanos: 500_000_000 }],
    ['0.000000001s', { nanos: 1 }],
    ['-5s', { seconds: -5n }],
    ['-0.5s', { nanos: -500_000_000 }],
    ['-1.25s', { seconds: -1n, nanos: -250_000_000 }],
    ['0s', {}],
    ['-0s', {}],
    ['315576000000s', { seconds: 315576000000n }],
    [
      { seconds: 5, nanos: '7' },
      { seconds: 5n, nanos: 7 },
    ],
    [{}, {}],
  ];
  for (const [value, fields] of accepted) t.same(good($type, value), { $type, ...fields }, String(value));
  for (const value of [
    5,
    '5',
    '',
    's',
    ' 5s',
    '.5s',
    '5.s',
    '+5s',
    '5ms',
    '1e1s',
    '1.1234567890s',
    ['5s'],
    true,
    '315576000001s',
  ]) {
    t.match(
      decode($type, value).findings,
      [/is not valid \(expected a duration such as "1\.5s"\)/],
      String(value),
    );
  }
  t.match(decode($type, { secs: 5 }).findings, [/^error unknown-field secs: Duration has no field "secs"/]);
});

t.test('timestamps', async (t) => {
  const $type = 'google.protobuf.Timestamp';
  const accepted: [string, object][] = [
    ['1970-01-01T00:00:00Z', {}],
    ['2026-01-31T12:00:00.5Z', { seconds: 1769860800n, nanos: 500_000_000 }],
    ['2026-01-31T13:00:00.000000001+01:00', { seconds: 1769860800n, nanos: 1 }],
    ['1969-12-31T23:59:59.25Z', { seconds: -1n, nanos: 250_000_000 }],
    ['0001-01-01T00:00:00Z', { seconds: -62135596800n }],
    ['9999-12-31T23:59:59.999999999Z', { seconds: 253402300799n, nanos: 999_999_999 }],
    ['2024-02-29T00:00:00-23:59', { seconds: 1709251140n }],
  ];
  for (const [value, fields] of accepted) t.same(good($type, value), { $type, ...fields }, value);
  for (const value of [
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+24:00',
    '2026-1-1T00:00:00Z',
    '',
    5,
  ]) {
    t.equal(decode($type, value).findings.length, 1, String(value));
  }
  t.same(good($type, { seconds: 5 }), { $type, seconds: 5n });
});

t.test('structs', async (t) => {
  const metadata = good(NODE, {
    metadata: { a: 1.5, b: 'x', c: [true, null, { d: [] }], e: {}, fields: { f: 1 } },
  }).metadata as Message;
  t.equal(metadata.$type, 'google.protobuf.Struct');
  t.equal(at(metadata, 'fields', 'a', 'number_value'), 1.5);
  t.equal(at(metadata, 'fields', 'b', 'string_value'), 'x');
  t.equal(at(metadata, 'fields', 'c', 'list_value', 'values', 0, 'bool_value'), true);
  t.equal(at(metadata, 'fields', 'c', 'list_value', 'values', 1, 'null_value'), 0);
  t.same(at(metadata, 'fields', 'e', 'struct_value'), { $type: 'google.protobuf.Struct' });
  t.equal(at(metadata, 'fields', 'fields', 'struct_value', 'fields', 'f', 'number_value'), 1);
  t.match(decode(NODE, { metadata: [] }).findings, [
    /^error type metadata: a list is not valid \(expected a block\)/,
  ]);
  t.match(decode(NODE, { metadata: 5 }).findings, [/^error type metadata: 5/]);
  t.same(good('google.protobuf.ListValue', [1]).values, [
    { $type: 'google.protobuf.Value', number_value: 1 },
  ]);
  t.equal(decode('google.protobuf.ListValue', {}).findings.length, 1);
  t.same(good('google.protobuf.Value', null), { $type: 'google.protobuf.Value', null_value: 0 });
});

t.test('values and lists of values inside lists keep their shape', async (t) => {
  const { values } = good('google.protobuf.ListValue', [[1, [2]], []]);
  t.equal(
    at(
      { $type: '', values },
      'values',
      0,
      'list_value',
      'values',
      1,
      'list_value',
      'values',
      0,
      'number_value',
    ),
    2,
  );
  t.same(at({ $type: '', values }, 'values', 1, 'list_value'), { $type: 'google.protobuf.ListValue' });
});
