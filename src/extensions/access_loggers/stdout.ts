import { AccessLogSink } from '../../tables/generated/layout.ts';
import { streamAccessLogger } from './stream.ts';

/** Lines to the process's standard output. */
export const stdoutAccessLogger = streamAccessLogger(
  'envoy.access_loggers.stdout',
  'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
  AccessLogSink.Stdout,
);
