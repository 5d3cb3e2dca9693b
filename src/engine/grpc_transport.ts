/**
 * Calls of the control half to services: gRPC streams (xDS, ALS, load reports) and plain HTTP requests (REST
 * discovery), made by the engine itself, so that they have a cluster's TLS, balancing, limits and statistics.
 * All of it is of the primary thread; callbacks come in turns of its event loop of their own, never inside of a call.
 */

/**
 * Fields of a call in their order, names in lower case. Values of names that end in `-bin` are base64, as they are
 * sent (gRPC's PROTOCOL-HTTP2.md).
 */
export type Metadata = readonly (readonly [name: string, value: string])[];

/** google.rpc.Code */
export const GrpcStatus = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** Told of a call. None is called before `openStream` has returned, none after `onStatus` or `cancel()`. */
export interface GrpcStreamCallbacks {
  /** At most once, before the first message. Not told of a trailers-only answer. */
  onInitialMetadata?(metadata: Metadata): void;
  /** One message, without its prefix; the bytes are the callee's. */
  onMessage(message: Buffer): void;
  /** After messages had to wait: none does any more, `bufferedAmount` is 0 again. */
  onDrain?(): void;
  /**
   * Once, at the end: grpc-status and grpc-message of the server, or what stands for a failure on the way (as Envoy's
   * gRPC client has it: 14 for no host, connection failures, resets and timeouts before the head, 13 for what comes
   * after it). `trailers` are the server's, or empty.
   */
  onStatus(code: number, message: string, trailers: Metadata): void;
}

export interface GrpcStreamOptions {
  /** Of the whole call, in ms; sent as grpc-timeout. Default: none. */
  readonly timeoutMs?: number;
  /** :authority; the cluster's name by default. */
  readonly authority?: string;
  /** Messages of the server above this many bytes end the call as RESOURCE_EXHAUSTED; 0, the default: no limit. */
  readonly maxMessageBytes?: number;
}

/** An open call. After its end nothing has an effect. */
export interface GrpcStream {
  /** Sends one message; the bytes may be reused. Kept until there is a connection and window for it. */
  send(message: Uint8Array): void;
  /** No message follows. */
  end(): void;
  /** Gives up: RST_STREAM, and no callback any more. */
  cancel(): void;
  /** Stops and resumes the server's messages (its window is not given back meanwhile). Those read already come still. */
  pause(): void;
  resume(): void;
  /** Bytes of messages that wait for a connection or for window. */
  readonly bufferedAmount: number;
}

/** Head of an HTTP request; `headers` in lower case, in their order. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** The cluster's name by default. */
  readonly authority?: string;
  readonly headers?: Metadata;
}

/** An answer, or why there is none: details as %RESPONSE_CODE_DETAILS% has them for a proxied request. */
export type RequestOutcome =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Metadata;
      readonly body: Buffer;
    }
  | {
      readonly ok: false;
      readonly reason:
        | 'no-cluster'
        | 'no-host'
        | 'overflow'
        | 'connect-failure'
        | 'connect-timeout'
        | 'timeout'
        | 'reset'
        | 'protocol-error'
        | 'too-large'
        | 'closed';
      readonly details: string;
    };

/** The engine's own client in the primary thread. Costs nothing until first used. */
export interface GrpcTransport {
  /**
   * Opens a call of `/service/method` on a cluster that is published under this name. Never throws for what the
   * network or the configuration does: a cluster that is not there is told by `onStatus(14, …)`.
   */
  openStream(
    clusterName: string,
    service: string,
    method: string,
    metadata: Metadata,
    callbacks: GrpcStreamCallbacks,
    options?: GrpcStreamOptions,
  ): GrpcStream;
  /**
   * One HTTP request with its whole answer. `timeoutMs`: from the request's end to the answer's; 0: none. Answers
   * above `maxBytes` (default 64 MiB) are given up.
   */
  request(
    clusterName: string,
    head: RequestHead,
    body: Uint8Array | undefined,
    timeoutMs: number,
    options?: { readonly signal?: AbortSignal; readonly maxBytes?: number },
  ): Promise<RequestOutcome>;
  /** Ends all that is under way (calls as UNAVAILABLE, requests as `closed`) and lets the connections go. */
  close(): void;
}
