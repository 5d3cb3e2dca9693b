import type { FieldValue, Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { googleTarget } from '../../config/google_target.ts';

const GOOGLE = 'envoy.config.core.v3.GrpcService.GoogleGrpc';

/** Where no TLS context is built of it. */
const inCluster = (google_grpc: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const api = { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [{ google_grpc }] };
  const eds_cluster_config = { eds_config: { api_config_source: api } };
  return { name: 'cluster', type: 'EDS', eds_cluster_config };
};

/** Channels of management servers: what src/config/google_channel.ts makes clusters of. */
export function declareGoogle(registry: SupportRegistry): void {
  registry
    .message(
      GOOGLE,
      {
        target_uri: implemented({
          sample: 'dns:///other:2',
          only: (uri) => (googleTarget(uri as string) === undefined ? `the target ${uri}` : undefined),
          note: '`host:port`, `dns:///host:port`, `unix:path`',
        }),
        stat_prefix: implemented({ sample: 'other' }),
        channel_credentials: implemented({
          sample: { ssl_credentials: { root_certs: { inline_string: 'roots' } } },
          only: onlyCredentials,
        }),
      },
      {
        minimal: { target_uri: 'unix:socket', stat_prefix: 'google' },
        embed: { message: 'envoy.config.cluster.v3.Cluster', wrap: inCluster },
      },
    )
    .message(
      `${GOOGLE}.ChannelCredentials`,
      {
        ssl_credentials: implemented({ sample: { root_certs: { inline_string: 'other' } } }),
        local_credentials: harmless('a socket of this machine needs none'),
      },
      { minimal: { local_credentials: {} } },
    )
    .message(
      `${GOOGLE}.SslCredentials`,
      {
        root_certs: implemented({ sample: { inline_string: 'other' } }),
        private_key: implemented({ uncompiled: 'it comes with its cert_chain' }),
        cert_chain: implemented({ uncompiled: 'it comes with its private_key' }),
      },
      { minimal: { root_certs: { inline_string: 'roots' } } },
    )
    .message(`${GOOGLE}.GoogleLocalCredentials`, {});
}

/** Of a channel's credentials, what cannot work or would be left to gRPC's own files. */
function onlyCredentials(
  value: FieldValue,
  { target_uri }: Readonly<Record<string, unknown>>,
): string | undefined {
  const credentials = value as Message;
  if (credentials.local_credentials !== undefined && !String(target_uri).startsWith('unix:'))
    return 'local_credentials for a target that is no unix: socket';
  const ssl = credentials.ssl_credentials as Message | undefined;
  if (ssl === undefined) return undefined;
  if (ssl.root_certs === undefined) return 'ssl_credentials without root_certs';
  if ((ssl.private_key === undefined) !== (ssl.cert_chain === undefined))
    return 'one of private_key and cert_chain without the other';
  return undefined;
}
