/** Severity names in Envoy's order; the index is the number that the native half uses. */
export const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] as const;
export type Level = (typeof LEVELS)[number];

export const levelNumber = (level: Level): number => LEVELS.indexOf(level);

/** Envoy's logger names in the order of its /logging page; the index is the number that the native half uses. */
export const COMPONENTS = (
  'a2a admin ai_protocol_manager alternate_protocols_cache aws assert backtrace basic_auth cache_filter client ' +
  'config connection conn_handler compression credential_injector decompression dns dubbo envoy_bug ext_authz ' +
  'ext_proc rocketmq file filter forward_proxy geolocation grpc happy_eyeballs hc health_checker http http2 ' +
  'hystrix init io jwt json_rpc kafka key_value_store lua local_rate_limit main matcher mcp misc mongo ' +
  'multi_connection notification oauth2 quic quic_stream pool rate_limit_quota rbac rds redis router runtime ' +
  'stats secret sse tap testing thrift tracing upstream udp wasm websocket golang stats_sinks dynamic_modules ' +
  'ip_tagging'
).split(' ') as readonly string[];

export type Component = string;

const numbers = new Map(COMPONENTS.map((name, index) => [name, index]));
export const isComponent = (name: string): boolean => numbers.has(name);
/** Its number for the native half; -1 for an unknown name. */
export const componentNumber = (name: string): number => numbers.get(name) ?? -1;
