import { AccessLogSink } from '../../tables/generated/layout.ts';
import { streamAccessLogger } from './stream.ts';

/** Lines to the process's standard error. */
export const stderrAccessLogger = streamAccessLogger(
  'envoy.access_loggers.stderr',
  'envoy.extensions.access_loggers.stream.v3.StderrAccessLog',
  AccessLogSink.Stderr,
);
