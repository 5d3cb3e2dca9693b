import { canonicalName, isXdstp } from '../xds/xdstp.ts';
import { createHash } from 'node:crypto';
import type { Message } from '../api/message.ts';
import { googleAuthority } from './google_target.ts';
import { CHANNEL_PREFIX, type ConfigSource, type GoogleChannel, type ServerSettings } from './payload.ts';

/** Where resources come from (envoy.config.core.v3.ConfigSource), as plain data. Messages are valid and supported. */
type Msg = { readonly [field: string]: unknown };

/** envoy.config.core.v3.ApiConfigSource.ApiType by number. */
const REST = 1;
const KINDS: Readonly<Record<number, ServerSettings['kind']>> = { 1: 'rest', 2: 'sotw', 3: 'delta' };
/** Envoy's, for RateLimitSettings that say nothing. */
const MAX_TOKENS = 100;
const FILL_RATE = 10;
const DEFAULT_FETCH_MS = 15_000;
const REQUEST_TIMEOUT_MS = 1000;

const message = (of: Msg | undefined, field: string): Msg | undefined => of?.[field] as Msg | undefined;
const list = (of: Msg | undefined, field: string): readonly Msg[] =>
  (of?.[field] as readonly Msg[] | undefined) ?? [];
const text = (of: Msg | undefined, field: string): string => (of?.[field] as string | undefined) ?? '';
const wrapped = (of: Msg | undefined, field: string): number | undefined => {
  const wrapper = message(of, field);
  return wrapper === undefined ? undefined : ((wrapper.value as number | undefined) ?? 0);
};

/** A google.protobuf.Duration in ms; undefined when unset. */
export function durationMs(of: Msg | undefined, field: string): number | undefined {
  const duration = message(of, field);
  if (duration === undefined) return undefined;
  return (
    Number((duration.seconds as bigint | undefined) ?? 0n) * 1000 +
    ((duration.nanos as number | undefined) ?? 0) / 1e6
  );
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc; undefined when there is none. */
function googleChannel(google: Msg | undefined): GoogleChannel | undefined {
  if (google === undefined) return undefined;
  const ssl = message(message(google, 'channel_credentials'), 'ssl_credentials');
  const source = (field: string): Message | undefined => message(ssl, field) as Message | undefined;
  const roots = source('root_certs');
  const [key, chain] = [source('private_key'), source('cert_chain')];
  const channel = {
    target: text(google, 'target_uri'),
    statPrefix: text(google, 'stat_prefix'),
    ...(roots === undefined
      ? {}
      : {
          ssl: { roots, ...(key === undefined || chain === undefined ? {} : { key, chain }) },
        }),
  };
  const hash = createHash('sha256').update(JSON.stringify(channel)).digest('hex').slice(0, 32);
  return { name: CHANNEL_PREFIX + hash, ...channel };
}

/** Where a stream is opened, and how. */
function grpcSettings(api: Msg): Omit<ServerSettings, 'kind'> {
  const service = list(api, 'grpc_services')[0];
  const envoy = message(service, 'envoy_grpc');
  const backoff = message(
    message(envoy, 'retry_policy') ?? message(service, 'retry_policy'),
    'retry_back_off',
  );
  const limit = message(api, 'rate_limit_settings');
  const channel = googleChannel(message(service, 'google_grpc'));
  const authority = channel === undefined ? text(envoy, 'authority') : googleAuthority(channel.target);
  const metadata = list(service, 'initial_metadata').map((header) => {
    const raw = header.raw_value as Uint8Array | undefined;
    const value = raw === undefined ? text(header, 'value') : Buffer.from(raw).toString('latin1');
    return [text(header, 'key').toLowerCase(), value] as const;
  });
  const base = durationMs(backoff, 'base_interval');
  return {
    cluster: channel?.target ?? text(envoy, 'cluster_name'),
    ...(channel === undefined ? {} : { channel }),
    nodeOnce: api.set_node_on_first_message_only === true,
    ...(authority === '' ? {} : { authority }),
    ...(metadata.length === 0 ? {} : { metadata }),
    ...(limit === undefined
      ? {}
      : {
          rateLimit: {
            maxTokens: wrapped(limit, 'max_tokens') ?? MAX_TOKENS,
            fillRate: wrapped(limit, 'fill_rate') ?? FILL_RATE,
          },
        }),
    ...(base === undefined
      ? {}
      : { backoff: { baseMs: base, maxMs: durationMs(backoff, 'max_interval') ?? base * 10 } }),
    ...(service?.timeout === undefined ? {} : { timeoutMs: durationMs(service, 'timeout') ?? 0 }),
    ...(wrapped(envoy, 'max_receive_message_length') === undefined
      ? {}
      : { maxMessageBytes: wrapped(envoy, 'max_receive_message_length') as number }),
  };
}

/** envoy.config.core.v3.ApiConfigSource of a server of its own (not of the aggregated kinds). */
export function serverSettings(api: Msg): ServerSettings {
  const type = (api.api_type as number | undefined) ?? 0;
  if (type !== REST) return { kind: KINDS[type] ?? 'sotw', ...grpcSettings(api) };
  return {
    kind: 'rest',
    cluster: (api.cluster_names as readonly string[] | undefined)?.[0] ?? '',
    nodeOnce: false,
    refreshMs: durationMs(api, 'refresh_delay') ?? 0,
    timeoutMs: durationMs(api, 'request_timeout') ?? REQUEST_TIMEOUT_MS,
  };
}

/**
 * envoy.config.core.v3.ConfigSource; undefined when there is none. `origin`: where the message came from that
 * has the source in it, which is what `self` means.
 */
export function configSource(source: Msg | undefined, origin?: ConfigSource): ConfigSource | undefined {
  if (source === undefined) return undefined;
  const initialFetchTimeoutMs = durationMs(source, 'initial_fetch_timeout') ?? DEFAULT_FETCH_MS;
  const api = message(source, 'api_config_source');
  if (source.ads !== undefined) return { ads: true, initialFetchTimeoutMs };
  if (source.self !== undefined) return origin && { ...origin, initialFetchTimeoutMs };
  if (api !== undefined) {
    // The aggregated kinds are other words for `ads`.
    if (((api.api_type as number | undefined) ?? 0) >= 5) return { ads: true, initialFetchTimeoutMs };
    return { api: serverSettings(api), initialFetchTimeoutMs };
  }
  const file = message(source, 'path_config_source');
  const path = file === undefined ? text(source, 'path') : text(file, 'path');
  if (path === '') return undefined;
  const directory = message(file, 'watched_directory');
  if (directory === undefined) return { path, initialFetchTimeoutMs };
  return {
    path,
    initialFetchTimeoutMs,
    directory: text(directory, 'path'),
    modify: directory.watch_modify === true,
  };
}

/** Sources with the same key are one subscription. */
export function sourceKey(source: ConfigSource): string {
  if ('path' in source) return `${source.path}\0${source.directory ?? ''}\0${source.modify ?? false}`;
  if ('ads' in source) return source.authority === undefined ? '\0ads' : `\0ads ${source.authority}`;
  return `\0${JSON.stringify(source.api)}`;
}

/** What the scopes of a source are published as, whose route tables come from another. */
export const scopesKey = (source: ConfigSource, rds: ConfigSource): string =>
  `${sourceKey(source)}\0${sourceKey(rds)}`;

/** What the configuration of a filter is published as that a source delivers; `httpStat`: as of ExtensionContext. */
export const extensionKey = (
  name: string,
  source: ConfigSource,
  httpStat: string,
  types: readonly string[],
): string => [sourceKey(source), name, httpStat, ...types].join('\0');

/** What a route table of RDS is published as: two sources may have one of the same name, unless it has an authority. */
export const routeKey = (name: string, source: ConfigSource): string =>
  isXdstp(name) ? `\0${canonicalName(name)}` : `${sourceKey(source)}\0${name}`;
