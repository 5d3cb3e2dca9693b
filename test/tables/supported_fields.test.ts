/**
 * For each field that is declared as implemented a generated case sets it: what is compiled must
 * differ from what it was without. And what is declared refuses nothing that it should take.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import type { Message } from '../../src/api/message.ts';
import { RESOURCES } from '../../src/api/support_cases.ts';
import { checkSupport } from '../../src/api/support_check.ts';
import { validate } from '../../src/api/validate.ts';
import {
  type CompileContext,
  clusterPayload,
  endpointsPayload,
  listenerPayload,
  routePayload,
} from '../../src/config/compile.ts';
import { loadBootstrap, loadDiscovery } from '../../src/config/load.ts';
import { TYPE } from '../../src/config/resource_map.ts';
import { extensions } from '../../src/extensions/manifest.ts';
import { checkCluster } from '../../src/tables/cluster_checks.ts';
import { supportRegistry } from '../../src/tables/support/registry.ts';

type Json = Record<string, unknown>;
const pool = DescriptorPool.load();
const registry = supportRegistry();
const LISTENER = 'envoy.config.listener.v3.Listener';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const NO_FLAGS = { serviceCluster: '', serviceNode: '', serviceZone: '' };
const OPTIONS = {
  ...NO_FLAGS,
  unknownStatic: 'reject',
  unknownDynamic: 'reject',
  skipDeprecated: false,
} as const;
const DISCOVERY = 'envoy.service.discovery.v3.DiscoveryResponse';
const folder = mkdtempSync(join(tmpdir(), 'attache-fields-'));
process.chdir(folder); // values of paths are opened: log files of that name
t.teardown(() => rmSync(folder, { recursive: true }));

/** What a listener has to have, of extensions that the core does not name. */
const manager = extensions.find((e) => e.category === 'envoy.filters.network' && e.terminal);
const chain = {
  filters: [
    {
      name: 'sample',
      typed_config: {
        '@type': `type.googleapis.com/${manager?.type}`,
        ...registry.options(manager?.type ?? '').minimal,
      },
    },
  ],
};

function completeListener(json: Json): Json {
  const last = json.default_filter_chain as Json | undefined;
  const chains = (json.filter_chains as Json[] | undefined) ?? (last === undefined ? [{}] : []);
  const filled = { ...json, filter_chains: chains.map((each) => ({ ...chain, ...each })) };
  return last === undefined ? filled : { ...filled, default_filter_chain: { ...chain, ...last } };
}

function complete(type: string, json: Json): Json {
  if (type === LISTENER) return completeListener(json);
  const { layered_runtime, dynamic_resources, cluster_manager } = json;
  const called = [layered_runtime, dynamic_resources, cluster_manager].some((each) => each !== undefined);
  if (type === BOOTSTRAP && called) return withServers(json);
  const fixed = json.static_resources as Json | undefined;
  if (fixed === undefined) return json;
  const listeners = ((fixed.listeners as Json[] | undefined) ?? []).map(completeListener);
  return { ...json, static_resources: { ...fixed, listeners } };
}

/** The management servers that the samples name. */
function withServers(json: Json): Json {
  const clusters = ['server', 'other'].map((name) => ({ name, load_assignment: { cluster_name: name } }));
  const grpc_services = [{ envoy_grpc: { cluster_name: 'server' } }];
  const ads_config = { api_type: 'GRPC', transport_api_version: 'V3', grpc_services };
  const dynamic = (json.dynamic_resources ?? {}) as Json;
  return { ...json, static_resources: { clusters }, dynamic_resources: { ads_config, ...dynamic } };
}

type Outcome = { readonly made?: string; readonly errors: readonly string[] };

async function compile(type: string, incomplete: Json): Promise<Outcome> {
  const diagnostics = new Diagnostics();
  const json = complete(type, incomplete);
  const message = decodeJson(pool, type, json, { diagnostics, path: [], unknownFields: 'reject' });
  validate(pool, message, [], diagnostics);
  checkSupport(pool, registry, message, [], diagnostics);
  const made = diagnostics.hasErrors ? undefined : await build(type, message, json, { pool, diagnostics });
  const errors = diagnostics.list
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => `${formatPath(path)}: ${message}`);
  return errors.length > 0 ? { errors } : { made: show(made), errors };
}

async function build(type: string, message: Message, json: Json, context: CompileContext): Promise<unknown> {
  switch (type.split('.').at(-1)) {
    case 'Listener':
      return listenerPayload(message, [], context);
    case 'Cluster':
      checkCluster(message, [], context.diagnostics);
      return clusterPayload(message, [], context);
    case 'RouteConfiguration':
      return routePayload(message, [], context);
    case 'ClusterLoadAssignment':
      return endpointsPayload(String(message.cluster_name), message);
    case 'Bootstrap': {
      const text = JSON.stringify(json);
      const { result, findings } = await loadBootstrap({ path: 'a.json', text, yaml: '' }, OPTIONS);
      if (result === undefined) throw new Error(findings.map((finding) => finding.text).join('\n'));
      const made = [...result.clusters, ...result.listeners].map(({ name, payload }) => ({ name, payload }));
      return [result.settings, made];
    }
    default: {
      const file = join(folder, 'discovery.json');
      writeFileSync(file, JSON.stringify(json));
      return loadDiscovery(TYPE.cluster, file, OPTIONS);
    }
  }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return Buffer.from(part).toString('hex');
    return typeof part === 'bigint' ? `${part}n` : part;
  });

t.test('the declarations are sound', async (t) => {
  t.strictSame(registry.problems(pool), []);
  for (const { type } of extensions) t.ok(registry.messages.includes(type), type);
});

t.test('each implemented field changes what is compiled', async (t) => {
  let count = 0;
  for (const { message, field, resource, base, changed } of registry.cases(pool, [...RESOURCES, DISCOVERY])) {
    count++;
    const name = `${message}.${field}`;
    const before = await compile(resource, base);
    const after = await Promise.all(changed.map((json) => compile(resource, json)));
    t.strictSame(before.errors, [], `${name}: the case without it`);
    t.strictSame(
      after.flatMap(({ errors }) => errors),
      [],
      `${name}: the case with it`,
    );
    t.ok(
      after.some(({ made }) => made !== before.made),
      `${name} makes a difference: ${JSON.stringify(changed[0])}`,
    );
  }
  t.ok(count > 200, `${count} cases`);
});

t.test('every message that is declared is reached by a case of its own', async (t) => {
  const reached = new Set<string>();
  for (const { message, resource } of registry.cases(pool, [...RESOURCES, DISCOVERY])) {
    reached.add(message);
    t.ok([...RESOURCES, DISCOVERY].includes(resource), `${message} is in a ${resource}`);
  }
});

/** What harmless fields and restrictions say no to. */
const listener = (fields: Json): Json => ({ ...registry.options(LISTENER).minimal, ...fields });
const cluster = (fields: Json): Json => ({ ...registry.options(CLUSTER).minimal, ...fields });
const inManager = (fields: Json): Json => {
  const [filter] = chain.filters;
  return listener({
    filter_chains: [{ filters: [{ ...filter, typed_config: { ...filter?.typed_config, ...fields } }] }],
  });
};
const any = (type: string, fields: Json = {}): Json => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const options = (fields: Json): Json =>
  cluster({ typed_extension_protocol_options: { [HTTP]: any(HTTP, fields) } });
const layer = (values: Json): Json => ({
  layered_runtime: { layers: [{ name: 'a', static_layer: values }] },
});

const REFUSED: readonly (readonly [type: string, json: Json, error: string])[] = [
  [
    LISTENER,
    listener({
      filter_chains: [
        {
          transport_socket: {
            name: 'tls',
            typed_config: any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'),
          },
        },
      ],
    }),
    'a listener with TLS needs a certificate',
  ],
  [
    LISTENER,
    inManager({ http_protocol_options: { allow_absolute_url: false } }),
    'refusing absolute targets',
  ],
  [
    LISTENER,
    inManager({ common_http_protocol_options: { max_response_headers_kb: 7 } }),
    'common_http_protocol_options.max_response_headers_kb: max_response_headers_kb of HttpProtocolOptions',
  ],
  [LISTENER, inManager({ codec_type: 'HTTP3' }), 'codec_type: HTTP3 is not supported'],
  [
    CLUSTER,
    options({
      common_http_protocol_options: { max_stream_duration: '1s' },
      explicit_http_config: { http_protocol_options: {} },
    }),
    'max_stream_duration of HttpProtocolOptions',
  ],
  [CLUSTER, cluster({ common_http_protocol_options: { max_stream_duration: '1s' } }), 'max_stream_duration'],
  [CLUSTER, options({ explicit_http_config: { http3_protocol_options: {} } }), 'http3_protocol_options'],
  [
    CLUSTER,
    options({ explicit_http_config: { http_protocol_options: { accept_http_10: true } } }),
    'accept_http_10',
  ],
  [
    CLUSTER,
    cluster({
      load_assignment: {
        cluster_name: 'a',
        endpoints: [
          {
            lb_endpoints: [
              {
                endpoint: {
                  address: { socket_address: { address: '1.2.3.4', port_value: 1 } },
                  additional_addresses: [{ address: { pipe: { path: '/a' } } }],
                },
              },
            ],
          },
        ],
      },
    }),
    'additional_addresses of Endpoint',
  ],
  [BOOTSTRAP, { admin: { access_log: [{ name: 'a' }] } }, 'admin.access_log'],
  [
    BOOTSTRAP,
    layer({ envoy: { reloadable_features: { a: true } } }),
    'the runtime key envoy.reloadable_features.a',
  ],
  [
    BOOTSTRAP,
    layer({ 'upstream.healthy_panic_threshold': 7 }),
    'the runtime key upstream.healthy_panic_threshold',
  ],
  [
    BOOTSTRAP,
    { default_regex_engine: { name: 'a', typed_config: any('envoy.config.core.v3.Node') } },
    'default_regex_engine: a regex engine other than google_re2',
  ],
  [
    BOOTSTRAP,
    { dynamic_resources: { cds_config: { path: '/dev/null', resource_api_version: 'V2' } } },
    'dynamic_resources.cds_config.resource_api_version: version 2 of the API',
  ],
];

const ACCEPTED: readonly (readonly [type: string, json: Json])[] = [
  [LISTENER, listener({ use_original_dst: false, traffic_direction: 'INBOUND', enable_reuse_port: false })],
  [LISTENER, listener({ connection_balance_config: { exact_balance: {} }, listener_filters_timeout: '1s' })],
  [
    LISTENER,
    listener({
      filter_chains: [
        {
          transport_socket: {
            name: 'raw',
            typed_config: any('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
          },
        },
      ],
    }),
  ],
  [LISTENER, inManager({ http_protocol_options: { allow_absolute_url: true }, normalize_path: false })],
  [LISTENER, inManager({ add_user_agent: false, stream_error_on_invalid_http_message: false })],
  [CLUSTER, cluster({ cleanup_interval: '7s', ignore_health_on_host_removal: true })],
  [BOOTSTRAP, { admin: { access_log_path: '/dev/null', profile_path: '/a' }, stats_flush_interval: '7s' }],
  [BOOTSTRAP, layer({ envoy: { resource_limits: { listener: { 'a.b': { connection_limit: 7 } } } } })],
  [
    BOOTSTRAP,
    { default_regex_engine: { name: 'a', typed_config: any('envoy.extensions.regex_engines.v3.GoogleRE2') } },
  ],
  [BOOTSTRAP, { dynamic_resources: { cds_config: { path: '/dev/null', resource_api_version: 'V3' } } }],
];

t.test('what is not harmless after all is refused', async (t) => {
  for (const [type, json, error] of REFUSED) {
    const { errors } = await compile(type, json);
    t.equal(errors.length, 1, `${error}: ${errors.join('; ')}`);
    t.match(errors[0], error);
  }
});

t.test('what is harmless passes', async (t) => {
  for (const [type, json] of ACCEPTED) t.strictSame((await compile(type, json)).errors, []);
});
