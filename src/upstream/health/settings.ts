/**
 * envoy.config.core.v3.HealthCheck as the primary thread needs it: plain data that crosses threads, defaults filled
 * in by src/tables/health_checks.ts. Times in ms.
 */

/** A half-open range of statuses (envoy.type.v3.Int64Range). */
export type StatusRange = readonly [start: number, end: number];

/** A field that requests of a check get, and how (HeaderValueOption.append_action); `value` is text as it is sent. */
export type AddedField = {
  readonly name: string;
  readonly value: string;
  readonly action: 'append' | 'absent' | 'overwrite' | 'exists';
  readonly keepEmpty: boolean;
};

/** envoy.type.matcher.v3.StringMatcher; `value` is in lower case where the case does not matter. */
export type TextMatch = {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'contains';
  readonly value: string;
  readonly ignoreCase: boolean;
};

export type HttpCheck = {
  readonly kind: 'http';
  /** Empty: the name of the cluster. */
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly http2: boolean;
  readonly send?: Uint8Array;
  /** In this order in the body, if any. */
  readonly receive: readonly Uint8Array[];
  /** Of the body so much is looked at; 0: all of it. */
  readonly bufferBytes: number;
  readonly add: readonly AddedField[];
  readonly remove: readonly string[];
  readonly expected: readonly StatusRange[];
  readonly retriable: readonly StatusRange[];
  readonly service?: TextMatch;
};
export type TcpCheck = {
  readonly kind: 'tcp';
  readonly send: Uint8Array | undefined;
  /** Empty: being connected is enough. */
  readonly receive: readonly Uint8Array[];
};
export type GrpcCheck = {
  readonly kind: 'grpc';
  readonly service: string;
  readonly authority: string;
  readonly add: readonly AddedField[];
};
export type ProbeSettings = HttpCheck | TcpCheck | GrpcCheck;

/** What connections begin with: TLS with the context of that name, a PROXY header of that version. */
export type CheckTransport = { readonly tls?: string; readonly proxy?: 1 | 2 };

export type HealthCheckSettings = {
  readonly probe: ProbeSettings;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly unhealthyMs: number;
  readonly unhealthyEdgeMs: number;
  readonly healthyEdgeMs: number;
  readonly noTrafficMs: number;
  readonly noTrafficHealthyMs: number;
  readonly initialJitterMs: number;
  readonly jitterMs: number;
  readonly jitterPercent: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly reuseConnection: boolean;
  /** Files that events are written to. */
  readonly logs: readonly string[];
  readonly logFailures: boolean;
  readonly logSuccess: boolean;
  /** tls_options.alpn_protocols as TLS has them on the wire; empty: what the context says. */
  readonly alpn: string;
  /** transport_socket_match_criteria, instead of what hosts say of themselves. */
  readonly criteria?: readonly string[];
};

/** What a cluster says about the health of its hosts. */
export type ClusterHealthSettings = {
  readonly check: HealthCheckSettings;
  readonly transport: CheckTransport;
  /** transport_socket_matches: the first whose labels a host has. */
  readonly matches: readonly (CheckTransport & { readonly labels: readonly string[] })[];
  /** ignore_health_on_host_removal */
  readonly removeAtOnce: boolean;
  /** common_lb_config.ignore_new_hosts_until_first_hc */
  readonly excludeNew: boolean;
  /** Hosts that are taken out of an endpoint set go when their check fails, not only with the next set. */
  readonly removeWhenFailed: boolean;
};

/** envoy.config.endpoint.v3.Endpoint.HealthCheckConfig: what of it is set. */
export type HostCheckSettings = {
  readonly port?: number;
  readonly hostname?: string;
  /** As HostView has addresses. */
  readonly address?: string;
  readonly disabled?: boolean;
};
