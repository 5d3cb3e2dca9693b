import { createHash } from 'node:crypto';
import type { AccessLogger, LoggerInput } from '../../accesslog/access_log.ts';
import type { AccessLogContext } from '../../accesslog/filter.ts';
import type { Message } from '../../api/message.ts';
import type { AccessLogSink, AccessLogTagInput } from '../../tables/generated/layout.ts';
import { compileGrpcService } from '../../tables/grpc_service.ts';
import { child, messages, milliseconds, text, texts, wrappedNumber } from '../../tables/route_read.ts';
import { lowerAscii } from '../../tables/route_string.ts';

const PACKAGE = 'envoy.extensions.access_loggers.grpc.v3';
const FLUSH_MS = 1000;
const BUFFER_BYTES = 16_384;
/** The prefix of their counts, of all such logs. */
const STATS = 'access_logs.grpc_access_log';

/** An access logger whose entries go to a service: HttpGrpc and TcpGrpc differ in what these say. */
export function grpcAccessLogger(kind: 'Http' | 'Tcp', sink: AccessLogSink): AccessLogger {
  return {
    name: `envoy.access_loggers.${kind.toLowerCase()}_grpc`,
    type: `${PACKAGE}.${kind}GrpcAccessLogConfig`,
    compile: (config, context) => compile(config, sink, context),
  };
}

function compile(config: Message, sink: AccessLogSink, context: AccessLogContext): LoggerInput | undefined {
  const common = child(config, 'common_config');
  const path = [...context.path, 'common_config'];
  if (common === undefined) return undefined;
  const service = compileGrpcService(child(common, 'grpc_service'), {
    diagnostics: context.diagnostics,
    path: [...path, 'grpc_service'],
  });
  if (service === undefined) return undefined;
  const stream = {
    ...service,
    log_name: text(common, 'log_name'),
    // Of 0 a timer would never rest.
    flush_interval_ms: Math.max(1, milliseconds(common, 'buffer_flush_interval') ?? FLUSH_MS),
    buffer_bytes: wrappedNumber(common, 'buffer_size_bytes', BUFFER_BYTES),
    custom_tags: messages(common, 'custom_tags').map((tag) => customTag(tag, context)),
  };
  return {
    sink,
    grpc: {
      ...stream,
      key: createHash('sha256').update(JSON.stringify(stream)).digest('base64').slice(0, 22),
      stats: STATS,
      request_headers: names(config, 'additional_request_headers_to_log'),
      response_headers: names(config, 'additional_response_headers_to_log'),
      response_trailers: names(config, 'additional_response_trailers_to_log'),
    },
  };
}

/** Each once: they are the keys of a map. */
const names = (config: Message, field: string): string[] => [
  ...new Set(texts(config, field).map((name) => lowerAscii(name))),
];

/** envoy.type.tracing.v3.CustomTag of the kinds that are declared. */
function customTag(tag: Message, { env }: AccessLogContext): AccessLogTagInput {
  const name = text(tag, 'tag');
  const literal = child(tag, 'literal');
  if (literal !== undefined) return { tag: name, value: text(literal, 'value') };
  const environment = child(tag, 'environment');
  if (environment !== undefined) {
    const value = env[text(environment, 'name')] ?? text(environment, 'default_value');
    return { tag: name, value };
  }
  const header = child(tag, 'request_header');
  if (header === undefined) return { tag: name };
  return { tag: name, header: lowerAscii(text(header, 'name')), value: text(header, 'default_value') };
}
