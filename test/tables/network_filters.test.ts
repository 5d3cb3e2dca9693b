// The network filters' config halves: what the TCP proxy's fields become, and what is refused.
import t from 'tap';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { checkSupport } from '../../src/api/support_check.ts';
import type { ReadStruct } from '../../src/tables/reader.ts';
import { supportRegistry } from '../../src/tables/support/registry.ts';
import {
  any,
  compileListener,
  found,
  type Json,
  listener,
  manager,
  message,
  pool,
  read,
} from './compile_fixtures.ts';

const filter = (type: string, fields: Json): Json => ({
  name: 'sample',
  typed_config: any(`filters.network.${type}`, fields),
});
const proxy = (fields: Json): Json =>
  filter('tcp_proxy.v3.TcpProxy', { stat_prefix: 'tcp', cluster: 'one', ...fields });
const withFilters = (...filters: Json[]): Json => listener({ filter_chains: [{ filters }] });
function compiled(fields: Json): ReadStruct {
  const { payload, findings } = compileListener(withFilters(proxy(fields)));
  t.strictSame(findings, []);
  const made = read(payload?.compiled) as {
    filter_chains: { filters: { config: { value: ReadStruct } }[] }[];
  };
  return made.filter_chains[0]?.filters[0]?.config.value as ReadStruct;
}

t.test('the TCP proxy with nothing but its cluster', async (t) => {
  t.match(compiled({}), {
    stats: 'tcp',
    clusters: [{ cluster: 'one', name: 'one', weight: 1 }],
    total_weight: 1n,
    idle_timeout_ms: 3_600_000n,
    max_connect_attempts: 1,
  });
});

t.test('what its fields become', async (t) => {
  t.match(compiled({ idle_timeout: '0s' }), { idle_timeout_ms: undefined });
  t.match(compiled({ idle_timeout: '0.0001s' }), { idle_timeout_ms: 1n });
  const clusters = [
    { name: 'a', weight: 3 },
    { name: 'b', weight: 4_000_000_000 },
  ];
  t.match(compiled({ cluster: undefined, weighted_clusters: { clusters } }), {
    clusters: [
      { name: 'a', weight: 3 },
      { name: 'b', weight: 4_000_000_000 },
    ],
    total_weight: 4_000_000_003n,
  });
  t.match(compiled({ backoff_options: { base_interval: '0.2s' } }), {
    backoff_base_ms: 200n,
    backoff_max_ms: 2000n,
  });
  t.match(compiled({ max_early_data_bytes: 0 }), { early_data: true });
  const early = { max_early_data_bytes: 9 };
  t.match(compiled({ ...early, upstream_connect_mode: 'ON_DOWNSTREAM_DATA' }), {
    connect_on_data: true,
    max_early_data_bytes: 9,
  });
  // A connection comes to the filter when its handshake is done.
  t.notOk('connect_on_data' in compiled({ ...early, upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE' }));
});

t.test('what does not fit together', async (t) => {
  const faults: readonly (readonly [Json, RegExp])[] = [
    [{ upstream_connect_mode: 'ON_DOWNSTREAM_DATA' }, /upstream_connect_mode: it needs max_early_data_bytes/],
    [
      { backoff_options: { base_interval: '2s', max_interval: '1s' } },
      /backoff_options.max_interval: max_interval is below base_interval/,
    ],
    [
      { access_log_options: {}, access_log_flush_interval: '1s' },
      /access_log_flush_interval: access_log_flush_interval and access_log_options exclude/,
    ],
    [
      { access_log_options: {}, flush_access_log_on_connected: true },
      /flush_access_log_on_connected: flush_access_log_on_connected and access_log_options/,
    ],
  ];
  for (const [fields, finding] of faults) {
    const { findings, payload } = compileListener(withFilters(proxy(fields)));
    t.match(findings, [finding]);
    t.equal(findings.length, 1);
    t.notOk(payload?.compiled);
  }
});

t.test('what is not built is refused by its name', async (t) => {
  const fields: readonly (readonly [name: string, value: unknown])[] = [
    ['on_demand', {}],
    ['metadata_match', { filter_metadata: { 'envoy.lb': { a: 'b' } } }],
    ['tunneling_config', { hostname: 'a:1' }],
    ['proxy_protocol_tlvs', [{ type: 1, value: 'YQ==' }]],
    ['downstream_idle_timeout', '1s'],
    ['upstream_idle_timeout', '1s'],
  ];
  for (const [name, value] of fields) {
    const diagnostics = new Diagnostics();
    const made = message('envoy.config.listener.v3.Listener', withFilters(proxy({ [name]: value })));
    checkSupport(pool, supportRegistry(), made, [], diagnostics);
    t.match(found(diagnostics), [new RegExp(`typed_config.${name}: .*not supported`)], name);
  }
  const weighted = { clusters: [{ name: 'a', weight: 1, metadata_match: {} }] };
  const diagnostics = new Diagnostics();
  const json = withFilters(proxy({ cluster: undefined, weighted_clusters: weighted }));
  checkSupport(pool, supportRegistry(), message('envoy.config.listener.v3.Listener', json), [], diagnostics);
  t.match(found(diagnostics), [/clusters\[0\].metadata_match: .*not supported/]);
});

t.test('a chain ends with one of them', async (t) => {
  const { findings } = compileListener(withFilters(proxy({}), manager()));
  t.match(findings, [/filters\[0\]: .*ends the chain: no filter may follow/]);
  const echo = filter('echo.v3.Echo', {});
  t.strictSame(compileListener(withFilters(echo)).findings, []);
  const response = { response: { inline_string: 'x' } };
  t.strictSame(compileListener(withFilters(filter('direct_response.v3.Config', response))).findings, []);
  const missing = { response: { filename: '/none' } };
  t.match(compileListener(withFilters(filter('direct_response.v3.Config', missing))).findings, [
    /response.filename: ENOENT/,
  ]);
});
