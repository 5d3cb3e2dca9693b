import t from 'tap';
import { checkDeprecated } from '../../src/api/deprecated.ts';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import type { FieldValue, Message } from '../../src/api/message.ts';
import { packAny } from '../../src/api/wire.ts';

const pool = DescriptorPool.load();
const CORE = 'envoy.config.core.v3';
const msg = ($type: string, fields: Record<string, FieldValue> = {}): Message => ({ $type, ...fields });

function check(message: Message): string[] {
  const diagnostics = new Diagnostics();
  checkDeprecated(pool, message, ['m'], diagnostics);
  return diagnostics.list.map((d) => `${d.severity} ${formatPath(d.path.slice(1))}: ${d.message}`);
}

t.test('what is current passes', async (t) => {
  t.strictSame(check(msg('envoy.config.cluster.v3.Cluster', { name: 'c', lb_policy: 0 })), []);
});

t.test('a deprecated field gives a warning when it is set', async (t) => {
  t.strictSame(check(msg(`${CORE}.ConfigSource`, { path: '/x' })), [
    'warning path: path of ConfigSource is deprecated',
  ]);
  const cluster = msg('envoy.config.cluster.v3.Cluster', {
    track_timeout_budgets: false,
    dns_resolvers: [],
  });
  t.strictSame(check(cluster), [], 'a default says nothing');
});

t.test('what Envoy refuses is an error, an enum that is left at such a value too', async (t) => {
  const action = msg('envoy.config.route.v3.RateLimit.Action', {
    dynamic_metadata: msg('envoy.config.route.v3.RateLimit.Action.DynamicMetaData'),
  });
  t.strictSame(check(action), [
    'error dynamic_metadata: dynamic_metadata of Action is deprecated and refused',
  ]);
  const zipkin = msg('envoy.config.trace.v3.ZipkinConfig', { collector_cluster: 'c' });
  t.strictSame(check(zipkin), [
    'error collector_endpoint_version: its default DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE is deprecated and refused',
  ]);
  const http = msg('envoy.config.trace.v3.Tracing.Http', { name: 'z', typed_config: packAny(zipkin) });
  t.match(check(http), [/^error typed_config.collector_endpoint_version: /]);
  t.strictSame(check({ ...zipkin, collector_endpoint_version: 1 }), []);
  const source = msg(`${CORE}.ConfigSource`, {
    ads: msg(`${CORE}.AggregatedConfigSource`),
    resource_api_version: 1,
  });
  t.strictSame(check(source), ['warning resource_api_version: V2 is deprecated']);
});

t.test('lists and maps are walked', async (t) => {
  const source = msg(`${CORE}.ConfigSource`, { path: '/x' });
  const scoped = msg('envoy.config.bootstrap.v3.Bootstrap', { config_sources: [source, source] });
  t.strictSame(check(scoped), [
    'warning config_sources[0].path: path of ConfigSource is deprecated',
    'warning config_sources[1].path: path of ConfigSource is deprecated',
  ]);
});
