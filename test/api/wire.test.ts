import protobuf from 'protobufjs/minimal.js';
import t from 'tap';
import type { Message } from '../../src/api/message.ts';
import { anyBytes, decodeAny, decodeWire, encodeWire, packAny, WireError } from '../../src/api/wire.ts';
import { CLUSTER, good, NODE, pool } from './api_fixtures.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const wire = (message: Message): string => hex(encodeWire(pool, message));
const read = (type: string, text: string, options = {}): Message =>
  decodeWire(pool, type, Buffer.from(text.replaceAll(' ', ''), 'hex'), options);
const value = (type: string, of: unknown): string => wire(good(`google.protobuf.${type}`, of));

t.test('scalars', async (t) => {
  t.equal(value('UInt32Value', 300), '08ac02');
  t.equal(value('UInt32Value', 4294967295), '08ffffffff0f');
  t.equal(value('Int32Value', -1), '08ffffffffffffffffff01');
  t.equal(value('Int64Value', -1), '08ffffffffffffffffff01');
  t.equal(value('UInt64Value', '18446744073709551615'), '08ffffffffffffffffff01');
  t.equal(value('BoolValue', true), '0801');
  t.equal(value('FloatValue', 1.5), '0d0000c03f');
  t.equal(value('DoubleValue', 1.5), '09000000000000f83f');
  t.equal(value('StringValue', 'é'), '0a02c3a9');
  t.equal(value('BytesValue', '/w=='), '0a01ff');
});

t.test('each integer type, at its limits', async (t) => {
  for (const [type, limits] of Object.entries({
    Int32: [-2147483648, 2147483647],
    SInt32: [-2147483648, 2147483647],
    SFixed32: [-2147483648, 2147483647],
    UInt32: [0, 4294967295],
    Fixed32: [0, 4294967295],
    Int64: [-(2n ** 63n), 2n ** 63n - 1n],
    SInt64: [-(2n ** 63n), 2n ** 63n - 1n],
    SFixed64: [-(2n ** 63n), 2n ** 63n - 1n],
    UInt64: [0n, 2n ** 64n - 1n],
    Fixed64: [0n, 2n ** 64n - 1n],
  })) {
    const $type = `validate.${type}Rules`;
    for (const limit of limits) {
      const message = { $type, const: limit, in: [limit, limit] };
      t.same(decodeWire(pool, $type, encodeWire(pool, message)), message, `${type} ${limit}`);
    }
  }
});

t.test('zeros are written only where they differ from unset', async (t) => {
  t.equal(value('UInt32Value', 0), '');
  t.equal(wire({ $type: 'google.protobuf.DoubleValue', value: -0 }), '090000000000000080');
  t.equal(wire(good(CLUSTER, { name: '', lb_policy: 0, health_checks: [] })), '');
  t.equal(wire(good(CLUSTER, { type: 'STATIC' })), '1000', 'a member of a oneof');
  t.equal(wire(good(CLUSTER, { per_connection_buffer_limit_bytes: 0 })), '2a00', 'a message');
});

t.test('fields by number, maps by key', async (t) => {
  const a = { $type: NODE, cluster: 'c', id: 'i' };
  t.equal(wire(a), '0a0169120163');
  const type = 'xds.core.v3.ContextParams';
  const one = wire({
    $type: type,
    params: new Map([
      ['b', '1'],
      ['a', '2'],
      ['ab', '3'],
    ]),
  });
  const other = wire({
    $type: type,
    params: new Map([
      ['ab', '3'],
      ['b', '1'],
      ['a', '2'],
    ]),
  });
  t.equal(one, '0a060a0161120132 0a070a026162120133 0a060a0162120131'.replaceAll(' ', ''));
  t.equal(one, other);
  const numbers = new Map([
    [10n, 1],
    [9n, 2],
    [-1n, 3],
  ]);
  const sorted = read('cel.expr.SourceInfo', wire({ $type: 'cel.expr.SourceInfo', positions: numbers }));
  t.same([...(sorted.positions as Map<bigint, number>).keys()], [-1n, 9n, 10n]);
});

t.test('by UTF-8, not by UTF-16', async (t) => {
  const type = 'xds.core.v3.ContextParams';
  const message = {
    $type: type,
    params: new Map([
      ['\u{1F642}', '1'],
      ['\uFF5E', '2'],
    ]),
  };
  const back = decodeWire(pool, type, encodeWire(pool, message));
  t.same([...(back.params as Map<string, string>).keys()], ['\uFF5E', '\u{1F642}']);
});

t.test('lists of numbers, packed or not', async (t) => {
  const type = 'envoy.config.route.v3.RetryPolicy';
  const message = { $type: type, retriable_status_codes: [500, 503] };
  t.equal(wire(message), '3a04f403f703');
  t.same(read(type, '3a04f403f703'), message);
  t.same(read(type, '38f403 38f703'), message, 'not packed');
  t.same(read(type, '38f403 3a02f703'), message, 'in pieces');
  t.same(read(type, '3a00'), { $type: type });
  t.throws(() => read(type, '3a01f4'), WireError);
});

t.test('a field that comes again', async (t) => {
  t.same(read(NODE, '0a0161 0a0162'), { $type: NODE, id: 'b' }, 'the last wins');
  const type = 'envoy.config.core.v3.Locality';
  const twice = read(NODE, '22030a0161 22060a0162120163');
  t.same(twice, { $type: NODE, locality: { $type: type, region: 'b', zone: 'c' } }, 'messages are merged');
  t.same(
    read(CLUSTER, '1003 b202030a0161'),
    {
      $type: CLUSTER,
      cluster_type: { $type: 'envoy.config.cluster.v3.Cluster.CustomClusterType', name: 'a' },
    },
    'of a oneof the last member is left',
  );
  t.same(
    read('xds.core.v3.ContextParams', '0a060a0161120131 0a060a0161120132').params,
    new Map([['a', '2']]),
  );
});

t.test('map entries without a key or a value', async (t) => {
  t.same(read('xds.core.v3.ContextParams', '0a00').params, new Map([['', '']]));
  t.same(read('cel.expr.SourceInfo', '22021005').positions, new Map([[0n, 5]]));
  t.same(
    read('google.protobuf.Struct', '0a030a0161').fields,
    new Map([['a', { $type: 'google.protobuf.Value' }]]),
  );
});

t.test('unknown fields are told', async (t) => {
  const seen: string[] = [];
  const onUnknown = (message: string, number: number) => seen.push(`${message} ${number}`);
  // a varint, 64 bits, a run of bytes, a group with a field inside, 32 bits; then one that is known
  const unknown = 'c03e05 c13e0102030405060708 c23e0161 c33e0805c43e c53e01020304 0a0161';
  t.same(read(NODE, unknown, { onUnknown }), { $type: NODE, id: 'a' });
  t.same(seen, Array(5).fill(`${NODE} 1000`));
  seen.length = 0;
  t.same(read(NODE, '0805', { onUnknown }), { $type: NODE }, 'a field of another wire type');
  t.same(seen, [`${NODE} 1`]);
  seen.length = 0;
  read(CLUSTER, '2a03c03e05', { onUnknown });
  t.same(seen, ['google.protobuf.UInt32Value 1000'], 'inside');
});

t.test('malformed bytes', async (t) => {
  for (const [text, why] of Object.entries({
    '0a05 61': 'a string cut off',
    '0a': 'a length that is missing',
    '0affffffff0f': 'a length beyond the end',
    '80': 'a tag cut off',
    '00': 'the field number 0',
    '07': 'a wire type that does not exist',
    '0c': 'the end of a group that never began',
    '0b': 'a group that never ends',
    '0a01ff': 'a string that is not UTF-8',
    '2203 0a0561': 'a string beyond its message',
    '1a02 0a01': 'a map entry cut off',
  })) {
    t.throws(() => read(NODE, text), WireError, why);
  }
  t.throws(() => read('google.protobuf.UInt32Value', '08ffffffffffffffffffffff01'), WireError, 'varint');
  t.throws(() => read('google.protobuf.FloatValue', '0d0000'), WireError);
  t.throws(() => decodeWire(pool, 'no.Such', new Uint8Array()), /there is no message no\.Such/);
});

t.test('cut anywhere, a message is refused or shorter, never read past its end', async (t) => {
  const message = good(NODE, {
    id: 'node',
    metadata: { a: [1, { b: 'c' }], d: true },
    locality: { region: 'r', zone: 'z' },
    dynamic_parameters: { a: { params: { x: 'yy' } } },
    client_features: ['one', 'two'],
  });
  const bytes = encodeWire(pool, message);
  let refused = 0;
  for (let length = 0; length < bytes.length; length++) {
    // what follows is another buffer's: it must not be looked at
    const part = bytes.slice(0, length);
    const larger = Buffer.concat([part, Buffer.alloc(16, 0x7f)]).subarray(0, length);
    for (const cut of [part, larger]) {
      try {
        t.notSame(decodeWire(pool, NODE, cut), message, `${length}`);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refused++;
      }
    }
  }
  t.ok(refused > bytes.length, `${refused} of ${2 * bytes.length}`);
});

t.test('nothing nests without end', async (t) => {
  const type = 'envoy.config.common.matcher.v3.MatchPredicate';
  const number = pool.message(type)?.field('not_match')?.number ?? 0;
  let bytes = new Uint8Array();
  for (let i = 0; i < 2000; i++) {
    const writer = protobuf.Writer.create();
    bytes = new Uint8Array(
      writer
        .uint32((number << 3) | 2)
        .bytes(bytes)
        .finish(),
    );
    if (i === 90) t.match(decodeWire(pool, type, bytes), { not_match: { not_match: {} } });
  }
  t.throws(() => decodeWire(pool, type, bytes), /nest deeper than 100/);
});

t.test('the result does not hold on to the bytes it was read from', async (t) => {
  const bytes = encodeWire(pool, good('envoy.config.core.v3.DataSource', { inline_bytes: 'aGk=' }));
  const { inline_bytes: first } = decodeWire(pool, 'envoy.config.core.v3.DataSource', bytes);
  bytes.fill(0);
  t.same(first, new Uint8Array([104, 105]));
  t.not((first as Uint8Array).buffer, bytes.buffer);
});

t.test('Any', async (t) => {
  const inner = good(CLUSTER, { name: 'a' });
  const any = packAny(inner);
  const bytes = encodeWire(pool, any);
  t.equal(hex(anyBytes(pool, any)), hex(encodeWire(pool, inner)));
  const back = decodeWire(pool, 'google.protobuf.Any', bytes);
  t.same(back, {
    $type: 'google.protobuf.Any',
    type_url: `type.googleapis.com/${CLUSTER}`,
    value: encodeWire(pool, inner),
  });
  t.equal(hex(encodeWire(pool, back)), hex(bytes));
  const decoded = decodeAny(pool, back);
  t.same(decoded, inner);
  t.equal(decodeAny(pool, back), decoded, 'once');
  t.equal(hex(encodeWire(pool, back)), hex(bytes));
  t.equal(decodeAny(pool, { $type: 'google.protobuf.Any', type_url: 'a/b' }), undefined);
  t.equal(decodeAny(pool, { $type: 'google.protobuf.Any' }), undefined);
  t.throws(
    () => decodeAny(pool, { ...back, $decoded: undefined, value: new Uint8Array([255]) } as Message),
    WireError,
  );
});

t.test('more than fits into the first buffer, of every kind', async (t) => {
  const many = <T>(value: T): T[] => Array.from({ length: 1000 }, () => value);
  for (const [type, value] of Object.entries({
    Float: 1.5,
    Double: -2.25,
    Fixed32: 4294967295,
    Fixed64: 2n ** 64n - 1n,
    UInt64: 2n ** 63n,
    Int32: -1,
    String: 'x'.repeat(63),
  })) {
    const message = { $type: `validate.${type}Rules`, in: many(value) };
    t.same(decodeWire(pool, message.$type, encodeWire(pool, message)), message, type);
  }
  const text = { $type: 'google.protobuf.StringValue', value: 'é'.repeat(5000) };
  t.same(decodeWire(pool, text.$type, encodeWire(pool, text)), text);
});
