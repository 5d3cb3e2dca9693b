import type { Message } from '../api/message.ts';
import { implemented, type SupportRegistry } from '../api/support.ts';
import type { Http2OptionsInput } from './generated/layout.ts';
import { child, duration, flag, number, wrappedNumber } from './route_read.ts';

const OPTIONS = 'envoy.config.core.v3.Http2ProtocolOptions';
const KEEPALIVE = 'envoy.config.core.v3.KeepaliveSettings';
/** Of an interval, that may come on top of it; as Envoy. */
const DEFAULT_JITTER_PERCENT = 15;

/**
 * envoy.config.core.v3.Http2ProtocolOptions with Envoy's defaults filled in. `tolerant`: what the
 * connection manager's own stream_error_on_invalid_http_message says.
 */
export function http2Options(options: Message | undefined, tolerant = false): Http2OptionsInput {
  const value = (field: string, otherwise: number): number =>
    options === undefined ? otherwise : wrappedNumber(options, field, otherwise);
  const keepalive = options === undefined ? undefined : child(options, 'connection_keepalive');
  const time = (field: string): number => (keepalive && duration(keepalive, field)) ?? 0;
  const jitter = keepalive && child(keepalive, 'interval_jitter');
  const override = options && child(options, 'override_stream_error_on_invalid_http_message');
  const old = options !== undefined && flag(options, 'stream_error_on_invalid_http_messaging');
  return {
    hpack_table_size: value('hpack_table_size', 4096),
    max_concurrent_streams: value('max_concurrent_streams', 1024),
    initial_stream_window_size: value('initial_stream_window_size', 16 << 20),
    initial_connection_window_size: value('initial_connection_window_size', 24 << 20),
    allow_connect: options !== undefined && flag(options, 'allow_connect'),
    max_outbound_frames: value('max_outbound_frames', 10_000),
    max_outbound_control_frames: value('max_outbound_control_frames', 1000),
    max_consecutive_inbound_frames_with_empty_payload: value(
      'max_consecutive_inbound_frames_with_empty_payload',
      1,
    ),
    max_inbound_priority_frames_per_stream: value('max_inbound_priority_frames_per_stream', 100),
    max_inbound_window_update_frames_per_data_frame_sent: value(
      'max_inbound_window_update_frames_per_data_frame_sent',
      10,
    ),
    stream_error_on_invalid_http_message: override === undefined ? tolerant || old : flag(override, 'value'),
    keepalive_interval_ms: time('interval'),
    keepalive_timeout_ms: time('timeout'),
    keepalive_idle_interval_ms: time('connection_idle_interval'),
    keepalive_jitter_percent:
      jitter === undefined ? DEFAULT_JITTER_PERCENT : Math.round(number(jitter, 'value')),
  };
}

/** What the above and the data plane do of them. */
export function declareHttp2Options(registry: SupportRegistry, embed: (json: object) => object): void {
  const within = {
    message: 'envoy.config.cluster.v3.Cluster',
    wrap: (json: object) => embed(json) as Record<string, unknown>,
  };
  registry
    .message(
      OPTIONS,
      {
        hpack_table_size: implemented({ sample: 1024 }),
        max_concurrent_streams: implemented({ sample: 7 }),
        initial_stream_window_size: implemented({ sample: 100_000 }),
        initial_connection_window_size: implemented({ sample: 100_000 }),
        allow_connect: implemented(),
        max_outbound_frames: implemented(),
        max_outbound_control_frames: implemented(),
        max_consecutive_inbound_frames_with_empty_payload: implemented({ sample: 7 }),
        max_inbound_priority_frames_per_stream: implemented(),
        max_inbound_window_update_frames_per_data_frame_sent: implemented({ sample: 7 }),
        override_stream_error_on_invalid_http_message: implemented(),
        stream_error_on_invalid_http_messaging: implemented(),
        connection_keepalive: implemented({ sample: { interval: '1s', timeout: '2s' } }),
      },
      { embed: within },
    )
    .message(
      KEEPALIVE,
      {
        interval: implemented(),
        timeout: implemented(),
        interval_jitter: implemented({ sample: { value: 7 } }),
        connection_idle_interval: implemented(),
      },
      {
        minimal: { interval: '10s', timeout: '3s' },
        embed: { ...within, wrap: (json) => within.wrap({ connection_keepalive: json }) },
      },
    );
}
