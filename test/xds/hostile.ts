// A control plane that misbehaves as a test tells it to: a good one, with mischief between it and the wire.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { type ServerOptions, type Source, XdsServer } from '../../src/xds-server/index.ts';
import { decode, encode, type Plain } from '../xds-server/client.ts';

/** What becomes of a response: `send` puts bytes on the stream, any number of times, now or later. */
export type Mischief = (response: Response, send: (bytes: Buffer) => void) => void;

/** A response that the good server would send. */
export class Response {
  readonly bytes: Buffer;
  readonly delta: boolean;

  constructor(bytes: Buffer, delta: boolean) {
    this.bytes = bytes;
    this.delta = delta;
  }

  get #type(): string {
    return `envoy.service.discovery.v3.${this.delta ? 'Delta' : ''}DiscoveryResponse`;
  }

  /** As plain JSON. */
  get plain(): Plain {
    return decode(this.#type, this.bytes);
  }

  /** With other fields in place of its own. */
  with(fields: Plain): Buffer {
    return encode(this.#type, { ...this.plain, ...fields });
  }
}

/** It does what it should. */
export const honest: Mischief = ({ bytes }, send) => send(bytes);

/** Nothing is answered. */
export const silent: Mischief = () => undefined;

/** What it has to say comes later, all at once, when `release` is called; in the order in which it was held. */
export function holding(): {
  readonly mischief: Mischief;
  release(reverse?: boolean): void;
  readonly held: number;
} {
  const held: (() => void)[] = [];
  return {
    mischief: ({ bytes }, send) => held.push(() => send(bytes)),
    release: (reverse = false) => {
      const all = held.splice(0);
      for (const each of reverse ? all.reverse() : all) each();
    },
    get held() {
      return held.length;
    },
  };
}

/** Bytes that are no message at all. */
export const garbage: Mischief = (_response, send) => send(Buffer.from('ff80ff80ff80ff80', 'hex'));

/** A response that ends too early. */
export const cut: Mischief = ({ bytes }, send) => send(bytes.subarray(0, Math.max(1, bytes.length - 7)));

/** An empty message: no type, no nonce, nothing. */
export const empty: Mischief = (_response, send) => send(Buffer.alloc(0));

/** A response of a type that was not asked for; then the one that was. */
export const strange: Mischief = (response, send) => {
  const type_url = 'type.googleapis.com/envoy.config.nobody.v3.Knows';
  send(response.with({ type_url, nonce: 'strange', resources: [] }));
  send(response.bytes);
};

/** Its resources are not what they say. */
export const mislabelled: Mischief = (response, send) => {
  const body = { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'not what you think' };
  send(response.with({ resources: response.delta ? [{ name: 'x', version: '1', resource: body }] : [body] }));
};

/** The same resource twice. */
export const doubled: Mischief = (response, send) => {
  const resources = (response.plain.resources ?? []) as Plain[];
  send(response.with({ resources: [...resources, ...resources] }));
};

/** Everything many times, each with a nonce of its own; the true one last. */
export const flood =
  (times: number): Mischief =>
  (response, send) => {
    for (let i = 1; i < times; i++) send(response.with({ nonce: `flood ${i}` }));
    send(response.bytes);
  };

/** After each new response the one before it again, as if it were new. */
export function stale(): Mischief {
  const before = new Map<string, Buffer>();
  return (response, send) => {
    const type = String(response.plain.type_url);
    send(response.bytes);
    const old = before.get(type);
    if (old !== undefined) send(old);
    before.set(type, response.bytes);
  };
}

type Call = { write(bytes: Buffer, callback: () => void): unknown };

/** Between clients and the server: cuts, stalls and spoils connections. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #port = 0;
  #stalled = false;
  #budget = Number.POSITIVE_INFINITY;
  /** Changes what goes to clients. */
  spoil: ((bytes: Buffer) => Buffer) | undefined;
  /** Connections that were accepted. */
  accepted = 0;

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections are refused, those there are end. */
  async die(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.drop();
    await closed;
  }

  /** All connections end, without a word of farewell. */
  drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Nothing passes in either direction, until `go`. */
  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  go(): void {
    this.#stalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** So many bytes more go to clients; then all connections end. */
  dropAfter(bytes: number): void {
    this.#budget = bytes;
  }

  #serve(client: Socket): void {
    this.accepted++;
    const server = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes: Buffer) => this.#pass(bytes, to, to === client));
      from.on('error', () => to.destroy());
      from.on('end', () => to.end());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#stalled) from.pause();
    }
  }

  #pass(bytes: Buffer, to: Socket, down: boolean): void {
    const passing = down && this.spoil !== undefined ? this.spoil(bytes) : bytes;
    if (!down || passing.length <= this.#budget) {
      if (down) this.#budget -= passing.length;
      to.write(passing);
      return;
    }
    to.write(passing.subarray(0, this.#budget), () => this.drop());
    this.#budget = Number.POSITIVE_INFINITY;
  }
}

/** A control plane for a source, with mischief on top. */
export class HostileControlPlane {
  /** The good one: its clients(), settled() and so on say what it knows. */
  readonly server: XdsServer;
  /** Between it and clients. */
  readonly relay: Relay;
  /** What becomes of each response from now on. */
  mischief: Mischief = honest;
  readonly #grpc: grpc.Server;
  /** Ends streams. */
  readonly #calls = new Set<grpc.ServerDuplexStream<Buffer, Buffer>>();

  private constructor(server: XdsServer, transport: grpc.Server, relay: Relay) {
    this.server = server;
    this.#grpc = transport;
    this.relay = relay;
  }

  static async start(source: Source, options: ServerOptions = {}): Promise<HostileControlPlane> {
    const server = new XdsServer(source, options);
    const transport = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
    const port = new Promise<number>((resolve, reject) => {
      queueMicrotask(() =>
        transport.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        ),
      );
    });
    const relay = new Relay(await port);
    const made = new HostileControlPlane(server, transport, relay);
    for (const { definition, implementation } of server.grpcServices()) {
      const handlers = Object.entries(implementation).map(([name, handler]) => {
        const streaming = definition[name]?.responseStream === true;
        const delta = name.startsWith('Delta');
        return [name, streaming ? (call: never) => handler(made.#between(call, delta)) : handler];
      });
      transport.addService(definition, Object.fromEntries(handlers));
    }
    await relay.listen();
    return made;
  }

  /** Where clients connect to; the same all the time. */
  get port(): number {
    return this.relay.port;
  }

  /** Ends all streams with a status of gRPC, and lets new ones come. */
  end(code: number, details: string): void {
    for (const call of [...this.#calls]) call.emit('error', { code, details });
  }

  /** Bytes that no request asked for, on every stream. */
  say(bytes: Buffer): void {
    for (const call of this.#calls) call.write(bytes);
  }

  get streams(): number {
    return this.#calls.size;
  }

  async close(): Promise<void> {
    this.relay.drop();
    await this.relay.die().catch(() => undefined);
    await this.server.close();
    this.#grpc.forceShutdown();
  }

  #between(call: grpc.ServerDuplexStream<Buffer, Buffer>, delta: boolean): Call {
    this.#calls.add(call);
    for (const event of ['end', 'close', 'cancelled', 'error'])
      call.on(event, () => void this.#calls.delete(call));
    const write = (bytes: Buffer, callback: () => void): void => {
      const send = (each: Buffer): void => {
        if (this.#calls.has(call)) call.write(each);
      };
      this.mischief(new Response(bytes, delta), send);
      callback();
    };
    return new Proxy(call, {
      get: (target, name) => {
        if (name === 'write') return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}
