import { createHash } from 'node:crypto';
import type { Message } from '../api/message.ts';
import { implemented, type SupportRegistry } from '../api/support.ts';
import type { ZipkinTracerInput } from '../tables/generated/layout.ts';
import { type FormatContext, refuse } from '../tables/route_context.ts';
import { child, flag, milliseconds, text, wrappedFlag } from '../tables/route_read.ts';

export const ZIPKIN = 'envoy.config.trace.v3.ZipkinConfig';
/** Of collector_cluster, as Envoy's runtime has it. */
const TIMEOUT_MS = 5000;
/** Below which there is no number: it has to be said. */
const HTTP_JSON = 1;

export function declareZipkin(
  registry: SupportRegistry,
  embed: (zipkin: object) => Record<string, unknown>,
): void {
  const legacy = {
    collector_cluster: 'collector',
    collector_endpoint: '/api/v2/spans',
    collector_endpoint_version: 'HTTP_JSON',
  };
  const service = { http_uri: { uri: 'http://collector/api/v2/spans', cluster: 'collector', timeout: '1s' } };
  const modern = { collector_service: service, collector_endpoint_version: 'HTTP_JSON' };
  const within = {
    message: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  };
  registry
    .message(
      ZIPKIN,
      {
        collector_cluster: implemented({ sample: 'other' }),
        collector_endpoint: implemented({ sample: '/other' }),
        collector_hostname: implemented({ sample: 'other' }),
        collector_endpoint_version: implemented({ enum: ['HTTP_JSON'], uncompiled: 'there is one' }),
        collector_service: implemented({
          base: modern,
          sample: { http_uri: { ...service.http_uri, uri: 'http://other/' } },
        }),
        trace_id_128bit: implemented(),
        shared_span_context: implemented({ sample: false }),
        trace_context_option: implemented({ enum: ['USE_B3'] }),
      },
      { minimal: legacy, embed: { ...within, wrap: embed } },
    )
    .message(
      'envoy.config.core.v3.HttpService',
      { http_uri: implemented({ sample: { ...service.http_uri, uri: 'http://other/' } }) },
      {
        embed: {
          ...within,
          wrap: (json) => embed({ ...modern, collector_service: { ...service, ...json } }),
        },
      },
    )
    .message(
      'envoy.config.core.v3.HttpUri',
      {
        uri: implemented({ sample: 'http://other/' }),
        cluster: implemented({ sample: 'other' }),
        timeout: implemented({ sample: '7s' }),
      },
      {
        minimal: service.http_uri,
        embed: { ...within, wrap: (json) => embed({ ...modern, collector_service: { http_uri: json } }) },
      },
    )
    .extension({
      category: 'envoy.tracers',
      name: 'envoy.tracers.zipkin',
      aliases: ['envoy.zipkin'],
      type: ZIPKIN,
      since: '0.1.0',
    });
}

/** Where spans go: undefined after reporting what is missing. */
function collector(config: Message, context: FormatContext) {
  const uri = child(child(config, 'collector_service') ?? config, 'http_uri');
  if (uri !== undefined) {
    // As Envoy takes it apart: what is before the path, without the scheme, is the host.
    const [, host = '', path = ''] =
      /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?]*)(.*)$/is.exec(text(uri, 'uri')) ?? [];
    const at = { host, path: path === '' ? '/' : path };
    return { ...at, cluster: text(uri, 'cluster'), timeout_ms: milliseconds(uri, 'timeout') ?? 0 };
  }
  const cluster = text(config, 'collector_cluster');
  const path = text(config, 'collector_endpoint');
  if (cluster === '' || path === '') {
    const message = 'a collector is needed: collector_service, or collector_cluster and collector_endpoint';
    refuse(context, context.path, 'rule', message);
    return undefined;
  }
  return { cluster, path, host: text(config, 'collector_hostname') || cluster, timeout_ms: TIMEOUT_MS };
}

export function compileZipkin(config: Message, context: FormatContext): ZipkinTracerInput | undefined {
  if (config.collector_endpoint_version !== HTTP_JSON) {
    const where = [...context.path, 'collector_endpoint_version'];
    refuse(context, where, 'unsupported', 'only HTTP_JSON is supported here');
  }
  const to = collector(config, context);
  if (to === undefined) return undefined;
  const tracer = {
    ...to,
    wide_ids: flag(config, 'trace_id_128bit'),
    shares_spans: wrappedFlag(config, 'shared_span_context', true),
  };
  const key = createHash('sha256').update(JSON.stringify(tracer)).digest('base64').slice(0, 22);
  return { ...tracer, key, stats: 'tracing.zipkin' };
}
