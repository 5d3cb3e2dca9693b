/**
 * The contract of the native addon (native/binding). Nothing outside src/engine/ touches it.
 * All functions throw a TypeError only for arguments of a wrong shape: programming errors.
 */

/** One record to publish. `bytes` is copied; the caller may reuse it. */
export interface RecordInput {
  /** Kind number from the generated layout. */
  readonly kind: number;
  /** Directory id that will point at it, 0 for a record that only other records reference. */
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Byte offsets (in `bytes`) of u32 fields that must receive the reference of an earlier record of this batch, as pairs offset, index in batch. */
  readonly children?: Uint32Array;
  /** Likewise, pairs offset, existing reference (from `publish`'s answer) to share an unchanged record. */
  readonly shared?: Uint32Array;
  /** Uses of regex sets that the record takes over: given back when it goes. */
  readonly regexes?: Uint32Array;
  /** Uses of TLS contexts (`tlsContext`) that the record gives back when it goes. */
  readonly contexts?: Uint32Array;
}

/** What a worker or the process tells the primary; `type` decides which fields are set. */
export interface NativeEvent {
  readonly type:
    | 'log'
    | 'outlier'
    | 'demand'
    | 'drained'
    | 'worker-exit'
    | 'listener-error'
    | 'stats-added'
    | 'stats-removed';
  /** Of a log line; of `stats-added` the group of statistics, `message` being the name. */
  readonly level?: number;
  readonly component?: string;
  readonly message?: string;
  readonly worker?: number;
  /** Of a log line: the source file and line, and the thread's id. */
  readonly file?: string;
  readonly line?: number;
  readonly thread?: number;
  /**
   * Of `drained`: the directory id of the removed listener. Of a block of statistics: its number. Of `demand`: what
   * `demandDone` takes; `level` is the kind (src/config/on_demand.ts), `component` the place, `message` the name.
   */
  readonly id?: number;
}

/** What a call of the primary thread tells: `CallEvent::Type` of native/binding/calls.h. */
export const CallEvent = { Metadata: 0, Message: 1, Drain: 2, Status: 3, Answer: 4, Failure: 5 } as const;

/**
 * `number`: grpc-status, or the status of an answer. `text`: grpc-message, or the reason of a failure. `bytes`: a
 * message, or a body. `fields`: names and values in turns; of a failure its details.
 */
export type CallEventHandler = (
  call: number,
  type: number,
  number: number,
  text: string,
  bytes: Buffer,
  fields: readonly string[],
) => void;

/** native/route/explain.h */
export interface NativeExplanation {
  /** Numbers in the table; -1: none. */
  readonly host: number;
  readonly route: number;
  /** Of each route that was tried and did not match: its number, on what (`Check` of native/route/select.h), which. */
  readonly misses: Uint32Array;
  /** 1: the virtual host wants TLS. */
  readonly toTls: number;
  /** Empty: the answer is given here, with this status and location. */
  readonly cluster: string;
  readonly location: string;
  readonly status: number;
  /** The headers as the host and the client would see them. */
  readonly request: readonly string[];
  readonly response: readonly string[];
}

export interface NativeAddon {
  readonly layoutHash: string;
  readonly statsHash: string;
  /** Once per process, on the primary. */
  init(options: {
    concurrency: number;
    slabBytes: number;
    logLevel: number;
    serviceCluster: string;
    serviceNode: string;
    serviceZone: string;
    /** envoy.config.core.v3.Node: what services that are called are told. */
    node?: Uint8Array;
    localAddress: string;
    /** What metadata_exchange tells peers; absent: nothing. */
    peerMetadata?: Uint8Array;
    /** The same for headers. */
    peerMetadataHeader?: string;
    workload?: Uint8Array;
    /** How long log lines may wait in memory, and from how many bytes of a thread on they do not. */
    logFlushMs: number;
    logFlushBytes: number;
    /** How long connections of listeners and filter chains that are replaced may go on; 600 s by default. */
    drainMs?: number;
    /** Clients are told with their next answer; otherwise idle connections end in the course of that time too. */
    drainAtOnce?: boolean;
  }): void;
  /** A slab of memory for records; called when publish answers `needSlab`. */
  addSlab(memory: SharedArrayBuffer): void;
  /** Publishes all or nothing; the verifier's complaint (a string) means nothing was published. Answers the new references in order. */
  publish(records: readonly RecordInput[]): Uint32Array | string;
  /**
   * Routes a request by the published table of this reference, as the data plane would, and says why. Headers are
   * names and values in turns, names in lower case; `random` below 2^53.
   */
  explainRoute(
    table: number,
    request: readonly string[],
    response: readonly string[],
    random: number,
  ): NativeExplanation | undefined;
  /** Takes a directory entry away (0 for its id from then on). */
  remove(id: number): void;
  /** Slab bytes in use, records alive, records waiting for a worker to let go, compiled sets of regexes. */
  recordStats(): { bytes: number; records: number; retiring: number; slabs: number; regexes: number };
  /**
   * Compiles a set of RE2 patterns: its index, or the error text of the first bad one with its index. Same content,
   * same index. Counts one use, to be passed on in a record's `regexes` or given back.
   */
  regexSet(
    patterns: readonly string[],
    options?: { ignoreCase?: boolean },
  ): number | { index: number; message: string };
  /** Gives uses back; a set that nobody uses is destroyed. */
  regexRelease(regexes: readonly number[]): void;
  /** Builds the TLS context of a specification (src/tls/spec.ts), or finds it: its number with one use, or what is wrong. */
  tlsContext(spec: Uint8Array): number | { tag: number; index: number; message: string };
  /** Gives uses of TLS contexts back. */
  tlsRelease(contexts: readonly number[]): void;
  /** Binds and listens; a handle > 0, or the errno name and text. The socket is process-wide; workers get it through their listener record. */
  bind(spec: {
    family: 'ipv4' | 'ipv6' | 'pipe';
    host: string;
    port: number;
    mode: number;
    backlog: number;
    ipv4Compat: boolean;
    reusePort: boolean;
    freebind: boolean;
    transparent: boolean;
    keepalive?: { probes: number; time: number; interval: number };
    options: readonly { level: number; name: number; value: Uint8Array; state: number }[];
  }): { socket: number; port: number } | { code: string; message: string };
  /** Closes the process-wide listening socket once no worker uses it. */
  unbind(socket: number): void;
  /** Connects to a Unix socket ('@…': abstract): its descriptor, the caller's, or what went wrong. */
  connectUnix(path: string): number | string;
  /**
   * Sends listening sockets and a text to the process of the same user that listens on the Unix socket `path` ('@…':
   * abstract); what went wrong, if anything. Blocks, for seconds at most. The sockets stay open here.
   */
  sendSockets(path: string, sockets: readonly number[], text: string): string | undefined;
  /** Waits at most so long for what another process sends to a listening Unix socket; blocks. The sockets are the caller's. */
  takeSockets(
    listening: number,
    timeoutMs: number,
  ): { readonly error?: string; readonly sockets: readonly number[]; readonly text: string };
  /** Starts / stops accepting: all workers adopt the listener of this directory id. */
  addListener(id: number): void;
  /** Draining: stop accepting, tell connections to finish; after `drainMs` the rest is closed. `done` events carry the id. */
  removeListener(id: number, drainMs: number): void;
  /**
   * Takes a host, by the number of its statistics, out of the balancers of a cluster (its directory id), or puts it
   * back. Of `outlier` events: `level` is the kind of failures, `component` the cluster's name, `message` the address.
   */
  ejectHost(cluster: number, host: number, ejected: boolean): void;
  /** Tells the connections of a listener to finish, idle ones in the course of `drainMs`; it goes on accepting. */
  drainListener(id: number, drainMs: number): void;
  /** Begins to drain every connection of the process (close after the current response). */
  drainAll(drainMs: number): void;
  /** Connections open over all workers, and per worker. */
  connections(): Uint32Array;
  /** On a worker thread: runs the engine `index` on this thread's event loop; resolves through `onExit` when it was stopped. */
  runWorker(index: number, onExit: () => void): void;
  stopWorker(index: number): void;
  /**
   * On the primary: a worker without listeners on its event loop, for the calls below; `id` is a number that the
   * caller chooses for each. Nothing is told inside of any of these functions.
   */
  callsStart(onEvent: CallEventHandler): void;
  /** Ends them all, telling nobody, and closes their connections. */
  callsStop(): void;
  /** Opens a gRPC call on the cluster of this directory id. `metadata`: names and values in turns. */
  callsGrpc(
    id: number,
    cluster: number,
    head: {
      authority: string;
      service: string;
      method: string;
      timeoutMs: number;
      maxMessageBytes: number;
    },
    metadata: readonly string[],
  ): void;
  /** Sends one HTTP request; `fields` with its pseudo-header fields. */
  callsHttp(
    id: number,
    cluster: number,
    fields: readonly string[],
    body: Uint8Array | undefined,
    options: { timeoutMs: number; maxBytes: number },
  ): void;
  /**
   * Connects to an address (`10.0.0.1:80`, `[::1]:80`, the path of a Unix socket) for bytes without a protocol:
   * Metadata says that it is connected, Message brings bytes (`number` 1: no more before callsPause(id, false)),
   * Status ends it (`number`: errno, `text`: TLS's reason). `tls`: the directory id of a context, where `secured`;
   * `alpn` as on the wire, empty: the context's; `proxy`: version of a PROXY header that goes first, 0: none;
   * `sslStats`: a block, 0: none.
   */
  callsConnect(
    id: number,
    spec: {
      address: string;
      secured: boolean;
      tls: number;
      serverName: string;
      alpn: string;
      proxy: number;
      sslStats: number;
    },
  ): void;
  callsSend(id: number, message: Uint8Array): void;
  callsEnd(id: number): void;
  callsPause(id: number, pause: boolean): void;
  /** Gives a call up; nothing is told of it any more. */
  callsCancel(id: number): void;
  /** Bytes of messages that wait for a connection or for window. */
  callsWaiting(id: number): number;
  /** Statistic blocks: allocate one of a group for every worker; its index. */
  statsAlloc(group: number): number;
  statsFree(index: number): void;
  /**
   * Values of all slots of a block, summed over the workers, in slot order (see src/stats/groups.ts).
   * A counter that was used, but is 0 since statsResetCounters, is -0. Histograms are read by statsHistogram.
   */
  statsRead(index: number, into: Float64Array): void;
  /** The same of one worker, without regard to statsResetCounters. */
  statsReadWorker(index: number, worker: number, into: Float64Array): void;
  /** Sparse buckets of one histogram slot: pairs of (lower bound ms, count), summed over workers. */
  statsHistogram(index: number, slot: number): Float64Array;
  /** Response codes seen by one `codes` slot, pairs of (code, count). */
  statsCodes(index: number, slot: number): Uint32Array | Float64Array;
  statsResetCounters(): void;
  /** What an earlier process has counted in a block, in statsRead's form: it is added. Replaces what was carried before. */
  statsCarry(index: number, values: Float64Array): void;
  /** Likewise of a slot of statuses, in statsCodes's form. */
  statsCarryCodes(index: number, slot: number, pairs: Float64Array): void;
  /** Access-log files: reopen all (SIGUSR1), flush. */
  reopenLogs(): void;
  flushLogs(): void;
  setLogLevel(component: number, level: number): void;
  /** Registers the primary's event callback. */
  onEvent(callback: (event: NativeEvent) => void): void;
  /** Gives free memory of the process back to the system; from then on, threads give back what they free. */
  trimMemory(): void;
  /** What requests wait for (`demand`) has been published, or will not come: they go on. */
  demandDone(token: number): void;
  /** Failing health checks (/healthcheck/fail). */
  setHealthcheckFail(failed: boolean): void;
  setGlobalConnectionLimit(limit: number): void;
}
