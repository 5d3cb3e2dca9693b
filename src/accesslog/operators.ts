import { AddressPart, FormatOperator as Op, TlsFact } from '../tables/generated/layout.ts';

/** What may follow an operator's name: `%NAME%`, `%NAME(...)%`. */
export type Parameters = 'none' | 'optional' | 'required';

export type Operator = {
  readonly op: Op;
  readonly parameters: Parameters;
  /** `:10` cuts the value. */
  readonly length?: boolean;
  /** The variant that the name itself says. */
  readonly variant?: number;
};

const plain = (op: Op, variant?: number): Operator => ({ op, parameters: 'none', variant });
const header = (op: Op): Operator => ({ op, parameters: 'required', length: true });
const time = (op: Op): Operator => ({ op, parameters: 'optional' });

/** `X_ADDRESS`, `X_ADDRESS_WITHOUT_PORT`, `X_PORT`. */
const address = (name: string, op: Op): Record<string, Operator> => ({
  [`${name}_ADDRESS`]: plain(op),
  [`${name}_ADDRESS_WITHOUT_PORT`]: { op, parameters: 'optional', variant: AddressPart.WithoutPort },
  [`${name}_PORT`]: plain(op, AddressPart.Port),
});

/** The operators that mean something here, by Envoy's names. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  REQ: header(Op.RequestHeader),
  REQUEST_HEADER: header(Op.RequestHeader),
  REQ_WITHOUT_QUERY: { ...header(Op.RequestHeader), variant: 1 },
  RESP: header(Op.ResponseHeader),
  RESPONSE_HEADER: header(Op.ResponseHeader),
  TRAILER: header(Op.ResponseTrailer),
  RESPONSE_TRAILER: header(Op.ResponseTrailer),
  START_TIME: time(Op.StartTime),
  EMIT_TIME: time(Op.EmitTime),
  DURATION: plain(Op.Duration),
  REQUEST_DURATION: plain(Op.RequestDuration),
  REQUEST_TX_DURATION: plain(Op.RequestTxDuration),
  RESPONSE_DURATION: plain(Op.ResponseDuration),
  RESPONSE_TX_DURATION: plain(Op.ResponseTxDuration),
  UPSTREAM_CONNECTION_POOL_READY_DURATION: plain(Op.UpstreamPoolReadyDuration),
  COMMON_DURATION: { op: Op.CommonDuration, parameters: 'required' },
  BYTES_RECEIVED: plain(Op.BytesReceived),
  BYTES_SENT: plain(Op.BytesSent),
  DOWNSTREAM_WIRE_BYTES_RECEIVED: plain(Op.DownstreamWireBytesReceived),
  DOWNSTREAM_WIRE_BYTES_SENT: plain(Op.DownstreamWireBytesSent),
  DOWNSTREAM_HEADER_BYTES_RECEIVED: plain(Op.DownstreamHeaderBytesReceived),
  DOWNSTREAM_HEADER_BYTES_SENT: plain(Op.DownstreamHeaderBytesSent),
  UPSTREAM_WIRE_BYTES_RECEIVED: plain(Op.UpstreamWireBytesReceived),
  UPSTREAM_WIRE_BYTES_SENT: plain(Op.UpstreamWireBytesSent),
  UPSTREAM_HEADER_BYTES_RECEIVED: plain(Op.UpstreamHeaderBytesReceived),
  UPSTREAM_HEADER_BYTES_SENT: plain(Op.UpstreamHeaderBytesSent),
  REQUEST_HEADERS_BYTES: plain(Op.RequestHeadersBytes),
  RESPONSE_HEADERS_BYTES: plain(Op.ResponseHeadersBytes),
  RESPONSE_TRAILERS_BYTES: plain(Op.ResponseTrailersBytes),
  PROTOCOL: plain(Op.Protocol),
  UPSTREAM_PROTOCOL: plain(Op.UpstreamProtocol),
  RESPONSE_CODE: plain(Op.ResponseCode),
  RESPONSE_CODE_DETAILS: { op: Op.ResponseCodeDetails, parameters: 'optional' },
  RESPONSE_FLAGS: plain(Op.ResponseFlags),
  RESPONSE_FLAGS_LONG: plain(Op.ResponseFlagsLong),
  CONNECTION_TERMINATION_DETAILS: plain(Op.ConnectionTerminationDetails),
  ROUTE_NAME: plain(Op.RouteName),
  LISTENER_NAME: plain(Op.ListenerName),
  FILTER_CHAIN_NAME: plain(Op.FilterChainName),
  VIRTUAL_CLUSTER_NAME: plain(Op.VirtualClusterName),
  UPSTREAM_CLUSTER: plain(Op.UpstreamCluster),
  UPSTREAM_CLUSTER_RAW: plain(Op.UpstreamClusterRaw),
  UPSTREAM_HOST: plain(Op.UpstreamHost),
  UPSTREAM_HOST_NAME: plain(Op.UpstreamHostName),
  UPSTREAM_HOST_NAME_WITHOUT_PORT: plain(Op.UpstreamHostNameWithoutPort),
  ...address('UPSTREAM_REMOTE', Op.UpstreamRemoteAddress),
  ...address('UPSTREAM_LOCAL', Op.UpstreamLocalAddress),
  UPSTREAM_TLS_VERSION: plain(Op.UpstreamTlsVersion),
  UPSTREAM_TLS_CIPHER: plain(Op.UpstreamTlsCipher),
  UPSTREAM_TRANSPORT_FAILURE_REASON: plain(Op.UpstreamTransportFailureReason),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: plain(Op.UpstreamRequestAttemptCount),
  UPSTREAM_CONNECTION_ID: plain(Op.UpstreamConnectionId),
  ...address('DOWNSTREAM_REMOTE', Op.DownstreamRemoteAddress),
  ...address('DOWNSTREAM_LOCAL', Op.DownstreamLocalAddress),
  ...address('DOWNSTREAM_DIRECT_REMOTE', Op.DownstreamDirectRemoteAddress),
  ...address('DOWNSTREAM_DIRECT_LOCAL', Op.DownstreamDirectLocalAddress),
  DOWNSTREAM_TRANSPORT_FAILURE_REASON: plain(Op.DownstreamTransportFailureReason),
  REQUESTED_SERVER_NAME: plain(Op.RequestedServerName),
  DOWNSTREAM_TLS_VERSION: plain(Op.DownstreamTls, TlsFact.Version),
  DOWNSTREAM_TLS_CIPHER: plain(Op.DownstreamTls, TlsFact.Cipher),
  DOWNSTREAM_TLS_SESSION_ID: plain(Op.DownstreamTls, TlsFact.SessionId),
  DOWNSTREAM_PEER_SUBJECT: plain(Op.DownstreamTls, TlsFact.PeerSubject),
  DOWNSTREAM_PEER_ISSUER: plain(Op.DownstreamTls, TlsFact.PeerIssuer),
  DOWNSTREAM_PEER_SERIAL: plain(Op.DownstreamTls, TlsFact.PeerSerial),
  DOWNSTREAM_PEER_FINGERPRINT_256: plain(Op.DownstreamTls, TlsFact.PeerFingerprint256),
  DOWNSTREAM_PEER_FINGERPRINT_1: plain(Op.DownstreamTls, TlsFact.PeerFingerprint1),
  DOWNSTREAM_PEER_CERT: plain(Op.DownstreamTls, TlsFact.PeerCert),
  DOWNSTREAM_PEER_URI_SAN: plain(Op.DownstreamTls, TlsFact.PeerUriSan),
  DOWNSTREAM_PEER_DNS_SAN: plain(Op.DownstreamTls, TlsFact.PeerDnsSan),
  DOWNSTREAM_PEER_IP_SAN: plain(Op.DownstreamTls, TlsFact.PeerIpSan),
  DOWNSTREAM_PEER_EMAIL_SAN: plain(Op.DownstreamTls, TlsFact.PeerEmailSan),
  DOWNSTREAM_PEER_OTHERNAME_SAN: plain(Op.DownstreamTls, TlsFact.PeerOthernameSan),
  DOWNSTREAM_LOCAL_URI_SAN: plain(Op.DownstreamTls, TlsFact.LocalUriSan),
  DOWNSTREAM_LOCAL_DNS_SAN: plain(Op.DownstreamTls, TlsFact.LocalDnsSan),
  DOWNSTREAM_LOCAL_IP_SAN: plain(Op.DownstreamTls, TlsFact.LocalIpSan),
  DOWNSTREAM_LOCAL_EMAIL_SAN: plain(Op.DownstreamTls, TlsFact.LocalEmailSan),
  DOWNSTREAM_LOCAL_OTHERNAME_SAN: plain(Op.DownstreamTls, TlsFact.LocalOthernameSan),
  DOWNSTREAM_LOCAL_SUBJECT: plain(Op.DownstreamTls, TlsFact.LocalSubject),
  DOWNSTREAM_PEER_CERT_V_START: time(Op.DownstreamPeerCertValidity),
  DOWNSTREAM_PEER_CERT_V_END: { ...time(Op.DownstreamPeerCertValidity), variant: 1 },
  CONNECTION_ID: plain(Op.ConnectionId),
  STREAM_ID: plain(Op.StreamId),
  UNIQUE_ID: plain(Op.UniqueId),
  GRPC_STATUS: { op: Op.GrpcStatus, parameters: 'optional' },
  GRPC_STATUS_NUMBER: plain(Op.GrpcStatus, 2),
  HOSTNAME: plain(Op.Hostname),
  QUERY_PARAM: { op: Op.QueryParam, parameters: 'required', length: true },
  QUERY_PARAMS: { op: Op.QueryParams, parameters: 'optional', length: true },
  PATH: { op: Op.Path, parameters: 'optional', length: true },
  ACCESS_LOG_TYPE: plain(Op.AccessLogType),
  CEL: { op: Op.Cel, parameters: 'required', length: true },
};

/** Resolved when the format is compiled. */
export const ENVIRONMENT = 'ENVIRONMENT';

/** Envoy's other operators: known, and refused by name. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(
  `BYTES_RETRANSMITTED CLUSTER_METADATA COALESCE CUSTOM_FLAGS DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
  DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT DOWNSTREAM_DETECTED_CLOSE_TYPE
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_HANDSHAKE_DURATION
  DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_CLOSE_REASON       DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS
        DYNAMIC_METADATA EMIT_TIME_LOCAL FILTER_STATE
  LOCAL_REPLY_BODY METADATA PACKETS_RETRANSMITTED ROUNDTRIP_DURATION START_TIME_LOCAL TLS_JA3_FINGERPRINT
  TLS_JA4_FINGERPRINT TRACE_ID TYPED_CEL UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_FILTER_STATE
  UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN
  UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_URI_SAN UPSTREAM_METADATA UPSTREAM_PEER_CERT UPSTREAM_PEER_CERT_V_END
  UPSTREAM_PEER_CERT_V_START UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER
  UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_SERVER_NAME
  UPSTREAM_TLS_SESSION_ID`.split(/\s+/),
);
