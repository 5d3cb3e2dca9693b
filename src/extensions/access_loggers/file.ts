import type { AccessLogger } from '../../accesslog/access_log.ts';
import type { AccessLogContext } from '../../accesslog/filter.ts';
import { compileFormat } from '../../accesslog/format.ts';
import { compileJsonFormat } from '../../accesslog/json.ts';
import { compileLogFormat, defaultFormat } from '../../accesslog/log_format.ts';
import type { Message } from '../../api/message.ts';
import { AccessLogSink, type FormatInput } from '../../tables/generated/layout.ts';
import { child, text } from '../../tables/route_read.ts';

/** Lines to a file that is opened for appending, and again on SIGUSR1. */
export const fileAccessLogger: AccessLogger = {
  name: 'envoy.access_loggers.file',
  type: 'envoy.extensions.access_loggers.file.v3.FileAccessLog',
  compile(config, context) {
    const path = text(config, 'path');
    if (path === '') context.diagnostics.error([...context.path, 'path'], 'rule', 'the path is empty');
    const format = compileAnyFormat(config, context);
    if (path === '' || format === undefined) return undefined;
    return { sink: AccessLogSink.File, path, format };
  },
};

/** The deprecated fields still work; both JSON ones keep the types of numbers. */
function compileAnyFormat(config: Message, context: AccessLogContext): FormatInput | undefined {
  const format = child(config, 'log_format');
  if (format !== undefined) return compileLogFormat(format, [...context.path, 'log_format'], context);
  for (const field of ['json_format', 'typed_json_format']) {
    const json = child(config, field);
    if (json !== undefined) return compileJsonFormat(json, { ...context, path: [...context.path, field] });
  }
  const line = text(config, 'format');
  if (line === '') return defaultFormat(context, context.path);
  return compileFormat(line, { ...context, path: [...context.path, 'format'] });
}
