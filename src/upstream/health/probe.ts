/** A connection without a protocol; see EngineTransport.connect. */
export interface Pipe {
  /** Before it is connected too. */
  write(bytes: Uint8Array): void;
  /** Nothing is told of it any more. */
  close(): void;
}

/** Told of a connection, never inside of a call. Nothing follows `onClosed`. */
export interface PipeEvents {
  onConnected(): void;
  onData(bytes: Buffer): void;
  /** The peer has ended it, or it failed: errno, or 0; `reason` is TLS's. */
  onClosed(error: number, reason: string): void;
}

/** Connects to the host of a check. */
export type Connect = (events: PipeEvents) => Pipe;

/** What a probe tells of a check: `CheckSession`. */
export interface ProbeResults {
  success(degraded: boolean): void;
  failure(type: 'ACTIVE' | 'NETWORK', retriable?: boolean, status?: number): void;
  exclude(): void;
}
