import type { Logger } from '../log/logger.ts';
import { Backoff, type Clock, Lifetimes, type RateLimit, TokenBucket } from './clock.ts';
import { DeltaState } from './delta.ts';
import type { Variant } from './services.ts';
import { SotwState } from './sotw.ts';
import type { OpenStream, Stream } from './transport.ts';
import type { Outcome, TypeState } from './type_state.ts';
import { type DiscoveryResponse, decodeDelta, decodeSotw, type WireResource } from './wire.ts';

/** What becomes of the responses of one type. One at a time, in their order. */
export interface TypeHandler {
  /** Resources without a body mean something to it: that there is no such resource (VHDS). */
  readonly bodiless?: boolean;
  onResponse(response: DiscoveryResponse): Promise<Outcome>;
  /** The time to live of these is over, without a word of the server. */
  onExpired(names: readonly string[]): void;
  /** The stream broke, or could not be made. */
  onFailure(details: string): void;
}

/** One type on a stream. */
export interface TypeSubscription {
  /** More names that are wanted, and such that are not any longer. */
  add(names: Iterable<string>): void;
  remove(names: Iterable<string>): void;
  /** Nothing is sent about the type between `pause` and as many `resume`, answers neither. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Of the stream, where it is the subscription's own (not of the one for all types). */
  controlPlane?(name: string): ControlPlaneCounts | undefined;
}

export type MuxOptions = {
  readonly variant: Variant;
  readonly path: string;
  readonly open: OpenStream;
  readonly clock: Clock;
  readonly log: Logger;
  /** The bytes of envoy.config.core.v3.Node. */
  readonly node: Uint8Array;
  /** set_node_on_first_message_only */
  readonly nodeOnce: boolean;
  readonly rateLimit?: RateLimit | undefined;
  readonly backoff?: { readonly baseMs?: number | undefined; readonly maxMs?: number | undefined };
  /** For messages in the log: the cluster. */
  readonly name: string;
};

/** Envoy's `control_plane.*`. */
export type ControlPlaneCounts = {
  connected: boolean;
  identifier: string;
  rateLimitEnforced: number;
  pendingRequests: number;
};

/** So many responses of a stream may wait; then the server does. */
const MOST_WAITING = 64;

type Channel = {
  readonly state: TypeState;
  readonly handler: TypeHandler;
  readonly lifetimes: Lifetimes;
  paused: number;
  /** In the queue of those who want to send. */
  queued: boolean;
  /** Responses that are looked at or wait for it. */
  chain: Promise<void>;
  closed: boolean;
};

/**
 * A stream to a management server with any number of types on it (ADS), or one. It is opened again when it
 * breaks. No thread, no socket, no clock of its own.
 */
export class Mux {
  readonly counts: ControlPlaneCounts = {
    connected: false,
    identifier: '',
    rateLimitEnforced: 0,
    pendingRequests: 0,
  };
  readonly #options: MuxOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #backoff: Backoff;
  readonly #bucket: TokenBucket | undefined;
  #queue: Channel[] = [];
  #stream: Stream | undefined;
  /** Counts streams: what belongs to a former one is not answered. */
  #generation = 0;
  #nodeSent = false;
  #waiting = 0;
  #started = false;
  #due = false;
  #stopTimer: (() => void) | undefined;

  constructor(options: MuxOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock, options.backoff?.baseMs, options.backoff?.maxMs);
    this.#bucket =
      options.rateLimit === undefined ? undefined : new TokenBucket(options.rateLimit, options.clock);
  }

  /** Opens the stream; subscriptions may have been made before. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#connect();
  }

  stop(): void {
    this.#started = false;
    this.#generation++;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#stream?.cancel();
    this.#stream = undefined;
    this.counts.connected = false;
    for (const { lifetimes } of this.#channels.values()) lifetimes.clear();
  }

  /** One for each type. `wildcard`: everything that there is. */
  subscribe(typeUrl: string, handler: TypeHandler, wildcard = false): TypeSubscription {
    if (this.#channels.has(typeUrl)) throw new Error(`${typeUrl} is subscribed to already`);
    const state = this.#options.variant === 'sotw' ? new SotwState(typeUrl) : new DeltaState(typeUrl);
    const channel: Channel = {
      state,
      handler,
      lifetimes: new Lifetimes(this.#options.clock, (names) => {
        state.forget(names);
        handler.onExpired(names);
      }),
      paused: 0,
      queued: false,
      chain: Promise.resolve(),
      closed: false,
    };
    this.#channels.set(typeUrl, channel);
    if (this.#stream !== undefined) state.opened();
    if (wildcard) state.setWildcard();
    this.#want(channel);
    return {
      add: (names) => {
        state.add(names);
        this.#want(channel);
      },
      remove: (names) => {
        const gone = [...names];
        state.remove(gone);
        for (const name of gone) channel.lifetimes.set(name, undefined);
        this.#want(channel);
      },
      pause: () => {
        channel.paused++;
      },
      resume: () => {
        channel.paused--;
        this.#want(channel);
      },
      close: () => {
        channel.closed = true;
        channel.lifetimes.clear();
        if (this.#channels.get(typeUrl) === channel) this.#channels.delete(typeUrl);
      },
    };
  }

  // ---- the stream -----------------------------------------------------------------------------

  #connect(): void {
    const generation = ++this.#generation;
    const { open, path } = this.#options;
    this.#nodeSent = false;
    this.#waiting = 0;
    this.#queue = [];
    for (const channel of this.#channels.values()) {
      channel.queued = false;
      channel.state.opened();
    }
    this.counts.connected = true;
    const stream = open(path, {
      onMessage: (bytes) => {
        if (generation === this.#generation) this.#onMessage(bytes);
      },
      onEnd: ({ code, message }) => {
        if (generation === this.#generation) this.#ended(code, message);
      },
    });
    // It may have failed at once.
    if (generation !== this.#generation) return;
    this.#stream = stream;
    for (const channel of this.#channels.values()) this.#want(channel);
  }

  #ended(code: number, message: string): void {
    const { log, clock, name, variant } = this.#options;
    this.#generation++;
    this.#stream = undefined;
    this.counts.connected = false;
    const wait = this.#backoff.next();
    const stream = variant === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
    const what = this.#options.path.includes('Aggregated') ? stream : this.#options.path.split('/').at(-1);
    log.warn(`${what} gRPC config stream to ${name} closed: ${code}, ${message}`);
    for (const { handler } of [...this.#channels.values()]) handler.onFailure(message);
    this.#stopTimer?.();
    this.#stopTimer = clock.after(wait, () => {
      // What the old stream has brought is taken in first: the new one says what there is.
      const open = [...this.#channels.values()].map(({ chain }) => chain);
      void Promise.all(open).then(() => {
        if (this.#started && this.#stream === undefined) this.#connect();
      });
    });
  }

  // ---- what comes in --------------------------------------------------------------------------

  #onMessage(bytes: Uint8Array): void {
    let response: DiscoveryResponse;
    try {
      response = this.#options.variant === 'sotw' ? decodeSotw(bytes) : decodeDelta(bytes);
    } catch (error) {
      this.#stream?.cancel();
      this.#ended(13, `a response that is none: ${(error as Error).message}`);
      return;
    }
    this.#backoff.reset();
    if (response.controlPlane !== undefined) this.counts.identifier = response.controlPlane;
    const channel = this.#channels.get(response.typeUrl);
    if (channel === undefined) {
      this.#options.log.warn(
        `Ignoring the message for type URL ${response.typeUrl} as it has no current subscribers.`,
      );
      return;
    }
    this.#accept(channel, response);
  }

  #accept(channel: Channel, response: DiscoveryResponse): void {
    const generation = this.#generation;
    channel.state.received();
    if (++this.#waiting === MOST_WAITING) this.#stream?.pause?.(true);
    channel.chain = channel.chain.then(async () => {
      if (channel.closed) return;
      const outcome = await this.#handle(channel, response);
      if (channel.closed) return;
      channel.state.done(response, outcome);
      if (generation !== this.#generation) return;
      if (this.#waiting-- === MOST_WAITING) this.#stream?.pause?.(false);
      this.#want(channel);
    });
  }

  async #handle(channel: Channel, response: DiscoveryResponse): Promise<Outcome> {
    const { handler, lifetimes } = channel;
    const fault = faultOf(response);
    if (fault !== undefined)
      return { error: fault, rejected: new Set(response.resources.map((r) => r.name)) };
    let outcome: Outcome;
    try {
      const resources = handler.bodiless === true ? response.resources : response.resources.filter(hasBody);
      outcome = await handler.onResponse({ ...response, resources });
    } catch (error) {
      // A bug of ours must not stop the stream.
      return { error: `internal error: ${(error as Error).message}` };
    }
    for (const { name, ttlMs } of response.resources) {
      if (outcome.rejected?.has(name) !== true) lifetimes.set(name, ttlMs);
    }
    for (const name of response.removed) lifetimes.set(name, undefined);
    return outcome;
  }

  // ---- what goes out --------------------------------------------------------------------------

  #want(channel: Channel): void {
    if (channel.queued || channel.closed || this.#stream === undefined) return;
    if (channel.paused > 0 || !channel.state.wants) return;
    channel.queued = true;
    this.#queue.push(channel);
    this.counts.pendingRequests = this.#queue.length;
    if (this.#due) return;
    this.#due = true;
    // What is subscribed to in one turn goes out at once.
    this.#options.clock.soon(() => this.#send());
  }

  #send(): void {
    // Meanwhile nobody has to see to it that something is sent.
    this.#due = true;
    while (this.#stream !== undefined && this.#queue.length > 0) {
      const wait = this.#bucket?.take() ?? 0;
      if (wait > 0) {
        this.counts.rateLimitEnforced++;
        this.#options.clock.after(wait, () => this.#send());
        return;
      }
      const channel = this.#queue.shift() as Channel;
      channel.queued = false;
      this.counts.pendingRequests = this.#queue.length;
      if (channel.paused > 0 || channel.closed || !channel.state.wants) continue;
      this.#stream.send(channel.state.next(this.#node()));
      this.#want(channel);
    }
    this.#due = false;
  }

  #node(): Uint8Array | undefined {
    if (this.#nodeSent && this.#options.nodeOnce) return undefined;
    this.#nodeSent = true;
    return this.#options.node;
  }
}

const hasBody = (resource: WireResource): boolean => resource.bytes !== undefined;

/** What is wrong with a response as a whole. */
function faultOf({ typeUrl, resources, removed }: DiscoveryResponse): string | undefined {
  const names = new Set<string>();
  for (const resource of resources) {
    const { name, bytes } = resource;
    if (bytes !== undefined && resource.typeUrl !== typeUrl) {
      return `type URL ${resource.typeUrl} embedded in an individual Any does not match the message-wide type URL ${typeUrl} in DiscoveryResponse`;
    }
    if (names.has(name)) return `duplicate name ${name} found among added/updated resources`;
    names.add(name);
  }
  const both = removed.find((name) => names.has(name));
  return both === undefined
    ? undefined
    : `duplicate name ${both} found in the union of added+removed resources`;
}
