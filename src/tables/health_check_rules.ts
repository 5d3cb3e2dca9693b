import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { payloadBytes } from './health_checks.ts';
import { child, decoded, has, messages, number, text, texts, wrappedNumber } from './route_read.ts';
import { lowerAscii } from './route_string.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
/** envoy.config.core.v3.RequestMethod of requests that have no body, with the one that stands for GET. */
const BODILESS = new Set([0, 1, 2, 5, 8]);
const CONNECT = 6;
const BUFFER_BYTES = 1024;

/** What health_checks of a cluster (envoy.config.cluster.v3.Cluster) say that validation cannot know. */
export function checkHealthChecks(
  cluster: Message,
  originalDst: boolean,
  path: Path,
  diagnostics: Diagnostics,
): void {
  const checks = messages(cluster, 'health_checks');
  if (checks.length > 1) {
    diagnostics.error([...path, 'health_checks', 1], 'rule', 'a cluster has one health check at most');
  }
  if (checks.length > 0 && originalDst) {
    const message = 'health checks of a cluster of the type ORIGINAL_DST are not supported by attache yet';
    diagnostics.error([...path, 'health_checks'], 'unsupported', message);
  }
  for (const [i, check] of checks.entries())
    checkOne(check, cluster, [...path, 'health_checks', i], diagnostics);
}

function checkOne(check: Message, cluster: Message, path: Path, diagnostics: Diagnostics): void {
  const http = child(check, 'http_health_check');
  const tcp = child(check, 'tcp_health_check');
  const grpc = child(check, 'grpc_health_check');
  if (http !== undefined) checkHttp(http, [...path, 'http_health_check'], diagnostics);
  if (tcp !== undefined) checkPayloads(tcp, [...path, 'tcp_health_check'], diagnostics);
  if (grpc === undefined) return;
  const below = [...path, 'grpc_health_check'];
  checkAdded(grpc, 'initial_metadata', below, diagnostics);
  if (speaksHttp2(cluster)) return;
  diagnostics.error(below, 'rule', 'the hosts of the cluster are not spoken to with HTTP/2', {
    expected: 'explicit_http_config with http2_protocol_options',
  });
}

/** Whether requests to the hosts may be of HTTP/2. */
function speaksHttp2(cluster: Message): boolean {
  const map = cluster.typed_extension_protocol_options;
  const options = map instanceof Map ? decoded(map.get(HTTP_OPTIONS) as Message | undefined) : undefined;
  if (options === undefined) return has(cluster, 'http2_protocol_options');
  if (has(options, 'auto_config')) return true;
  const own = child(options, 'explicit_http_config') ?? child(options, 'use_downstream_protocol_config');
  return own !== undefined && has(own, 'http2_protocol_options');
}

function checkHttp(http: Message, path: Path, diagnostics: Diagnostics): void {
  const method = number(http, 'method');
  if (has(http, 'send') && (BODILESS.has(method) || method === CONNECT)) {
    diagnostics.error([...path, 'send'], 'rule', 'requests of this method have no body', {
      expected: 'method: POST, PUT, PATCH or OPTIONS',
    });
  }
  checkPayloads(http, path, diagnostics);
  const limit = wrappedNumber(http, 'response_buffer_size', BUFFER_BYTES);
  const size = messages(http, 'receive').reduce((sum, each) => sum + payloadBytes(each).length, 0);
  if (limit !== 0 && size > limit) {
    diagnostics.error(
      [...path, 'receive'],
      'rule',
      `${size} bytes are more than the ${limit} that are looked at`,
      {
        expected: 'a larger response_buffer_size',
      },
    );
  }
  for (const field of ['expected_statuses', 'retriable_statuses']) {
    for (const [i, range] of messages(http, field).entries()) {
      const [start, end] = [number(range, 'start'), number(range, 'end')];
      if (start >= 100 && start < end && end <= 600) continue;
      diagnostics.error([...path, field, i], 'rule', `[${start}, ${end}) is not a range of statuses`, {
        expected: 'start from 100 on, and an end above it of at most 600',
      });
    }
  }
  checkAdded(http, 'request_headers_to_add', path, diagnostics);
  for (const [i, name] of texts(http, 'request_headers_to_remove').entries()) {
    if (isReserved(name)) {
      const where = [...path, 'request_headers_to_remove', i];
      diagnostics.error(where, 'rule', ':-prefixed or host headers may not be removed');
    }
  }
}

const isReserved = (name: string): boolean => name.startsWith(':') || lowerAscii(name) === 'host';

function checkAdded(message: Message, field: string, path: Path, diagnostics: Diagnostics): void {
  for (const [i, option] of messages(message, field).entries()) {
    const where = [...path, field, i];
    const header = child(option, 'header') ?? option;
    if (isReserved(text(header, 'key'))) {
      const message = ':-prefixed or host headers may not be modified';
      diagnostics.error([...where, 'header', 'key'], 'rule', message);
    }
    if (has(option, 'append') && number(option, 'append_action') !== 0) {
      diagnostics.error([...where, 'append'], 'rule', 'append and append_action exclude each other');
    }
    if (!text(header, 'value').replaceAll('%%', '').includes('%')) continue;
    const message = 'substitution operators are not supported in fields of health checks by attache yet';
    diagnostics.error([...where, 'header', 'value'], 'unsupported', message, {
      expected: 'text without operators (%% stands for a percent sign)',
    });
  }
}

function checkPayloads(message: Message, path: Path, diagnostics: Diagnostics): void {
  const send = child(message, 'send');
  if (send !== undefined) checkPayload(send, [...path, 'send'], diagnostics);
  for (const [i, each] of messages(message, 'receive').entries())
    checkPayload(each, [...path, 'receive', i], diagnostics);
}

function checkPayload(payload: Message, path: Path, diagnostics: Diagnostics): void {
  const digits = text(payload, 'text');
  if (digits === '' || /^(?:[0-9a-fA-F]{2})+$/.test(digits)) return;
  diagnostics.error([...path, 'text'], 'rule', `invalid hex string '${digits}'`, {
    expected: 'an even number of hexadecimal digits',
  });
}
