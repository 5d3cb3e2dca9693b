import type { ResourceLoader } from '../config/load_stream.ts';
import type { ClusterPayload, GoogleChannel } from '../config/payload.ts';
import { type Handler, ResourceTable, TYPE } from '../config/resource_map.ts';
import type { Stream, StreamEvents } from './transport.ts';

/** Envoy's `grpc.<stat_prefix>.*`: streams that were begun, and those that the server has ended, by status. */
export type ChannelCounts = {
  streams_total: number;
  readonly streams_closed: number[];
  /** Channels by name. */
  readonly clients: Set<string>;
};
/** The largest status of gRPC. */
const LAST_STATUS = 16;
const UNAVAILABLE = 14;
const NOWHERE = { ads: true, initialFetchTimeoutMs: 0 } as const;

/** Told once when the cluster of a channel is there, or why it will not be. */
type Ready = (failure: string | undefined) => void;
type Open = { users: number; ready: boolean; waiters: Set<Ready> };

/**
 * The channels of google_grpc: each is a cluster that nobody else sees, there while streams use it. So a stream that is
 * opened again looks the name of its target up again.
 */
export class GoogleChannels<C> {
  readonly #load: ResourceLoader;
  readonly #table: ResourceTable<ClusterPayload<C>>;
  readonly #open = new Map<string, Open>();
  /** By stat_prefix. */
  readonly counts = new Map<string, ChannelCounts>();

  /** `clusters`: of its own, that publishes where all clusters are published. */
  constructor(clusters: Handler<ClusterPayload<C>>, load: ResourceLoader) {
    this.#load = load;
    this.#table = new ResourceTable(TYPE.cluster, {
      warm: (entry, version, ready) => clusters.warm(entry, version, ready),
      activate: (entry, version, previous, done) => clusters.activate(entry, version, previous, done),
      remove: (entry, last, done) => clusters.remove(entry, last, done),
      failed: (entry, details) => this.#tell(entry.name, details),
      settled: () => {
        clusters.settled?.();
        for (const [name, { ready }] of this.#open)
          if (!ready && this.#table.get(name)?.active !== undefined) this.#tell(name, undefined);
      },
    });
  }

  /** A stream through a channel; `open` begins it when the cluster is there. */
  stream(channel: GoogleChannel, events: StreamEvents, open: (events: StreamEvents) => Stream): Stream {
    let counts = this.counts.get(channel.statPrefix);
    if (counts === undefined) {
      counts = {
        streams_total: 0,
        streams_closed: new Array<number>(LAST_STATUS + 1).fill(0),
        clients: new Set(),
      };
      this.counts.set(channel.statPrefix, counts);
    }
    const { streams_closed } = counts;
    counts.streams_total++;
    counts.clients.add(channel.name);
    return new ChannelStream(
      {
        ...events,
        onMessage: (bytes) => events.onMessage(bytes),
        onEnd: (end) => {
          if (end.code in streams_closed) (streams_closed[end.code] as number)++;
          events.onEnd(end);
        },
      },
      open,
      (ready) => this.#hold(channel, ready),
    );
  }

  /** Answers the way to let go. `ready` is called later, never at once. */
  #hold(channel: GoogleChannel, ready: Ready): () => void {
    const { name } = channel;
    let open = this.#open.get(name);
    if (open === undefined) {
      open = { users: 0, ready: false, waiters: new Set() };
      this.#open.set(name, open);
      void this.#make(channel, open);
    }
    const mine = open;
    mine.users++;
    if (mine.ready) queueMicrotask(() => ready(undefined));
    else mine.waiters.add(ready);
    return () => {
      mine.waiters.delete(ready);
      if (--mine.users > 0 || this.#open.get(name) !== mine) return;
      this.#open.delete(name);
      this.#table.apply('dynamic', { added: [], removed: [name] }, '');
    };
  }

  async #make(channel: GoogleChannel, open: Open): Promise<void> {
    const { name } = channel;
    let failure: string | undefined;
    try {
      const { channelCluster } = await import('../config/google_channel.ts');
      const resource = { name, bytes: channelCluster(channel) };
      const loaded = await this.#load<ClusterPayload<C>>(TYPE.cluster, [resource], NOWHERE);
      if (this.#open.get(name) !== open) return;
      const { failed } = this.#table.apply('dynamic', { added: loaded.resources, removed: [] }, '');
      failure = loaded.failures[0]?.details ?? failed[0]?.details;
    } catch (error) {
      failure = (error as Error).message;
    }
    if (failure !== undefined && this.#open.get(name) === open) this.#tell(name, failure);
  }

  #tell(name: string, failure: string | undefined): void {
    const open = this.#open.get(name);
    if (open === undefined) return;
    // Who comes after a failure tries anew.
    if (failure === undefined) open.ready = true;
    else this.#open.delete(name);
    const waiters = [...open.waiters];
    open.waiters.clear();
    for (const waiter of waiters) waiter(failure);
  }
}

/** What is sent before the cluster is there waits. */
class ChannelStream implements Stream {
  #stream: Stream | undefined;
  #waiting: Uint8Array[] = [];
  #paused = false;
  #over = false;
  readonly #letGo: () => void;

  constructor(
    events: StreamEvents,
    open: (events: StreamEvents) => Stream,
    hold: (ready: Ready) => () => void,
  ) {
    const own: StreamEvents = {
      ...events,
      onEnd: (end) => {
        if (this.#over) return;
        this.#finish();
        events.onEnd(end);
      },
    };
    this.#letGo = hold((failure) => {
      if (this.#over) return;
      if (failure !== undefined) {
        own.onEnd({ code: UNAVAILABLE, message: failure });
        return;
      }
      const stream = open(own);
      this.#stream = stream;
      if (this.#paused) stream.pause?.(true);
      for (const message of this.#waiting.splice(0)) stream.send(message);
    });
  }

  send(message: Uint8Array): void {
    if (this.#over) return;
    if (this.#stream === undefined) this.#waiting.push(message);
    else this.#stream.send(message);
  }

  cancel(): void {
    if (this.#over) return;
    this.#stream?.cancel();
    this.#finish();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#stream?.pause?.(paused);
  }

  #finish(): void {
    this.#over = true;
    this.#letGo();
  }
}
