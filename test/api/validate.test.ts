import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import type { FieldValue, Message } from '../../src/api/message.ts';
import { bounds, checkScalar, unhandledRules, withinBounds } from '../../src/api/rules.ts';
import { validate } from '../../src/api/validate.ts';
import { packAny } from '../../src/api/wire.ts';

const pool = DescriptorPool.load();

function nested(name: string): string[] {
  return (pool.message(name)?.nestedNames ?? []).flatMap((inner) => [inner, ...nested(inner)]);
}
const everyMessage = [...pool.messageNames()].flatMap((name) => [name, ...nested(name)]);

/** A message of a short type name. */
function msg($type: string, fields: Record<string, FieldValue> = {}): Message {
  if (pool.message($type) === undefined) throw new Error(`no message ${$type}`);
  return { $type, ...fields };
}

/** `path: message (expected)` of everything that is wrong. */
function check(message: Message): string[] {
  const diagnostics = new Diagnostics();
  validate(pool, message, ['m'], diagnostics);
  return diagnostics.list.map((d) => {
    if (d.code !== 'rule') throw new Error(d.code);
    return `${formatPath(d.path.slice(1))}: ${d.message} (${d.expected})`;
  });
}

const CORE = 'envoy.config.core.v3';
const ROUTE = 'envoy.config.route.v3';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const duration = (seconds: number, nanos = 0): Message =>
  msg('google.protobuf.Duration', { seconds: BigInt(seconds), nanos });
const u32 = (value: number): Message => msg('google.protobuf.UInt32Value', { value });
const address = (port: number): Message =>
  msg(`${CORE}.Address`, {
    socket_address: msg(`${CORE}.SocketAddress`, { address: 'a', port_value: port }),
  });

t.test('every rule that the API uses is checked', async (t) => {
  let uses = 0;
  let oneofs = 0;
  const kinds = new Set<string>();
  for (const name of everyMessage) {
    const desc = pool.message(name);
    for (const field of desc?.fields ?? []) {
      if (field.rules === undefined) continue;
      uses++;
      for (const kind of Object.keys(field.rules)) kinds.add(kind);
      const missing = unhandledRules(field.rules);
      if (missing.length > 0) t.fail(`${name}.${field.name}: ${missing.join()}`);
    }
    oneofs += desc?.oneofs.filter((oneof) => oneof.required).length ?? 0;
  }
  t.ok(uses >= 1770, `${uses} uses`);
  t.ok(oneofs >= 195, `${oneofs} oneofs`);
  t.ok(kinds.size >= 15, [...kinds].join());
  t.strictSame(unhandledRules({ string: { min_len: 1, frobnicate: 2 }, other: {} }), [
    'string.frobnicate',
    'other',
  ]);
  t.strictSame(unhandledRules({ repeated: { items: { string: { x: 1 } } }, map: { keys: { y: {} } } }), [
    'string.x',
    'y',
  ]);
});

t.test('an empty message of any type can be checked', async (t) => {
  const diagnostics = new Diagnostics();
  for (const name of everyMessage) validate(pool, { $type: name }, [], diagnostics);
  t.ok(diagnostics.errorCount > 250, `${diagnostics.errorCount} requirements`);
});

t.test('numbers', async (t) => {
  const cases: [
    kind: string,
    rules: Record<string, unknown>,
    good: unknown[],
    bad: unknown[],
    expected: string,
  ][] = [
    ['uint32', { lte: 65535 }, [0, 65535], [65536], 'a number at most 65535'],
    ['uint32', { lt: 5 }, [4], [5, 6], 'a number less than 5'],
    ['uint32', { gt: 0 }, [1], [0], 'a number greater than 0'],
    ['uint64', { gte: 3n }, [3n, 4n], [2n], 'a number at least 3'],
    ['int32', { gte: 1, lte: 9 }, [1, 9], [0, 10], 'a number from 1 to 9'],
    ['double', { gt: 0, lt: 1 }, [0.5], [0, 1], 'a number greater than 0 and less than 1'],
    ['double', { gte: 0, lt: 1 }, [0], [1], 'a number at least 0 and less than 1'],
    ['int64', { gte: 9n, lt: 2n }, [1n, 9n, 10n], [2n, 8n], 'a number less than 2 or at least 9'],
    ['float', { const: 2 }, [2], [3], '2'],
    ['uint32', { in: [200, 204] }, [204], [201], 'one of 200, 204'],
    ['uint32', { not_in: [1] }, [2], [1], 'none of 1'],
    ['uint32', { gte: 5, ignore_empty: true }, [0, 5], [4], 'a number at least 5'],
    ['bool', { const: true }, [true], [false], 'true'],
  ];
  for (const [kind, rules, good, bad, expected] of cases) {
    for (const value of good) t.equal(checkScalar(kind, rules, value), undefined, `${kind} ${value}`);
    for (const value of bad) t.equal(checkScalar(kind, rules, value), expected, `${kind} ${value}`);
  }
  t.throws(() => checkScalar('matrix', { const: 1 }, 1));
  t.equal(withinBounds(5, {}), true);
  t.equal(bounds({ lt: 1 }), 'less than 1');
});

t.test('strings', async (t) => {
  const cases: [rules: Record<string, unknown>, good: string[], bad: string[], expected: string][] = [
    [{ const: 'a' }, ['a'], ['b'], '"a"'],
    [{ min_len: 1n }, ['é'], [''], 'a non-empty value'],
    [{ min_len: 2n }, ['éé'], ['é'], 'at least 2 characters'],
    [{ max_len: 2n }, ['éé', '😀😀'], ['abc'], 'at most 2 characters'],
    [{ len: 2n }, ['éé'], ['é'], '2 characters'],
    [{ min_bytes: 2n }, ['é'], ['a'], 'at least 2 bytes'],
    [{ max_bytes: 2n }, ['é'], ['éa'], 'at most 2 bytes'],
    [{ len_bytes: 2n }, ['é'], ['a'], '2 bytes'],
    [{ pattern: '^[a-c]*$' }, ['', 'abc'], ['d', 'a\n'], 'a match of ^[a-c]*$'],
    [{ pattern: 'a|bc' }, ['a', 'bc'], ['ac', 'abc'], 'a match of a|bc'],
    [{ prefix: '/' }, ['/a'], ['a/'], 'a value starting with "/"'],
    [{ suffix: '/' }, ['a/'], ['/a'], 'a value ending with "/"'],
    [{ contains: 'b' }, ['abc'], ['ac'], 'a value containing "b"'],
    [{ not_contains: 'b' }, ['ac'], ['abc'], 'a value without "b"'],
    [{ in: ['a', 'b'] }, ['a'], ['c'], 'one of "a", "b"'],
    [{ not_in: ['a'] }, ['c'], ['a'], 'none of "a"'],
    [{ email: true }, ['a.b@c.de'], ['a', '@c', 'a@-', 'a b@c'], 'an e-mail address'],
    [{ hostname: true }, ['a', 'a.b-c.', '1'], ['', 'a..b', '-a', 'a_b', 'a'.repeat(64)], 'a host name'],
    [{ ip: true }, ['1.2.3.4', '::1'], ['1.2.3', 'a'], 'an IP address'],
    [{ ipv4: true }, ['1.2.3.4'], ['::1'], 'an IPv4 address'],
    [{ ipv6: true }, ['::1'], ['1.2.3.4'], 'an IPv6 address'],
    [{ uri: true }, ['http://a/b?c#d', 'urn:x'], ['/a', 'a b', 'http://a/%zz'], 'a URI with a scheme'],
    [{ uri_ref: true }, ['/a', '?b', ''], ['a b', '<'], 'a URI or a relative reference'],
    [{ address: true }, ['a.b', '::1'], ['a_b'], 'an IP address or a host name'],
    [
      { uuid: true },
      ['123e4567-e89b-12d3-a456-426614174000'],
      ['123e4567e89b12d3a456426614174000', ''],
      'a UUID',
    ],
    [{ well_known_regex: 1 }, [':a', 'x-1'], ['', 'a b', 'a:b', 'a\n'], 'a header name'],
    [
      { well_known_regex: 1, strict: false },
      ['', 'a b', 'a:b'],
      ['a\n', 'a\r', '\0'],
      'a header name without NUL, CR or LF',
    ],
    [{ well_known_regex: 2 }, ['', 'a\tb'], ['a\n', '\x07'], 'a header value without control characters'],
    [
      { well_known_regex: 2, strict: false },
      ['', '\x07'],
      ['a\n', '\0'],
      'a header value without NUL, CR or LF',
    ],
    [{ min_len: 3n, ignore_empty: true }, ['', 'abc'], ['a'], 'at least 3 characters'],
    [{ email: false }, ['anything'], [], ''],
  ];
  for (const [rules, good, bad, expected] of cases) {
    const name = JSON.stringify(rules, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v));
    for (const value of good) t.equal(checkScalar('string', rules, value), undefined, `${name} ${value}`);
    for (const value of bad) t.equal(checkScalar('string', rules, value), expected, `${name} ${value}`);
  }
});

t.test('bytes', async (t) => {
  const b = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const cases: [rules: Record<string, unknown>, good: Uint8Array[], bad: Uint8Array[]][] = [
    [{ const: b(1) }, [b(1)], [b(2), b()]],
    [{ len: 2n }, [b(1, 2)], [b(1)]],
    [{ min_len: 1n }, [b(1)], [b()]],
    [{ max_len: 1n }, [b(1)], [b(1, 2)]],
    [{ pattern: '^[a-c]+$' }, [b(97)], [b(0)]],
    [{ prefix: b(1) }, [b(1, 2)], [b(2, 1)]],
    [{ suffix: b(1) }, [b(2, 1)], [b(1, 2), b()]],
    [{ contains: b(1) }, [b(2, 1, 3)], [b(2)]],
    [{ in: [b(1)] }, [b(1)], [b(2)]],
    [{ not_in: [b(1)] }, [b(2)], [b(1)]],
    [{ ip: true }, [b(1, 2, 3, 4), new Uint8Array(16)], [b(1)]],
    [{ ipv4: true }, [b(1, 2, 3, 4)], [new Uint8Array(16)]],
    [{ ipv6: true }, [new Uint8Array(16)], [b(1, 2, 3, 4)]],
    [{ min_len: 2n, ignore_empty: true }, [b()], [b(1)]],
  ];
  for (const [rules, good, bad] of cases) {
    const name = Object.keys(rules).join();
    for (const value of good) t.equal(checkScalar('bytes', rules, value), undefined, `${name} ${value}`);
    for (const value of bad) t.type(checkScalar('bytes', rules, value), 'string', `${name} ${value}`);
  }
});

t.test('fields of the API: what is right passes', async (t) => {
  const route = msg(`${ROUTE}.Route`, {
    match: msg(`${ROUTE}.RouteMatch`, { prefix: '/' }),
    route: msg(`${ROUTE}.RouteAction`, { cluster: 'c', timeout: duration(0) }),
  });
  const vhost = msg(`${ROUTE}.VirtualHost`, { name: 'v', domains: ['*'], routes: [route] });
  t.strictSame(check(vhost), []);
  const cluster = msg(CLUSTER, { name: 'c', connect_timeout: duration(0, 1), type: 0 });
  t.strictSame(check(cluster), []);
});

t.test('all violations at once, with their paths', async (t) => {
  const route = msg(`${ROUTE}.Route`, { route: msg(`${ROUTE}.RouteAction`, { cluster: '' }) });
  const vhost = msg(`${ROUTE}.VirtualHost`, {
    domains: ['a', 'b\n'],
    routes: [route, msg(`${ROUTE}.Route`, { match: msg(`${ROUTE}.RouteMatch`) })],
    require_tls: 7,
  });
  t.strictSame(check(vhost), [
    'name: is missing (a non-empty value)',
    'domains[1]: "b\\n" is not valid (a header value without NUL, CR or LF)',
    'routes[0].match: is missing (it is required)',
    'routes[0].route.cluster: is empty (a non-empty value)',
    'routes[1].match: path_specifier is missing (one of prefix, path, safe_regex, connect_matcher, path_separated_prefix, path_match_policy)',
    'routes[1]: action is missing (one of route, redirect, direct_response, filter_action, non_forwarding_action)',
    'require_tls: 7 is not a value of the enum (one of NONE, EXTERNAL_ONLY, ALL)',
  ]);
});

t.test('numbers, wrappers and durations in place', async (t) => {
  t.strictSame(check(address(65536)), [
    'socket_address.port_value: 65536 is not valid (a number at most 65535)',
  ]);
  const socket = msg(`${CORE}.SocketAddress`);
  t.strictSame(check(msg(`${CORE}.Address`, { socket_address: socket })), [
    'socket_address.address: is missing (a non-empty value)',
    'socket_address: port_specifier is missing (one of port_value, named_port)',
  ]);
  t.strictSame(check(msg(`${CORE}.HealthCheck.HttpHealthCheck`, { path: '/', host: 'a\n' })), [
    'host: "a\\n" is not valid (a header value without control characters)',
  ]);
  t.strictSame(check(msg(CLUSTER, { name: 'c', connect_timeout: duration(0) })), [
    'connect_timeout: 0s is not valid (a duration greater than 0s)',
  ]);
  const health = msg(`${CORE}.HealthCheck`, {
    timeout: duration(-1),
    interval: duration(1),
    unhealthy_threshold: u32(1),
    tcp_health_check: msg(`${CORE}.HealthCheck.TcpHealthCheck`),
  });
  t.strictSame(check(health), [
    'timeout: -1s is not valid (a duration greater than 0s)',
    'healthy_threshold: is missing (it is required)',
  ]);
  const http2 = msg(`${CORE}.Http2ProtocolOptions`, { max_concurrent_streams: u32(0) });
  t.strictSame(check(http2), ['max_concurrent_streams: 0 is not valid (a number from 1 to 2147483647)']);
  t.strictSame(check(msg('envoy.type.v3.Percent', { value: 100.5 })), [
    'value: 100.5 is not valid (a number from 0 to 100)',
  ]);
});

t.test('a negative duration is wrong without a rule too', async (t) => {
  const listener = msg('envoy.config.listener.v3.Listener', { listener_filters_timeout: duration(0, -1) });
  t.strictSame(check(listener), [
    'listener_filters_timeout: -0.000000001s is not valid (a duration that is not negative)',
  ]);
});

t.test('lists, maps and the enum values that are allowed', async (t) => {
  t.strictSame(check(msg(`${ROUTE}.VirtualHost`, { name: 'v', domains: [] })), [
    'domains: is missing or empty (at least 1)',
  ]);
  const metadata = msg(`${CORE}.Metadata`, {
    filter_metadata: new Map([['', msg('google.protobuf.Struct')]]),
  });
  t.strictSame(check(metadata), ['filter_metadata[""]: is empty (a non-empty value)']);
  const hosts = msg('envoy.config.endpoint.v3.LocalityLbEndpoints', { priority: 129 });
  t.strictSame(check(hosts), ['priority: 129 is not valid (a number at most 128)']);
  const assignment = msg('envoy.config.endpoint.v3.ClusterLoadAssignment', {
    cluster_name: 'c',
    endpoints: [hosts],
  });
  t.strictSame(check(assignment), ['endpoints[0].priority: 129 is not valid (a number at most 128)']);
  const overload = msg('envoy.config.overload.v3.OverloadAction', { name: 'a', triggers: [] });
  t.strictSame(check(overload), ['triggers: is missing or empty (at least 1)']);
  const redirect = msg(`${ROUTE}.InternalRedirectPolicy`, {
    redirect_response_codes: Array.from({ length: 6 }, () => 302),
  });
  t.match(check(redirect), []);
});

t.test('unique items', async (t) => {
  const unique = everyMessage.flatMap((name) =>
    (pool.message(name)?.fields ?? []).filter((f) => f.rules?.repeated?.unique === true),
  );
  t.ok(unique.length >= 4);
  for (const field of unique) {
    if (field.type !== 'string') continue;
    const found = check(msg(field.parent.fullName, { [field.name]: ['GET', 'PUT', 'GET'] }));
    t.ok(
      found.some((text) => text.startsWith(`${field.name}[2]: "GET" is there twice`)),
      `${field.parent.fullName}.${field.name}: ${found.join()}`,
    );
  }
});

t.test('what an Any holds is checked too', async (t) => {
  const any = packAny(msg('envoy.extensions.access_loggers.file.v3.FileAccessLog'));
  const log = (typed_config: Message): Message =>
    msg('envoy.config.accesslog.v3.AccessLog', { name: 'a', typed_config });
  t.strictSame(check(log(any)), ['typed_config.path: is missing (a non-empty value)']);
  const bytes = msg('google.protobuf.Any', {
    type_url: 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    value: new Uint8Array(),
  });
  t.strictSame(check(log(bytes)), ['typed_config.path: is missing (a non-empty value)']);
  const broken = { ...bytes, $decoded: undefined, value: Uint8Array.of(0x0a, 5) } as unknown as Message;
  const [text = ''] = check(log(broken));
  t.match(text, /^typed_config: .*FileAccessLog/);
  const missing = msg(`${CORE}.TypedExtensionConfig`, { name: 'a' });
  t.strictSame(check(missing), ['typed_config: is missing (it is required)']);
  t.throws(() => validate(pool, { $type: 'no.such.Type' }, [], new Diagnostics()));
});

t.test('what could not be read is not missing as well', async (t) => {
  const diagnostics = new Diagnostics();
  const socket = { $type: `${CORE}.SocketAddress` };
  diagnostics.error(['m', 'socketAddress', 'portValue'], 'type', 'not a number');
  diagnostics.error(['m', 'socketAddress', 'address', 'x'], 'type', 'not a string');
  validate(pool, msg(`${CORE}.Address`, { socket_address: socket }), ['m'], diagnostics);
  t.equal(diagnostics.errorCount, 2);
});

t.test('every rule of the API can be broken and kept', async (t) => {
  // a value for each constraint that must break it, placed in its own message
  let broken = 0;
  for (const name of everyMessage) {
    for (const field of pool.message(name)?.fields ?? []) {
      const bad = offender(field.rules ?? {});
      if (bad === undefined || field.map !== undefined || field.repeated || field.message !== undefined)
        continue;
      const found = check(msg(name, { [field.name]: bad.value }));
      const hit = found.some((text) => text.startsWith(`${field.name}: `));
      if (!hit) t.fail(`${name}.${field.name} took ${String(bad.value)} in spite of ${bad.rule}`);
      broken++;
    }
  }
  t.ok(broken > 500, `${broken} rules broken`);
});

/** A scalar that breaks the first rule that a scalar can break. */
function offender(
  rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): { rule: string; value: FieldValue } | undefined {
  for (const [kind, limits] of Object.entries(rules)) {
    for (const [rule, limit] of Object.entries(limits)) {
      const n = Number(limit);
      const big = typeof limit === 'bigint' && kind !== 'string' && kind !== 'bytes';
      const number = (value: number): FieldValue => (big ? BigInt(value) : value);
      const id = `${kind}.${rule}`;
      if (rule === 'lte' && limits.ignore_empty !== true) return { rule: id, value: number(n + 1) };
      if (rule === 'gte' && n > 1) return { rule: id, value: number(n - 1) };
      if (rule === 'gt' && limits.ignore_empty !== true) return { rule: id, value: number(n) };
      if (kind === 'string' && rule === 'min_len' && n > 0 && !limits.ignore_empty)
        return { rule: id, value: '' };
      if (kind === 'string' && rule === 'max_len') return { rule: id, value: 'a'.repeat(n + 1) };
      if (kind === 'enum' && rule === 'defined_only') return { rule: id, value: 99_999 };
      if (kind === 'bool' && rule === 'const') return { rule: id, value: limit !== true };
    }
  }
  return undefined;
}
