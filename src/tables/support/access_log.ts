import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { accessLoggers } from '../../extensions/access_loggers/index.ts';

const LOG = 'envoy.config.accesslog.v3';
const CORE = 'envoy.config.core.v3';
const LOGGERS = 'envoy.extensions.access_loggers';
const STATUSES =
  'OK CANCELED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
  'RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE ' +
  'DATA_LOSS UNAUTHENTICATED';

/** What src/accesslog does of access logs. */
export function declareAccessLogs(registry: SupportRegistry): void {
  const json = implemented({ opaque: true, sample: { a: '%PROTOCOL%' } });
  registry
    .message(
      `${LOG}.AccessLog`,
      {
        name: harmless('the type of the configuration decides'),
        filter: implemented(),
        typed_config: implemented(),
      },
      {
        minimal: {
          name: 'log',
          typed_config: { '@type': `type.googleapis.com/${LOGGERS}.stream.v3.StdoutAccessLog` },
        },
      },
    )
    .message(
      `${LOGGERS}.file.v3.FileAccessLog`,
      {
        path: implemented(),
        format: implemented(),
        json_format: json,
        typed_json_format: json,
        log_format: implemented(),
      },
      { minimal: { path: '/dev/null' } },
    )
    .message(`${LOGGERS}.stream.v3.StdoutAccessLog`, { log_format: implemented() })
    .message(`${LOGGERS}.stream.v3.StderrAccessLog`, { log_format: implemented() })
    .message(
      `${CORE}.SubstitutionFormatString`,
      {
        text_format: implemented(),
        text_format_source: implemented(),
        json_format: json,
        omit_empty_values: implemented(),
        formatters: implemented({
          sample: [{ name: 'cel', typed_config: { '@type': `type.googleapis.com/${FORMATTERS[0][1]}` } }],
          uncompiled: 'the operators of those that are built in are always there',
        }),
      },
      { minimal: { text_format: '%PROTOCOL%' } },
    );
  declareGrpc(registry);
  declareFilters(registry);
  declareFormatters(registry);
  for (const { name, type } of accessLoggers) {
    registry.extension({ category: 'envoy.access_loggers', name, type, since: '0.1.0' });
  }
}

const GRPC = `${LOGGERS}.grpc.v3`;
const TAG = 'envoy.type.tracing.v3.CustomTag';

function declareGrpc(registry: SupportRegistry): void {
  const common = { log_name: 'log', grpc_service: { envoy_grpc: { cluster_name: 'server' } } };
  const literal = { tag: 'a', literal: { value: 'b' } };
  const http = (json: unknown) => ({
    typed_config: { '@type': `type.googleapis.com/${GRPC}.HttpGrpcAccessLogConfig`, ...(json as object) },
    name: 'log',
  });
  const embed = {
    message: `${LOG}.AccessLog`,
    wrap: (json: Record<string, unknown>) => http({ common_config: json }),
  };
  const names = (): ReturnType<typeof implemented> => implemented({ sample: ['x-more'] });
  registry
    .message(
      `${GRPC}.HttpGrpcAccessLogConfig`,
      {
        common_config: implemented({ sample: { ...common, log_name: 'other' } }),
        additional_request_headers_to_log: names(),
        additional_response_headers_to_log: names(),
        additional_response_trailers_to_log: names(),
      },
      { minimal: { common_config: common } },
    )
    .message(
      `${GRPC}.TcpGrpcAccessLogConfig`,
      { common_config: implemented({ sample: { ...common, log_name: 'other' } }) },
      { minimal: { common_config: common } },
    )
    .message(
      `${GRPC}.CommonGrpcAccessLogConfig`,
      {
        log_name: implemented(),
        grpc_service: implemented({
          sample: { envoy_grpc: { cluster_name: 'other' } },
          without: ['retry_policy'],
        }),
        transport_api_version: harmless('there is one version', {
          only: (value) => (value === 2 ? undefined : 'a version of the transport other than V3'),
        }),
        buffer_flush_interval: implemented(),
        buffer_size_bytes: implemented(),
        filter_state_objects_to_log: harmless('no filter here has objects that could be logged'),
        custom_tags: implemented({ sample: [literal] }),
      },
      { minimal: common, embed },
    )
    .message(
      TAG,
      {
        tag: implemented(),
        literal: implemented({ sample: { value: 'c' } }),
        environment: implemented({ sample: { name: 'NAME', default_value: 'c' } }),
        request_header: implemented({ sample: { name: 'x-a' } }),
      },
      {
        minimal: literal,
        embed: {
          message: `${GRPC}.CommonGrpcAccessLogConfig`,
          wrap: (json) => ({ ...common, custom_tags: [json] }),
        },
      },
    )
    .message(`${TAG}.Literal`, { value: implemented() }, { minimal: { value: 'b' } })
    .message(
      `${TAG}.Environment`,
      {
        name: implemented({ base: { default_value: '' }, uncompiled: 'the environment of the process' }),
        default_value: implemented(),
      },
      { minimal: { name: 'NAME' } },
    )
    .message(
      `${TAG}.Header`,
      { name: implemented({ sample: 'x-other' }), default_value: implemented() },
      { minimal: { name: 'x-a' } },
    );
}

const EXPRESSION = `${LOGGERS}.filters.cel.v3.ExpressionFilter`;
const extension = (expression: string): { name: string; typed_config: Record<string, unknown> } => ({
  name: 'cel',
  typed_config: { '@type': `type.googleapis.com/${EXPRESSION}`, expression },
});

/** Formatters whose operators are always there: naming them changes nothing. */
const FORMATTERS = [
  ['envoy.formatter.cel', 'envoy.extensions.formatter.cel.v3.Cel'],
  ['envoy.formatter.req_without_query', 'envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery'],
] as const;

function declareFormatters(registry: SupportRegistry): void {
  for (const [name, type] of FORMATTERS) {
    registry.message(type, {}).extension({ category: 'envoy.formatter', name, type, since: '0.1.0' });
  }
}

function declareFilters(registry: SupportRegistry): void {
  const value = { default_value: 500, runtime_key: 'key' };
  const comparison = { comparison: { op: 'GE', value } };
  const flags = { response_flag_filter: { flags: ['UH'] } };
  const both = { filters: [flags, { not_health_check_filter: {} }] };
  const filters = implemented({ sample: [...both.filters].reverse() });
  registry
    .message(
      `${LOG}.AccessLogFilter`,
      {
        status_code_filter: implemented(),
        duration_filter: implemented(),
        not_health_check_filter: implemented(),
        response_flag_filter: implemented(),
        header_filter: implemented(),
        grpc_status_filter: implemented(),
        and_filter: implemented(),
        or_filter: implemented(),
        extension_filter: implemented({ sample: extension('response.code >= 400') }),
      },
      { minimal: flags },
    )
    .message(
      `${LOG}.ExtensionFilter`,
      {
        name: harmless('the type of the configuration decides'),
        typed_config: implemented({ sample: extension('response.code == 404').typed_config }),
      },
      { minimal: extension('response.code >= 400') },
    )
    .message(
      EXPRESSION,
      { expression: implemented({ sample: 'response.code == 404' }) },
      { minimal: { expression: 'response.code >= 400' } },
    )
    .extension({
      category: 'envoy.access_loggers.extension_filters',
      name: 'envoy.access_loggers.extension_filters.cel',
      type: EXPRESSION,
      since: '0.1.0',
    })
    .message(`${LOG}.StatusCodeFilter`, { comparison: implemented() }, { minimal: comparison })
    .message(`${LOG}.DurationFilter`, { comparison: implemented() }, { minimal: comparison })
    .message(
      `${LOG}.ComparisonFilter`,
      { op: implemented({ enum: ['EQ', 'GE', 'LE', 'NE'] }), value: implemented() },
      { minimal: { value } },
    )
    .message(
      `${CORE}.RuntimeUInt32`,
      {
        default_value: implemented(),
        runtime_key: harmless(
          'the value of a key that no layer of layered_runtime may set: the default holds',
        ),
      },
      { minimal: value },
    )
    .message(`${LOG}.NotHealthCheckFilter`, {})
    .message(`${LOG}.ResponseFlagFilter`, { flags: implemented({ sample: ['UF'] }) })
    .message(
      `${LOG}.HeaderFilter`,
      { header: implemented() },
      { minimal: { header: { name: 'x', present_match: true } } },
    )
    .enumValues(`${LOG}.GrpcStatusFilter.Status`, STATUSES.split(' '))
    .message(`${LOG}.GrpcStatusFilter`, { statuses: implemented(), exclude: implemented() })
    .message(`${LOG}.AndFilter`, { filters }, { minimal: both })
    .message(`${LOG}.OrFilter`, { filters }, { minimal: both });
}
