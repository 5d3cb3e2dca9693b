/** Time that the test moves, and a management server in memory that keeps what it is told. */
import { DescriptorPool } from '../../src/api/descriptor.ts';
import type { Message } from '../../src/api/message.ts';
import { decodeWire, encodeWire } from '../../src/api/wire.ts';
import { LogRoot } from '../../src/log/logger.ts';
import type { Clock } from '../../src/xds/clock.ts';
import { Mux, type MuxOptions, type TypeHandler } from '../../src/xds/mux.ts';
import type { Variant } from '../../src/xds/services.ts';
import type { Stream, StreamEvents } from '../../src/xds/transport.ts';
import type { Outcome } from '../../src/xds/type_state.ts';
import type { DiscoveryResponse } from '../../src/xds/wire.ts';

export const pool = DescriptorPool.load();
const DISCOVERY = 'envoy.service.discovery.v3';

export class FakeClock implements Clock {
  time = 0;
  chance = 0.5;
  #timers: { at: number; call: () => void }[] = [];
  #soon: (() => void)[] = [];

  now(): number {
    return this.time;
  }
  random(): number {
    return this.chance;
  }
  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  soon(call: () => void): void {
    this.#soon.push(call);
  }

  /** When the next timer is due, from now. */
  get next(): number | undefined {
    if (this.#timers.length === 0) return undefined;
    return Math.min(...this.#timers.map(({ at }) => at)) - this.time;
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      for (const call of this.#soon.splice(0)) call();
      await Promise.resolve();
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.time = Math.max(this.time, due.at);
      this.#timers = this.#timers.filter((other) => other !== due);
      due.call();
      await this.settle();
    }
    this.time = end;
  }
}

/** A request as the server sees it. */
export type Seen = {
  readonly type: string;
  readonly names: readonly string[];
  readonly off: readonly string[];
  readonly version: string;
  readonly nonce: string;
  readonly error: string | undefined;
  readonly node: string | undefined;
  readonly initial: Readonly<Record<string, string>>;
};

const last = (typeUrl: string): string => typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
const str = (message: Message | undefined, field: string): string =>
  (message?.[field] as string | undefined) ?? '';
const list = (message: Message, field: string): readonly string[] =>
  (message[field] as readonly string[] | undefined) ?? [];

export function readRequest(variant: Variant, bytes: Uint8Array): Seen {
  const sotw = variant === 'sotw';
  const message = decodeWire(pool, `${DISCOVERY}.${sotw ? '' : 'Delta'}DiscoveryRequest`, bytes);
  const node = message.node as Message | undefined;
  return {
    type: last(str(message, 'type_url')),
    names: [...list(message, sotw ? 'resource_names' : 'resource_names_subscribe')].sort(),
    off: [...list(message, 'resource_names_unsubscribe')].sort(),
    version: str(message, 'version_info'),
    nonce: str(message, 'response_nonce'),
    error: message.error_detail === undefined ? undefined : str(message.error_detail as Message, 'message'),
    node: node && str(node, 'id'),
    initial: Object.fromEntries((message.initial_resource_versions as Map<string, string> | undefined) ?? []),
  };
}

const CLA = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
export const EDS = `type.googleapis.com/${CLA}`;
export const CDS = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
export const LDS = 'type.googleapis.com/envoy.config.listener.v3.Listener';

export type Sent = {
  readonly type?: string;
  readonly version?: string;
  readonly nonce: string;
  /** Names with their versions (delta) or anything else. */
  readonly resources?: Readonly<Record<string, string>>;
  readonly removed?: readonly string[];
  readonly ttl?: number;
  /** Only renews. */
  readonly heartbeat?: boolean;
  readonly wrapped?: boolean;
  readonly controlPlane?: string;
};

const any = (typeUrl: string, message: Message): Message => ({
  $type: 'google.protobuf.Any',
  type_url: typeUrl,
  value: encodeWire(pool, message),
});

export function writeResponse(variant: Variant, sent: Sent): Uint8Array {
  const { type = EDS, version = '', nonce, resources = {}, removed = [], ttl, heartbeat } = sent;
  const made = Object.entries(resources).map(([name, own]) => {
    const field = type === EDS ? 'cluster_name' : 'name';
    const body = any(type, { $type: type.slice(type.lastIndexOf('/') + 1), [field]: name });
    if (variant === 'sotw' && sent.wrapped !== true && ttl === undefined && heartbeat !== true) return body;
    const wrapper: Message = {
      $type: `${DISCOVERY}.Resource`,
      name,
      version: own,
      ...(heartbeat === true ? {} : { resource: body }),
      ...(ttl === undefined
        ? {}
        : {
            ttl: {
              $type: 'google.protobuf.Duration',
              seconds: BigInt(Math.floor(ttl / 1000)),
              nanos: (ttl % 1000) * 1e6,
            },
          }),
    };
    return variant === 'delta' ? wrapper : any(`type.googleapis.com/${DISCOVERY}.Resource`, wrapper);
  });
  const control =
    sent.controlPlane === undefined
      ? {}
      : { control_plane: { $type: 'envoy.config.core.v3.ControlPlane', identifier: sent.controlPlane } };
  const common = { type_url: type, nonce, resources: made, ...control };
  return encodeWire(
    pool,
    variant === 'sotw'
      ? { $type: `${DISCOVERY}.DiscoveryResponse`, version_info: version, ...common }
      : {
          $type: `${DISCOVERY}.DeltaDiscoveryResponse`,
          system_version_info: version,
          removed_resources: removed,
          ...common,
        },
  );
}

/** A stream as the server has it. */
export class ServerStream implements Stream {
  readonly path: string;
  readonly requests: Seen[] = [];
  cancelled = false;
  paused = false;
  onRequest: (seen: Seen) => void = () => undefined;
  readonly #events: StreamEvents;
  readonly #variant: Variant;

  constructor(path: string, variant: Variant, events: StreamEvents) {
    this.path = path;
    this.#variant = variant;
    this.#events = events;
  }

  send(message: Uint8Array): void {
    const seen = readRequest(this.#variant, message);
    this.requests.push(seen);
    this.onRequest(seen);
  }
  cancel(): void {
    this.cancelled = true;
  }
  pause(paused: boolean): void {
    this.paused = paused;
  }
  respond(sent: Sent): void {
    this.#events.onMessage(writeResponse(this.#variant, sent));
  }
  raw(bytes: Uint8Array): void {
    this.#events.onMessage(bytes);
  }
  end(code = 14, message = 'gone'): void {
    this.#events.onEnd({ code, message });
  }
  /** The requests since the last look. */
  take(): Seen[] {
    return this.requests.splice(0);
  }
}

/** Keeps the responses of a type; `verdict` says what becomes of them. */
export class Recorder implements TypeHandler {
  readonly responses: DiscoveryResponse[] = [];
  readonly expired: string[] = [];
  failures = 0;
  verdict: (response: DiscoveryResponse) => Outcome | Promise<Outcome> = () => ({});

  async onResponse(response: DiscoveryResponse): Promise<Outcome> {
    this.responses.push(response);
    return this.verdict(response);
  }
  onExpired(names: readonly string[]): void {
    this.expired.push(...names);
  }
  onFailure(): void {
    this.failures++;
  }
  get names(): string[][] {
    return this.responses.map(({ resources }) => resources.map(({ name }) => name));
  }
}

/** A mux whose streams are in `streams`, newest last. */
export function world(variant: Variant, options: Partial<MuxOptions> = {}) {
  const clock = new FakeClock();
  const streams: ServerStream[] = [];
  /** Looks at each request when it is sent. */
  const onRequest: { call: (seen: Seen) => void } = { call: () => undefined };
  const mux = new Mux({
    variant,
    path: '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
    open: (path, events) => {
      const stream = new ServerStream(path, variant, events);
      stream.onRequest = (seen) => onRequest.call(seen);
      streams.push(stream);
      return stream;
    },
    clock,
    log: new LogRoot({ level: 'off', format: '%v' }).get('config', 'test'),
    node: encodeWire(pool, { $type: 'envoy.config.core.v3.Node', id: 'me' }),
    nodeOnce: false,
    name: 'server',
    ...options,
  });
  const stream = (): ServerStream => {
    const newest = streams.at(-1);
    if (newest === undefined) throw new Error('there is no stream');
    return newest;
  };
  return { clock, streams, mux, stream, onRequest };
}
