import t from 'tap';
import { encodeJson } from '../../src/api/json_encode.ts';
import type { Message } from '../../src/api/message.ts';
import { plainToStruct, structToPlain } from '../../src/api/well_known.ts';
import { decodeWire, encodeWire, packAny } from '../../src/api/wire.ts';
import { BOOTSTRAP, CLUSTER, good, NODE, pool } from './api_fixtures.ts';

// The forms are those of /config_dump of Envoy 1.40 for the same values.

const encode = (message: Message, options = {}) => encodeJson(pool, message, options);
const wrapped = (name: string, value: unknown) => encode(good(`google.protobuf.${name}`, value));

t.test('names, order and zeros', async (t) => {
  const message = good(CLUSTER, {
    wait_for_warm_on_init: false,
    lb_policy: 'ROUND_ROBIN',
    per_connection_buffer_limit_bytes: 0,
    health_checks: [],
    connect_timeout: '1s',
    type: 'STATIC',
    name: 'a',
    alt_stat_name: '',
  });
  t.equal(
    JSON.stringify(encode(message)),
    '{"name":"a","type":"STATIC","connect_timeout":"1s","per_connection_buffer_limit_bytes":0,"wait_for_warm_on_init":false}',
    'by number; zeros only with presence',
  );
  t.equal(
    JSON.stringify(encode(message, { camelCase: true })),
    '{"name":"a","type":"STATIC","connectTimeout":"1s","perConnectionBufferLimitBytes":0,"waitForWarmOnInit":false}',
  );
});

t.test('numbers', async (t) => {
  t.equal(wrapped('Int64Value', '-9223372036854775808'), '-9223372036854775808');
  t.equal(wrapped('UInt64Value', 5), '5');
  t.equal(wrapped('UInt32Value', 5), 5);
  t.equal(wrapped('DoubleValue', 0.1), 0.1);
  t.equal(wrapped('DoubleValue', 'NaN'), 'NaN');
  t.equal(wrapped('DoubleValue', '-Infinity'), '-Infinity');
  t.equal(wrapped('FloatValue', 0.1), 0.1);
  t.equal(wrapped('FloatValue', 16777217), 16777216);
  t.equal(wrapped('FloatValue', 1e-45), 1e-45);
  t.equal(wrapped('FloatValue', 3.4028235e38), 3.4028235e38);
  t.equal(wrapped('FloatValue', 'Infinity'), 'Infinity');
  t.equal(wrapped('BytesValue', '-_8'), '+/8=');
  t.equal(wrapped('UInt32Value', {}), 0);
  t.equal(wrapped('UInt64Value', {}), '0');
  t.equal(wrapped('BoolValue', {}), false);
  t.equal(wrapped('StringValue', {}), '');
});

t.test('enums', async (t) => {
  t.same(encode(good(CLUSTER, { lb_policy: 2 })), { lb_policy: 'RING_HASH' });
  t.same(encode(good(CLUSTER, { lb_policy: 77 })), { lb_policy: 77 }, 'a number without a name');
});

t.test('durations', async (t) => {
  for (const [text, expected] of [
    ['1s', '1s'],
    ['0.25s', '0.250s'],
    ['0.000001s', '0.000001s'],
    ['1.000000001s', '1.000000001s'],
    ['-0.5s', '-0.500s'],
    ['-1.25s', '-1.250s'],
    ['-3s', '-3s'],
    ['0s', '0s'],
  ]) {
    t.equal(wrapped('Duration', text), expected);
  }
});

t.test('times', async (t) => {
  for (const [text, expected] of [
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['2026-01-31T13:00:00.5+01:00', '2026-01-31T12:00:00.500Z'],
    ['1969-12-31T23:59:59.000001Z', '1969-12-31T23:59:59.000001Z'],
    ['0001-01-01T00:00:00.000000001Z', '0001-01-01T00:00:00.000000001Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
  ]) {
    t.equal(wrapped('Timestamp', text), expected);
  }
});

t.test('durations and times that are none, from the wire, show their fields', async (t) => {
  const time = 'google.protobuf.Timestamp';
  const duration = 'google.protobuf.Duration';
  t.same(encode({ $type: time, seconds: -62135596801n }), { seconds: '-62135596801' });
  t.same(encode({ $type: time, seconds: 253402300800n }), { seconds: '253402300800' });
  t.same(encode({ $type: time, nanos: -1 }), { nanos: -1 });
  t.same(encode({ $type: duration, seconds: 1n, nanos: -1 }), { seconds: '1', nanos: -1 });
  t.same(encode({ $type: duration, nanos: 1_000_000_000 }), { nanos: 1_000_000_000 });
});

t.test('structs', async (t) => {
  const plain = { a: [1, 'x', null, true, { b: {} }], c: -0.5, __proto: [] };
  t.same(encode(good(NODE, { metadata: plain })), { metadata: plain });
  t.same(structToPlain(plainToStruct(plain)), plain);
  const odd = JSON.parse('{"__proto__": {"x": 1}}') as Record<string, unknown>;
  t.same(JSON.stringify(structToPlain(plainToStruct(odd))), '{"__proto__":{"x":1}}');
  t.same(wrapped('Struct', {}), {});
  t.same(wrapped('ListValue', []), []);
  t.equal(wrapped('Value', null), null);
});

t.test('Any', async (t) => {
  const url = 'type.googleapis.com';
  const raw = 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer';
  const socket = (typed_config: unknown) =>
    encode(good('envoy.config.core.v3.TransportSocket', { typed_config }));
  t.same(socket({ '@type': `${url}/${raw}` }), { typed_config: { '@type': `${url}/${raw}` } });
  t.same(socket({ '@type': `${url}/${CLUSTER}`, name: 'a' }), {
    typed_config: { '@type': `${url}/${CLUSTER}`, name: 'a' },
  });
  t.same(socket({ '@type': `${url}/google.protobuf.Duration`, value: '1s' }), {
    typed_config: { '@type': `${url}/google.protobuf.Duration`, value: '1s' },
  });
  t.same(socket({}), { typed_config: {} });
  const packed = packAny(good(CLUSTER, { name: 'a' }));
  t.same(encode(packed), { '@type': `${url}/${CLUSTER}`, name: 'a' });
  const travelled = decodeWire(pool, 'google.protobuf.Any', encodeWire(pool, packed));
  t.equal(travelled.$decoded, undefined, 'bytes until it is asked for');
  t.same(encode(travelled), { '@type': `${url}/${CLUSTER}`, name: 'a' });
});

t.test('an Any that cannot be read keeps its bytes', async (t) => {
  const $type = 'google.protobuf.Any';
  const value = new Uint8Array([255]);
  for (const type_url of ['a.b/unknown.Type', `type.googleapis.com/${CLUSTER}`]) {
    t.same(encode({ $type, type_url, value }), { '@type': type_url, value: '/w==' });
  }
});

t.test('what is sensitive is hidden', async (t) => {
  const secrets = good(BOOTSTRAP, {
    static_resources: {
      secrets: [
        { name: 's', generic_secret: { secret: { inline_string: 'abc' } } },
        { name: 'b', generic_secret: { secret: { inline_bytes: 'aGk=' } } },
        {
          name: 'c',
          tls_certificate: {
            certificate_chain: { inline_string: 'public' },
            private_key: { filename: '/key', watched_directory: { path: '/' } },
          },
        },
      ],
    },
  });
  t.same(encode(secrets, { redactSensitive: true }), {
    static_resources: {
      secrets: [
        { name: 's', generic_secret: { secret: { inline_string: '[redacted]' } } },
        { name: 'b', generic_secret: { secret: { inline_bytes: 'W3JlZGFjdGVkXQ==' } } },
        {
          name: 'c',
          tls_certificate: {
            certificate_chain: { inline_string: 'public' },
            private_key: { filename: '[redacted]', watched_directory: { path: '[redacted]' } },
          },
        },
      ],
    },
  });
  t.match(JSON.stringify(encode(secrets)), /abc.*aGk=.*\/key/, 'only when asked');
});

t.test('what is sensitive is hidden inside Any and TypedStruct', async (t) => {
  const tls = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
  const value = {
    sni: 'foo',
    common_tls_context: { tls_certificates: [{ private_key: { inline_string: 'key' } }] },
  };
  const hidden = {
    sni: 'foo',
    common_tls_context: { tls_certificates: [{ private_key: { inline_string: '[redacted]' } }] },
  };
  const socket = (typed_config: object) =>
    encode(good('envoy.config.core.v3.TransportSocket', { name: 'tls', typed_config }), {
      redactSensitive: true,
    });
  t.match(socket({ '@type': tls, ...value }), { typed_config: hidden });
  const struct = { '@type': 'type.googleapis.com/xds.type.v3.TypedStruct', type_url: tls };
  t.match(socket({ ...struct, value }), { typed_config: { ...struct, value: hidden } });
  const wrong: Message = {
    $type: 'xds.type.v3.TypedStruct',
    type_url: tls,
    value: plainToStruct({ ...value, sni: 5 }),
  };
  const shown = encode(
    { $type: 'envoy.config.core.v3.TransportSocket', name: 'tls', typed_config: packAny(wrong) },
    { redactSensitive: true },
  );
  t.notMatch(JSON.stringify(shown), /"key"/, 'not of its type');
  const unknown = { ...struct, type_url: 'a/b.C', value: { a: 'b' } };
  t.match(socket(unknown), { typed_config: unknown }, 'nothing says what is sensitive');
});
