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
      },
      { minimal: { text_format: '%PROTOCOL%' } },
    );
  declareFilters(registry);
  for (const { name, type } of accessLoggers) {
    registry.extension({ category: 'envoy.access_loggers', name, type, since: '0.1.0' });
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
      },
      { minimal: flags },
    )
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
