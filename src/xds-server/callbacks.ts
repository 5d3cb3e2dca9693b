import type { ErrorDetail, Request } from './request.ts';
import type { NodeInfo } from './view.ts';

/** What a program may know of a stream. */
export interface StreamInfo {
  /** Counted from 1 by the server. */
  readonly id: number;
  readonly protocol: 'sotw' | 'delta';
  /** Of the stream's one type; undefined: an aggregated stream. */
  readonly typeUrl: string | undefined;
  /** Who is at the other end; undefined until the first request. */
  readonly node: NodeInfo | undefined;
  /** `127.0.0.1:41234` */
  readonly peer: string;
  /** Headers of the call, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a client that showed a certificate. */
  readonly certificate: { readonly subject: string; readonly altNames: string } | undefined;
}

/** What was sent on a stream, or answered to a poll. */
export type ResponseInfo = {
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  /** Of the resources in it; undefined: all there are. */
  readonly names: readonly string[] | undefined;
  readonly removed: readonly string[];
  /** Bytes of the message. */
  readonly size: number;
};

/** A poll over REST, or a unary call of gRPC. */
export type FetchInfo = {
  readonly typeUrl: string;
  readonly node: NodeInfo;
  readonly versionInfo: string;
  readonly names: readonly string[];
  readonly peer: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Refuses a client: throw it in onStreamOpen, onRequest or onFetch. */
export class Refused extends Error {
  /** The number of a gRPC status; 7: permission denied. */
  readonly code: number;

  constructor(message: string, code = 7) {
    super(message);
    this.name = 'Refused';
    this.code = code;
  }
}

/**
 * What a program may be told of. All are called in turn with the work of the server: they should be quick. What
 * they throw ends the stream (or the poll); a Refused with its status.
 */
export type Callbacks = {
  onStreamOpen?(stream: StreamInfo): void;
  onStreamClosed?(stream: StreamInfo): void;
  onRequest?(stream: StreamInfo, request: Request): void;
  onResponse?(stream: StreamInfo, response: ResponseInfo): void;
  /** A client took a response. */
  onAck?(stream: StreamInfo, answer: { readonly typeUrl: string; readonly version: string }): void;
  /** A client refused a response: it goes on with what it had. */
  onNack?(
    stream: StreamInfo,
    answer: { readonly typeUrl: string; readonly version: string; readonly error: ErrorDetail },
  ): void;
  onFetch?(fetch: FetchInfo): void;
  onFetchResponse?(fetch: FetchInfo, response: { readonly version: string; readonly status: number }): void;
};
