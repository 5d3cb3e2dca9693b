/** What a stream tells. After `onEnd` nothing follows. */
export interface StreamEvents {
  /** The server has answered with headers: there is a control plane. */
  onOpen?(): void;
  /** One message, without its gRPC prefix; the bytes are the receiver's. */
  onMessage(bytes: Uint8Array): void;
  /** The stream is over: a gRPC status, or what kept it from working. */
  onEnd(end: { readonly code: number; readonly message: string }): void;
}

/** A bidirectional stream of messages. */
export interface Stream {
  send(message: Uint8Array): void;
  /** Ends it from here; no event follows. */
  cancel(): void;
  /** Bytes that were sent and that nobody has taken yet; absent: it is not known. */
  waiting?(): number;
  /** Messages wait at the server from now on, or no longer. */
  pause?(paused: boolean): void;
}

/** Opens a stream to a method (`/package.Service/Method`). */
export type OpenStream = (path: string, events: StreamEvents) => Stream;
