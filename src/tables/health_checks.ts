import type { Message } from '../api/message.ts';
import type {
  AddedField,
  CheckTransport,
  ClusterHealthSettings,
  HealthCheckSettings,
  HttpCheck,
  ProbeSettings,
  StatusRange,
  TextMatch,
} from '../upstream/health/settings.ts';
import { labelsOf } from './labels.ts';
import { lowerAscii } from './route_string.ts';
import {
  child,
  decoded,
  duration,
  flag,
  has,
  messages,
  number,
  text,
  texts,
  wrappedFlag,
  wrappedNumber,
} from './route_read.ts';

const EDS = 3;
/** envoy.config.core.v3.RequestMethod by number. */
const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const HTTP2 = 1; // envoy.type.v3.CodecClientType
/** envoy.config.core.v3.HeaderValueOption.HeaderAppendAction by number. */
const ACTIONS = ['append', 'absent', 'overwrite', 'exists'] as const;
/** response_buffer_size, when it is not set. */
const BUFFER_BYTES = 1024;

/** Bytes of an envoy.config.core.v3.HealthCheck.Payload: hexadecimal digits, or as they are. */
export function payloadBytes(payload: Message): Uint8Array {
  if (payload.binary instanceof Uint8Array) return payload.binary;
  return new Uint8Array(Buffer.from(text(payload, 'text'), 'hex'));
}

/** `%%` is a percent sign; operators are refused before. */
const literal = (value: string): string => value.replaceAll('%%', '%');

function added(message: Message, field: string): AddedField[] {
  return messages(message, field).map((option) => {
    const header = child(option, 'header') ?? option;
    const raw = header.raw_value;
    const value = raw instanceof Uint8Array ? Buffer.from(raw).toString('latin1') : text(header, 'value');
    const append = wrappedFlag(option, 'append', true);
    return {
      name: lowerAscii(text(header, 'key')),
      value: literal(value),
      action: append ? (ACTIONS[number(option, 'append_action')] ?? 'append') : 'overwrite',
      keepEmpty: flag(option, 'keep_empty_value'),
    };
  });
}

const ranges = (message: Message, field: string): StatusRange[] =>
  messages(message, field).map((range) => [number(range, 'start'), number(range, 'end')]);

function textMatch(matcher: Message): TextMatch {
  const ignoreCase = flag(matcher, 'ignore_case');
  const kinds = ['exact', 'prefix', 'suffix', 'contains'] as const;
  const kind = kinds.find((each) => has(matcher, each)) ?? 'exact';
  const value = text(matcher, kind);
  return { kind, value: ignoreCase ? lowerAscii(value) : value, ignoreCase };
}

function httpCheck(http: Message): HttpCheck {
  const send = child(http, 'send');
  const expected = ranges(http, 'expected_statuses');
  const service = child(http, 'service_name_matcher');
  return {
    kind: 'http',
    host: text(http, 'host'),
    path: text(http, 'path'),
    method: METHODS[number(http, 'method')] ?? 'GET',
    http2: number(http, 'codec_client_type') === HTTP2,
    ...(send === undefined ? {} : { send: payloadBytes(send) }),
    receive: messages(http, 'receive').map(payloadBytes),
    bufferBytes: wrappedNumber(http, 'response_buffer_size', BUFFER_BYTES),
    add: added(http, 'request_headers_to_add'),
    remove: texts(http, 'request_headers_to_remove').map(lowerAscii),
    expected: expected.length === 0 ? [[200, 201]] : expected,
    retriable: ranges(http, 'retriable_statuses'),
    ...(service === undefined ? {} : { service: textMatch(service) }),
  };
}

function probe(check: Message): ProbeSettings {
  const http = child(check, 'http_health_check');
  if (http !== undefined) return httpCheck(http);
  const grpc = child(check, 'grpc_health_check');
  if (grpc !== undefined) {
    const add = added(grpc, 'initial_metadata');
    return { kind: 'grpc', service: text(grpc, 'service_name'), authority: text(grpc, 'authority'), add };
  }
  const tcp = child(check, 'tcp_health_check') ?? check;
  const send = child(tcp, 'send');
  // Envoy sends only what is written as text.
  const bytes = send === undefined || text(send, 'text') === '' ? undefined : payloadBytes(send);
  return { kind: 'tcp', send: bytes, receive: messages(tcp, 'receive').map(payloadBytes) };
}

/** As TLS has a list of protocols on the wire (RFC 7301). */
const alpnWire = (names: readonly string[]): string =>
  names.map((name) => String.fromCharCode(name.length) + name).join('');

function settings(check: Message): HealthCheckSettings {
  const interval = duration(check, 'interval') ?? 0;
  const time = (field: string, otherwise: number): number => duration(check, field) ?? otherwise;
  const unhealthyMs = time('unhealthy_interval', interval);
  const noTrafficMs = time('no_traffic_interval', 60_000);
  const path = text(check, 'event_log_path');
  const sinks = messages(check, 'event_logger').flatMap((sink) => {
    const config = decoded(child(sink, 'typed_config'));
    return config === undefined ? [] : [text(config, 'event_log_path')];
  });
  const tls = child(check, 'tls_options');
  const criteria = child(check, 'transport_socket_match_criteria');
  return {
    probe: probe(check),
    timeoutMs: time('timeout', 0),
    intervalMs: interval,
    unhealthyMs,
    unhealthyEdgeMs: time('unhealthy_edge_interval', unhealthyMs),
    healthyEdgeMs: time('healthy_edge_interval', interval),
    noTrafficMs,
    noTrafficHealthyMs: time('no_traffic_healthy_interval', noTrafficMs),
    initialJitterMs: time('initial_jitter', 0),
    jitterMs: time('interval_jitter', 0),
    jitterPercent: number(check, 'interval_jitter_percent'),
    unhealthyThreshold: wrappedNumber(check, 'unhealthy_threshold', 0),
    healthyThreshold: wrappedNumber(check, 'healthy_threshold', 0),
    reuseConnection: wrappedFlag(check, 'reuse_connection', true),
    logs: path === '' ? sinks : [path, ...sinks],
    logFailures: flag(check, 'always_log_health_check_failures'),
    logSuccess: flag(check, 'always_log_health_check_success'),
    alpn: tls === undefined ? '' : alpnWire(texts(tls, 'alpn_protocols')),
    ...(criteria === undefined ? {} : { criteria: labelsOf(criteria) }),
  };
}

/** The transports of a cluster as its compiler names them. */
export type ClusterTransports = {
  readonly transport: CheckTransport;
  readonly matches: ClusterHealthSettings['matches'];
};

/** What a cluster (envoy.config.cluster.v3.Cluster) says about checks of its hosts; undefined: they are not checked. */
export function healthSettings(
  cluster: Message,
  transports: ClusterTransports,
): ClusterHealthSettings | undefined {
  const [check] = messages(cluster, 'health_checks');
  if (check === undefined) return undefined;
  const lb = child(cluster, 'common_lb_config');
  return {
    check: settings(check),
    ...transports,
    removeAtOnce: flag(cluster, 'ignore_health_on_host_removal'),
    excludeNew: lb !== undefined && flag(lb, 'ignore_new_hosts_until_first_hc'),
    removeWhenFailed: number(cluster, 'type') === EDS,
  };
}
