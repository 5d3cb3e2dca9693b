import { isIP } from 'node:net';
import { DescriptorPool } from '../api/descriptor.ts';
import type { FieldValue, Message } from '../api/message.ts';
import { encodeWire, packAny } from '../api/wire.ts';
import { type GoogleTarget, googleTarget } from './google_target.ts';
import type { GoogleChannel } from './payload.ts';

const CORE = 'envoy.config.core.v3';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
/** envoy.config.cluster.v3.Cluster.DiscoveryType */
const STATIC = 0;
const STRICT_DNS = 1;
/** envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType */
const DNS_NAME = 2;
const IP_ADDRESS = 4;
/** gRPC's, to connect. Seconds. */
const CONNECT_S = 20n;

type Fields = { readonly [field: string]: FieldValue };
const made = ($type: string, fields: Fields = {}): Message => ({ $type, ...fields });

/**
 * The cluster that a channel of google_grpc goes through (envoy.config.cluster.v3.Cluster): HTTP/2 to the hosts of its
 * target, whose certificate has to have the target's name.
 */
export function channelMessage(channel: GoogleChannel): Message {
  const target = googleTarget(channel.target) as GoogleTarget;
  const named = 'host' in target && isIP(target.host) === 0;
  return made('envoy.config.cluster.v3.Cluster', {
    name: channel.name,
    type: named ? STRICT_DNS : STATIC,
    connect_timeout: made('google.protobuf.Duration', { seconds: CONNECT_S }),
    load_assignment: hosts(channel.name, target),
    typed_extension_protocol_options: new Map([[HTTP, packAny(http2())]]),
    ...(channel.ssl === undefined ? {} : { transport_socket: tls(channel.ssl, target) }),
  });
}

/** The same on the wire. */
export const channelCluster = (channel: GoogleChannel): Uint8Array =>
  encodeWire(DescriptorPool.load(), channelMessage(channel));

function hosts(cluster_name: string, target: GoogleTarget): Message {
  const address: Fields =
    'path' in target
      ? { pipe: made(`${CORE}.Pipe`, { path: target.path }) }
      : { socket_address: made(`${CORE}.SocketAddress`, { address: target.host, port_value: target.port }) };
  const ENDPOINT = 'envoy.config.endpoint.v3';
  const endpoint = made(`${ENDPOINT}.Endpoint`, { address: made(`${CORE}.Address`, address) });
  const lb_endpoints = [made(`${ENDPOINT}.LbEndpoint`, { endpoint })];
  const endpoints = [made(`${ENDPOINT}.LocalityLbEndpoints`, { lb_endpoints })];
  return made(`${ENDPOINT}.ClusterLoadAssignment`, { cluster_name, endpoints });
}

const http2 = (): Message =>
  made(HTTP, {
    explicit_http_config: made(`${HTTP}.ExplicitHttpConfig`, {
      http2_protocol_options: made(`${CORE}.Http2ProtocolOptions`),
    }),
  });

/** As gRPC does, the name is that of the target. */
function tls(ssl: NonNullable<GoogleChannel['ssl']>, target: GoogleTarget): Message {
  const host = 'host' in target ? target.host : 'localhost';
  const address = isIP(host) !== 0;
  const name = made(`${TLS}.SubjectAltNameMatcher`, {
    san_type: address ? IP_ADDRESS : DNS_NAME,
    matcher: made('envoy.type.matcher.v3.StringMatcher', { exact: host }),
  });
  const { roots, key, chain } = ssl;
  const own: Fields =
    key === undefined || chain === undefined
      ? {}
      : { tls_certificates: [made(`${TLS}.TlsCertificate`, { certificate_chain: chain, private_key: key })] };
  const common_tls_context = made(`${TLS}.CommonTlsContext`, {
    alpn_protocols: ['h2'],
    validation_context: made(`${TLS}.CertificateValidationContext`, {
      trusted_ca: roots,
      match_typed_subject_alt_names: [name],
    }),
    ...own,
  });
  const context = made(`${TLS}.UpstreamTlsContext`, {
    common_tls_context,
    ...(address ? {} : { sni: host }),
  });
  return made(`${CORE}.TransportSocket`, {
    name: 'envoy.transport_sockets.tls',
    typed_config: packAny(context),
  });
}
