import type { AccessLogger } from '../../accesslog/access_log.ts';
import { compileLogFormat, defaultFormat } from '../../accesslog/log_format.ts';
import { AccessLogSink } from '../../tables/generated/layout.ts';
import { child } from '../../tables/route_read.ts';

/** Lines to the process's standard error. */
export const stderrAccessLogger: AccessLogger = {
  name: 'envoy.access_loggers.stderr',
  type: 'envoy.extensions.access_loggers.stream.v3.StderrAccessLog',
  compile(config, context) {
    const written = child(config, 'log_format');
    const format =
      written === undefined
        ? defaultFormat(context, context.path)
        : compileLogFormat(written, [...context.path, 'log_format'], context);
    return format === undefined ? undefined : { sink: AccessLogSink.Stderr, path: '', format };
  },
};
