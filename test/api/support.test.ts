import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { type Diagnostic, Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import type { FieldValue, Message } from '../../src/api/message.ts';
import { harmless, implemented, SupportRegistry } from '../../src/api/support.ts';
import { checkSupport } from '../../src/api/support_check.ts';
import { renderSupported } from '../../src/api/support_doc.ts';
import { packAny } from '../../src/api/wire.ts';

const pool = DescriptorPool.load();
const LISTENER = 'envoy.config.listener.v3.Listener';
const FILTER = 'envoy.config.listener.v3.Filter';
const CHAIN = 'envoy.config.listener.v3.FilterChain';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const HTTP_FILTER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

function registry(): SupportRegistry {
  return new SupportRegistry()
    .message(LISTENER, {
      name: implemented({ note: 'any text' }),
      filter_chains: implemented({ sample: [{}] }),
      traffic_direction: harmless('only tells about itself'),
      enable_reuse_port: implemented(),
      transparent: harmless('for the test'),
      metadata: implemented({ opaque: true, sample: { filter_metadata: { a: { b: 1 } } } }),
    })
    .message(CHAIN, { filters: implemented({ sample: [{ name: 'a' }] }), name: implemented() })
    .message(FILTER, { name: implemented(), typed_config: implemented({ sample: { '@type': 'x' } }) })
    .message(HCM, { stat_prefix: implemented(), http_filters: implemented({ sample: [] }) })
    .message(HTTP_FILTER, { name: implemented(), typed_config: implemented({ sample: {} }) })
    .message(ROUTER, { dynamic_stats: implemented() })
    .message(
      CLUSTER,
      {
        name: implemented(),
        lb_policy: implemented(),
        type: implemented({ enum: ['STATIC', 'EDS'] }),
        connect_timeout: implemented({
          only: (value) =>
            ((value as Message).seconds as bigint) > 60n ? 'a timeout of more than a minute' : undefined,
        }),
      },
      { minimal: { name: 'c' } },
    )
    .enumValues('envoy.config.cluster.v3.Cluster.LbPolicy', ['ROUND_ROBIN', 'RANDOM'])
    .extension({
      category: 'envoy.filters.network',
      name: 'envoy.filters.network.http_connection_manager',
      aliases: ['envoy.http_connection_manager'],
      type: HCM,
      since: '0.1.0',
    })
    .extension({
      category: 'envoy.filters.http',
      name: 'envoy.filters.http.router',
      type: ROUTER,
      since: '0.1.0',
    });
}

const msg = ($type: string, fields: Record<string, FieldValue> = {}): Message => ({ $type, ...fields });

function check(message: Message, using = registry()): Diagnostic[] {
  const diagnostics = new Diagnostics();
  checkSupport(pool, using, message, ['m'], diagnostics);
  return [...diagnostics.list];
}
const texts = (found: readonly Diagnostic[]): string[] =>
  found.map((d) => `${d.code} ${formatPath(d.path.slice(1))}: ${d.message}`);
const listener = (...filters: Message[]): Message =>
  msg(LISTENER, { name: 'l', filter_chains: [msg(CHAIN, { filters })] });
const filter = (typed: Message, name = 'f'): Message => msg(FILTER, { name, typed_config: packAny(typed) });

t.test('what is declared passes, all the way down', async (t) => {
  const http = msg(HTTP_FILTER, { name: 'r', typed_config: packAny(msg(ROUTER)) });
  const hcm = msg(HCM, { stat_prefix: 's', http_filters: [http] });
  t.strictSame(check(listener(filter(hcm))), []);
  t.strictSame(check(msg(LISTENER, { traffic_direction: 1 })), []);
  t.strictSame(check(msg(CLUSTER, { lb_policy: 3, type: 3 })), []);
});

t.test('a field that is not declared is refused at its key, the deepest ones too', async (t) => {
  const hcm = msg(HCM, { generate_request_id: msg('google.protobuf.BoolValue'), stat_prefix: 's' });
  const found = check({ ...listener(filter(hcm)), address: msg('envoy.config.core.v3.Address') });
  t.strictSame(texts(found), [
    'unsupported filter_chains[0].filters[0].typed_config.generate_request_id: generate_request_id of HttpConnectionManager is not supported by attache yet',
    'unsupported address: address of Listener is not supported by attache yet',
  ]);
  t.ok(found.every((d) => d.keyError === true && d.severity === 'error'));
});

t.test('a field set to its default is no wish, unless unset differs', async (t) => {
  t.strictSame(check(msg(LISTENER, { freebind: msg('google.protobuf.BoolValue') })).length, 1);
  t.strictSame(check(msg(LISTENER, { stat_prefix: '', ignore_global_conn_limit: false, drain_type: 0 })), []);
  t.strictSame(check(msg(LISTENER, { access_log: [] })), []);
  t.strictSame(check(msg(LISTENER, { stat_prefix: 'x', drain_type: 1 })).length, 2);
  const cluster = msg(CLUSTER, { typed_extension_protocol_options: new Map(), type: 0 });
  t.strictSame(check(cluster), []);
  t.strictSame(texts(check(msg(CLUSTER, { type: 1 }))), [
    'unsupported type: STRICT_DNS is not supported by attache yet',
  ]);
});

t.test('enum values and other restrictions', async (t) => {
  const [policy] = check(msg(CLUSTER, { lb_policy: 2 }));
  t.match(policy, {
    message: 'RING_HASH is not supported by attache yet',
    expected: 'one of ROUND_ROBIN, RANDOM',
    path: ['m', 'lb_policy'],
  });
  const duration = (seconds: bigint): Message => msg('google.protobuf.Duration', { seconds });
  t.strictSame(check(msg(CLUSTER, { connect_timeout: duration(60n) })), []);
  t.strictSame(texts(check(msg(CLUSTER, { connect_timeout: duration(61n) }))), [
    'unsupported connect_timeout: a timeout of more than a minute is not supported by attache yet',
  ]);
});

t.test('what is opaque or harmless is not looked into', async (t) => {
  const metadata = msg('envoy.config.core.v3.Metadata', {
    typed_filter_metadata: new Map([['a', packAny(msg(CLUSTER))]]),
  });
  t.strictSame(check(msg(LISTENER, { metadata })), []);
});

t.test('extensions that are not built, do not exist, or stand in the wrong place', async (t) => {
  const echo = 'envoy.extensions.filters.network.echo.v3.Echo';
  const [unbuilt] = check(listener(filter(msg(echo))));
  t.match(unbuilt, {
    code: 'unsupported-extension',
    message: `the extension of the type ${echo} is not supported by attache yet`,
    expected: 'one of envoy.filters.network.http_connection_manager',
    path: ['m', 'filter_chains', 0, 'filters', 0, 'typed_config', '@type'],
  });
  const any = (type_url: string): Message => msg('google.protobuf.Any', { type_url });
  const [unknown] = check(listener(msg(FILTER, { typed_config: any(`type.googleapis.com/${HCM}x`) })));
  t.match(unknown, { message: `there is no extension of the type ${HCM}x`, suggestion: HCM });
  const [misplaced] = check(listener(filter(msg(ROUTER))));
  t.match(misplaced?.message, /^envoy.filters.http.router is an extension of envoy.filters.http, not /);
});

t.test('a name without settings', async (t) => {
  const [known] = check(listener(msg(FILTER, { name: 'envoy.http_connection_manager' })));
  t.match(known, {
    code: 'extension',
    message: '"envoy.http_connection_manager" has no typed_config',
    expected: `typed_config: {"@type": type.googleapis.com/${HCM}}`,
    path: ['m', 'filter_chains', 0, 'filters', 0],
  });
  const [unknown] = check(listener(msg(FILTER, { name: 'x' })));
  t.match(unknown?.expected, 'typed_config with the type of an extension of envoy.filters.network');
});

t.test('after other errors only what does not follow from them', async (t) => {
  const diagnostics = new Diagnostics();
  diagnostics.error(['m', 'filterChains', 0, 'filters', 0, 'typedConfig', '@type'], 'type', 'not read');
  const message = { ...listener(msg(FILTER, { name: 'x' })), stat_prefix: 'x' };
  checkSupport(pool, registry(), message, ['m'], diagnostics);
  t.strictSame(texts(diagnostics.list.slice(1)), [
    'unsupported stat_prefix: stat_prefix of Listener is not supported by attache yet',
  ]);
  const broken = msg('google.protobuf.Any', {
    type_url: `type.googleapis.com/${HCM}`,
    value: Uint8Array.of(0x0a, 9),
  });
  t.strictSame(check(listener(msg(FILTER, { name: 'x', typed_config: broken }))), [], 'validate() tells');
});

t.test('declarations are checked against the API', async (t) => {
  t.strictSame(registry().problems(pool), []);
  const wrong = new SupportRegistry()
    .message('no.Such', {})
    .message(CLUSTER, {
      nothing: implemented(),
      lbPolicy: implemented(),
      lb_policy: implemented(),
      type: implemented({ enum: ['X'] }),
      load_assignment: implemented(),
    })
    .enumValues('no.Enum', [])
    .enumValues('envoy.config.cluster.v3.Cluster.DiscoveryType', ['Y'])
    .extension({ category: 'c', name: 'n', type: 'no.Type', overrides: ['no.Other'], since: '0.1.0' });
  t.strictSame(wrong.problems(pool), [
    'there is no message no.Such',
    `there is no field ${CLUSTER}.nothing`,
    `there is no field ${CLUSTER}.lbPolicy`,
    `${CLUSTER}.lb_policy is an enum without declared values`,
    `${CLUSTER}.type has no value X`,
    `${CLUSTER}.load_assignment is implemented and needs a sample`,
    'there is no enum no.Enum',
    'envoy.config.cluster.v3.Cluster.DiscoveryType has no value Y',
    'n: there is no message no.Type',
    'n: there is no message no.Other',
  ]);
  t.throws(() => registry().message(CLUSTER, { name: implemented() }), /declared twice/);
  t.throws(() => registry().enumValues('envoy.config.cluster.v3.Cluster.LbPolicy', []), /declared twice/);
  t.throws(
    () =>
      registry().extension({
        category: 'envoy.filters.http',
        name: 'envoy.filters.http.router',
        type: ROUTER,
        since: '0.1.0',
      }),
    /declared twice/,
  );
});

t.test('a message that works less in one place than in another', async (t) => {
  const DURATION = 'google.protobuf.Duration';
  const using = new SupportRegistry()
    .message(CLUSTER, { common_http_protocol_options: implemented({ without: ['max_stream_duration'] }) })
    .message(HCM, { common_http_protocol_options: implemented() })
    .message('envoy.config.core.v3.HttpProtocolOptions', {
      idle_timeout: implemented(),
      max_stream_duration: implemented(),
    });
  const options = msg('envoy.config.core.v3.HttpProtocolOptions', {
    idle_timeout: msg(DURATION),
    max_stream_duration: msg(DURATION),
  });
  t.strictSame(check(msg(HCM, { common_http_protocol_options: options }), using), []);
  t.strictSame(texts(check(msg(CLUSTER, { common_http_protocol_options: options }), using)), [
    'unsupported common_http_protocol_options.max_stream_duration: max_stream_duration of HttpProtocolOptions is not supported by attache yet',
  ]);
});

t.test('a field that works inside of some fields alone', async (t) => {
  const OPTIONS = 'envoy.config.core.v3.HttpProtocolOptions';
  const FIELD = 'common_http_protocol_options';
  const using = new SupportRegistry()
    .message(CLUSTER, { [FIELD]: implemented() })
    .message(HCM, { [FIELD]: implemented() })
    .message(OPTIONS, { idle_timeout: implemented({ inside: [`${HCM}.${FIELD}`] }) });
  const options = msg(OPTIONS, { idle_timeout: msg('google.protobuf.Duration') });
  const refused = 'idle_timeout of HttpProtocolOptions is not supported here';
  t.strictSame(check(msg(HCM, { [FIELD]: options }), using), []);
  t.strictSame(texts(check(msg(CLUSTER, { [FIELD]: options }), using)), [
    `unsupported ${FIELD}.idle_timeout: ${refused}`,
  ]);
  t.strictSame(texts(check(options, using)), [`unsupported idle_timeout: ${refused}`], 'a resource');
});

t.test('a case for each implemented field', async (t) => {
  const cases = [...registry().cases(pool)];
  const of = (message: string, field: string) =>
    cases.find((c) => c.message === message && c.field === field);
  t.strictSame(of(CLUSTER, 'lb_policy'), {
    message: CLUSTER,
    field: 'lb_policy',
    resource: CLUSTER,
    base: { name: 'c' },
    changed: [{ name: 'c', lb_policy: 'RANDOM' }],
  });
  t.strictSame(of(CLUSTER, 'type')?.changed, [{ name: 'c', type: 'EDS' }]);
  t.strictSame(of(CLUSTER, 'connect_timeout')?.changed.length, 2);
  t.strictSame(of(LISTENER, 'enable_reuse_port')?.changed, [
    { enable_reuse_port: true },
    { enable_reuse_port: false },
  ]);
  t.equal(of(LISTENER, 'traffic_direction'), undefined, 'harmless ones have none');
  const found = of(ROUTER, 'dynamic_stats');
  t.equal(found?.resource, LISTENER, 'through extensions to what is compiled');
  t.match(found?.changed, [
    {
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              typed_config: {
                '@type': `type.googleapis.com/${HCM}`,
                http_filters: [
                  {
                    name: 'envoy.filters.http.router',
                    typed_config: { '@type': `type.googleapis.com/${ROUTER}`, dynamic_stats: true },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ]);
  const bare = new SupportRegistry().message(LISTENER, { address: implemented() });
  t.throws(() => [...bare.cases(pool)], /address is implemented and needs a sample/);
});

t.test('cases are put into what is compiled', async (t) => {
  const using = new SupportRegistry()
    .message(
      CHAIN,
      { name: implemented() },
      { embed: { message: LISTENER, wrap: (c) => ({ filter_chains: [c] }) } },
    )
    .message(
      FILTER,
      { name: implemented({ sample: 'x', base: { typed_config: 1 } }) },
      { embed: { message: CHAIN, wrap: (f) => ({ filters: [f] }) } },
    );
  t.strictSame(
    [...using.cases(pool)].find((c) => c.message === FILTER),
    {
      message: FILTER,
      field: 'name',
      resource: LISTENER,
      base: { filter_chains: [{ filters: [{ typed_config: 1 }] }] },
      changed: [{ filter_chains: [{ filters: [{ typed_config: 1, name: 'x' }] }] }],
    },
  );
  const loop = new SupportRegistry().message(
    CHAIN,
    { name: implemented() },
    { embed: { message: CHAIN, wrap: (c) => c } },
  );
  t.throws(() => [...loop.cases(pool)], /embedded in itself/);
});

t.test('the page', async (t) => {
  const page = renderSupported(pool, registry(), [
    { name: 'config-path', short: 'c', status: { kind: 'implemented' } },
    { name: 'base-id', status: { kind: 'harmless', reason: 'a | b' } },
    { name: 'output', own: true, status: { kind: 'implemented' } },
  ]);
  t.match(page, '| `--config-path`, `-c` | implemented |  |');
  t.match(page, '| `--base-id` | harmless | a \\| b |');
  t.match(page, "| `--output` | implemented | attache's own |");
  t.match(page, `| envoy.filters.http | \`envoy.filters.http.router\` | \`${ROUTER}\` | 0.1.0 |`);
  t.match(page, `### ${CLUSTER}`);
  t.match(page, '| `lb_policy` | implemented | only `ROUND_ROBIN`, `RANDOM` |');
  t.match(page, '| `traffic_direction` | harmless | only tells about itself |');
  t.match(page, /Refused: .*`access_log`/);
  t.match(page, /^4 implemented, 0 harmless, \d+ refused\.$/m);
  t.ok(page.endsWith('\n') && !page.endsWith('\n\n'));
});
