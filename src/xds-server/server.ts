import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Callbacks, FetchInfo, StreamInfo } from './callbacks.ts';
import { fetchedMessage, fetchResources } from './fetch.ts';
import { type GrpcService, grpcServices } from './grpc.ts';
import { type GrpcListener, listenGrpc } from './grpc_listener.ts';
import { NameSets, readSotw } from './request.ts';
import { restHandler } from './rest.ts';
import { listenRest, type RestListener } from './rest_listener.ts';
import { type ClientStatus, statusOf } from './status.ts';
import { Stream, type StreamContext, STATUS, type Wire } from './stream.ts';
import { Budget, Turns } from './turns.ts';
import type { Source } from './view.ts';

/** PEM texts of a listener with TLS. */
export type TlsOptions = {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** The authorities of clients' certificates: with them, clients have to show one. */
  readonly ca?: string | Buffer;
};

export type ServerOptions = {
  readonly callbacks?: Callbacks;
  /** `control_plane.identifier` of responses; default: none. */
  readonly identifier?: string;
  /**
   * So long a response waits for the answer to an earlier one: to the one before it, and those of clusters before
   * listeners and routes. Milliseconds; default 5000.
   */
  readonly holdMs?: number;
  /** Bytes of responses on their way to clients that read them; default 64 MiB. */
  readonly inFlightBytes?: number;
  /** Bytes of responses for clients that do not read; then the slowest is let go. Default 256 MiB. */
  readonly slowBytes?: number;
  /** From then on a client does not read; milliseconds, default 2000. */
  readonly slowMs?: number;
  /** Pings to idle connections; milliseconds, default 30000; those that do not answer for as long are closed. */
  readonly keepaliveMs?: number;
};

export type ListenOptions = {
  /** `host:port` (port 0: any), or `unix:/path` of a socket. */
  readonly grpc?: string;
  /** `host:port` for REST polling. */
  readonly rest?: string;
  readonly tls?: TlsOptions;
};

/** Where a server listens. */
export type Listening = {
  readonly grpc?: { readonly address: string; readonly port: number };
  readonly rest?: { readonly address: string; readonly port: number };
};

/** Serves what a source has over gRPC (state of the world and delta, aggregated or by type) and REST. */
export class XdsServer {
  readonly #source: Source;
  readonly #callbacks: Callbacks;
  readonly #options: ServerOptions;
  readonly #context: StreamContext;
  readonly #streams = new Set<Stream>();
  readonly #listeners = new Set<GrpcListener | RestListener>();
  #lastId = 0;

  constructor(source: Source, options: ServerOptions = {}) {
    this.#source = source;
    this.#options = options;
    this.#callbacks = options.callbacks ?? {};
    this.#context = {
      source,
      callbacks: this.#callbacks,
      response: { identifier: options.identifier ?? '' },
      turns: new Turns(),
      budget: new Budget({
        bytes: options.inFlightBytes ?? 64 << 20,
        slowBytes: options.slowBytes ?? 256 << 20,
        slowMs: options.slowMs ?? 2000,
      }),
      names: new NameSets(),
      holdMs: options.holdMs ?? 5000,
    };
  }

  /** Listens; may be called more than once. gRPC needs the package `@grpc/grpc-js`. */
  async listen(options: ListenOptions): Promise<Listening> {
    const { keepaliveMs } = this.#options;
    const made: { -readonly [key in keyof Listening]: Listening[key] } = {};
    if (options.grpc !== undefined) {
      const listener = await listenGrpc(options.grpc, this.grpcServices(), { tls: options.tls, keepaliveMs });
      this.#listeners.add(listener);
      made.grpc = { address: listener.address, port: listener.port };
    }
    if (options.rest !== undefined) {
      const listener = await listenRest(options.rest, this.restHandler, options.tls);
      this.#listeners.add(listener);
      const { address, port } = listener.server.address() as AddressInfo;
      made.rest = { address, port };
    }
    return made;
  }

  /** The services, for a grpc.Server of the program's own: `addService(definition, implementation)`. */
  grpcServices(): GrpcService[] {
    return grpcServices({
      open: (info, wire) => this.#open(info, wire),
      fetch: (typeUrl, bytes, caller) => {
        const request = readSotw(bytes, this.#context.names);
        const node = request.node ?? { id: '', cluster: '' };
        const info = {
          typeUrl,
          node,
          versionInfo: request.versionInfo,
          names: [...request.names],
          ...caller,
        };
        return this.#fetch(info);
      },
    });
  }

  /** A handler for node:http(s): true when it was for the server, and is answered. */
  readonly restHandler = (request: IncomingMessage, response: ServerResponse): boolean =>
    restHandler({ source: this.#source, callbacks: this.#callbacks }, request, response);

  /** The clients that are connected, and what they know. */
  clients(): ClientStatus[] {
    return statusOf(this.#streams);
  }

  /** Bytes of responses that are on their way to clients. */
  get inFlight(): number {
    return this.#context.budget.used;
  }

  /** Resolves when all clients have answered all there is for them; rejects after the time. */
  async settled(timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (![...this.#streams].every((stream) => stream.settled)) {
      if (Date.now() > end) throw new Error(`clients have not answered for ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends all streams and stops listening. */
  async close(): Promise<void> {
    for (const stream of [...this.#streams]) stream.end(STATUS.unavailable, 'the server stops');
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  #open(info: Omit<StreamInfo, 'id' | 'node'>, wire: Wire): Stream {
    const own = { ...info, id: ++this.#lastId, node: undefined };
    const stream: Stream = new Stream(own, this.#context, wire, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    try {
      this.#callbacks.onStreamOpen?.(own);
    } catch (error) {
      stream.fail(error);
    }
    return stream;
  }

  #fetch(info: FetchInfo): Buffer {
    this.#callbacks.onFetch?.(info);
    const found = fetchResources(this.#source, info);
    const { identifier } = this.#context.response;
    this.#callbacks.onFetchResponse?.(info, { version: found.version, status: 200 });
    return fetchedMessage(found, identifier);
  }
}
