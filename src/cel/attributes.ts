import { CelAttribute as A, CelHeaders as H, TlsFact } from '../tables/generated/layout.ts';

/** One of Envoy's attributes: a value, or a map of headers. */
export type Attribute = { readonly attribute: A; readonly fact?: TlsFact } | { readonly headers: H };

const value = (attribute: A): Attribute => ({ attribute });
const tls = (fact: TlsFact): Attribute => ({ attribute: A.ConnectionTls, fact });

/** Envoy's attributes by name (its "Attributes" page): those that are built in. */
export const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Attribute>>>> = {
  request: {
    path: value(A.RequestPath),
    url_path: value(A.RequestUrlPath),
    query: value(A.RequestQuery),
    host: value(A.RequestHost),
    scheme: value(A.RequestScheme),
    method: value(A.RequestMethod),
    headers: { headers: H.Request },
    referer: value(A.RequestReferer),
    useragent: value(A.RequestUseragent),
    id: value(A.RequestId),
    time: value(A.RequestTime),
    protocol: value(A.RequestProtocol),
    duration: value(A.RequestDuration),
    size: value(A.RequestSize),
    total_size: value(A.RequestTotalSize),
  },
  response: {
    code: value(A.ResponseCode),
    code_details: value(A.ResponseCodeDetails),
    flags: value(A.ResponseFlags),
    grpc_status: value(A.ResponseGrpcStatus),
    headers: { headers: H.Response },
    trailers: { headers: H.ResponseTrailers },
    size: value(A.ResponseSize),
    total_size: value(A.ResponseTotalSize),
    backend_latency: value(A.ResponseBackendLatency),
  },
  connection: {
    id: value(A.ConnectionId),
    mtls: value(A.ConnectionMtls),
    requested_server_name: value(A.ConnectionRequestedServerName),
    termination_details: value(A.ConnectionTerminationDetails),
    transport_failure_reason: value(A.ConnectionTransportFailureReason),
    tls_version: tls(TlsFact.Version),
    subject_local_certificate: tls(TlsFact.LocalSubject),
    subject_peer_certificate: tls(TlsFact.PeerSubject),
    dns_san_local_certificate: tls(TlsFact.LocalDnsSan),
    dns_san_peer_certificate: tls(TlsFact.PeerDnsSan),
    uri_san_local_certificate: tls(TlsFact.LocalUriSan),
    uri_san_peer_certificate: tls(TlsFact.PeerUriSan),
    sha256_peer_certificate_digest: tls(TlsFact.PeerFingerprint256),
  },
  upstream: {
    address: value(A.UpstreamAddress),
    port: value(A.UpstreamPort),
    local_address: value(A.UpstreamLocalAddress),
    tls_version: value(A.UpstreamTlsVersion),
    transport_failure_reason: value(A.UpstreamTransportFailureReason),
    request_attempt_count: value(A.UpstreamRequestAttemptCount),
    cx_pool_ready_duration: value(A.UpstreamPoolReadyDuration),
  },
  source: { address: value(A.SourceAddress), port: value(A.SourcePort) },
  destination: { address: value(A.DestinationAddress), port: value(A.DestinationPort) },
  xds: {
    cluster_name: value(A.ClusterName),
    route_name: value(A.RouteName),
    filter_chain_name: value(A.FilterChainName),
  },
};

/** Envoy's other attributes, which are refused by name. */
export const UNSUPPORTED_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  upstream: [
    'subject_local_certificate',
    'subject_peer_certificate',
    'dns_san_local_certificate',
    'dns_san_peer_certificate',
    'uri_san_local_certificate',
    'uri_san_peer_certificate',
    'sha256_peer_certificate_digest',
    'locality',
  ],
  xds: [
    'node',
    'cluster_metadata',
    'listener_direction',
    'listener_metadata',
    'route_metadata',
    'virtual_host_name',
    'virtual_host_metadata',
    'upstream_host_metadata',
    'upstream_host_locality_metadata',
  ],
  metadata: [],
  filter_state: [],
  upstream_filter_state: [],
};
