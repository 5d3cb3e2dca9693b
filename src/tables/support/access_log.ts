import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { accessLoggers } from '../../extensions/access_loggers/index.ts';

const LOG = 'envoy.config.accesslog.v3';
const CORE = 'envoy.config.core.v3';

/** What src/accesslog does of access logs. */
export function declareAccessLogs(registry: SupportRegistry): void {
  registry
    .message(`${LOG}.AccessLog`, {
      name: harmless('the type of the configuration decides'),
      filter: implemented(),
      typed_config: implemented(),
    })
    .message(`${LOG}.AccessLogFilter`, {
      status_code_filter: implemented(),
      duration_filter: implemented(),
      not_health_check_filter: implemented(),
      response_flag_filter: implemented(),
      header_filter: implemented(),
      grpc_status_filter: implemented(),
      and_filter: implemented(),
      or_filter: implemented(),
    })
    .message(`${LOG}.StatusCodeFilter`, { comparison: implemented() })
    .message(`${LOG}.DurationFilter`, { comparison: implemented() })
    .message(`${LOG}.ComparisonFilter`, {
      op: implemented({ enum: ['EQ', 'GE', 'LE', 'NE'] }),
      value: implemented(),
    })
    .message(`${CORE}.RuntimeUInt32`, {
      default_value: implemented(),
      runtime_key: harmless('there is no runtime to look it up in: the default holds'),
    })
    .message(`${LOG}.NotHealthCheckFilter`, {})
    .message(`${LOG}.ResponseFlagFilter`, { flags: implemented() })
    .message(`${LOG}.HeaderFilter`, { header: implemented() })
    .enumValues(`${LOG}.GrpcStatusFilter.Status`, [
      'OK', 'CANCELED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
      'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
      'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
    ])
    .message(`${LOG}.GrpcStatusFilter`, { statuses: implemented(), exclude: implemented() })
    .message(`${LOG}.AndFilter`, { filters: implemented() })
    .message(`${LOG}.OrFilter`, { filters: implemented() })
    .message('envoy.extensions.access_loggers.file.v3.FileAccessLog', {
      path: implemented(),
      format: implemented(),
      json_format: implemented({ opaque: true, sample: { a: '%PROTOCOL%' } }),
      typed_json_format: implemented({ opaque: true, sample: { a: '%PROTOCOL%' } }),
      log_format: implemented(),
    })
    .message('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', { log_format: implemented() })
    .message('envoy.extensions.access_loggers.stream.v3.StderrAccessLog', { log_format: implemented() })
    .message(`${CORE}.SubstitutionFormatString`, {
      text_format: implemented(),
      text_format_source: implemented(),
      json_format: implemented({ opaque: true, sample: { a: '%PROTOCOL%' } }),
      omit_empty_values: implemented(),
    });
  for (const { name, type } of accessLoggers) {
    registry.extension({ category: 'envoy.access_loggers', name, type, since: '0.1.0' });
  }
}
