import type { AccessLogger } from '../../accesslog/access_log.ts';
import { compileLogFormat, defaultFormat } from '../../accesslog/log_format.ts';
import type { AccessLogSink } from '../../tables/generated/layout.ts';
import { child } from '../../tables/route_read.ts';

/** An access logger of one of the process's standard streams: its messages have a log_format and nothing else. */
export function streamAccessLogger(name: string, type: string, sink: AccessLogSink): AccessLogger {
  return {
    name,
    type,
    compile(config, context) {
      const written = child(config, 'log_format');
      const format =
        written === undefined
          ? defaultFormat(context, context.path)
          : compileLogFormat(written, [...context.path, 'log_format'], context);
      return format === undefined ? undefined : { sink, path: '', format };
    },
  };
}
