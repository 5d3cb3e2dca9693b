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
    const sink = STREAMS[path];
    if (sink !== undefined) return { sink, path: '', format };
    return canOpen(path, context) ? { sink: AccessLogSink.File, path, format } : undefined;
  },
};

/** Written to as they are: a socket (journald, a parent process) cannot be opened by its name. */
const STREAMS: Readonly<Record<string, AccessLogSink>> = {
  '/dev/stdout': AccessLogSink.Stdout,
  '/dev/stderr': AccessLogSink.Stderr,
};

function canOpen(path: string, context: AccessLogContext): boolean {
  try {
    context.tryLogFile?.(path);
    return true;
  } catch (error) {
    const details = { expected: 'a file that can be written to' };
    const where = [...context.path, 'path'];
    context.diagnostics.error(where, 'file', `unable to open file '${path}': ${reason(error)}`, details);
    return false;
  }
}

/** `no such file or directory` of `ENOENT: no such file or directory, open '/a'`. */
const reason = (error: unknown): string =>
  /^[A-Z0-9]+: (.*), open /.exec((error as Error).message)?.[1] ?? (error as Error).message;

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
