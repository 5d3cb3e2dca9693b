import type { ServerSettings } from '../config/payload.ts';
import type { GrpcTransport, Metadata } from '../engine/grpc_transport.ts';
import type { GoogleChannels } from './google_channels.ts';
import type { Reach } from './servers.ts';
import type { Stream, StreamEvents } from './transport.ts';
import type { DiscoveryResponse } from './wire.ts';

const JSON_HEADERS: Metadata = [
  ['content-type', 'application/json'],
  ['accept', 'application/json'],
];
/** Nothing has changed since the version of the request. */
const NOT_MODIFIED = 304;

/** Management servers by way of the engine's own client: a server is a cluster. */
export class EngineReach implements Reach<ServerSettings> {
  readonly #transport: GrpcTransport;
  #node: Promise<string> | undefined;
  readonly #read: (body: string) => Promise<DiscoveryResponse>;

  readonly #channels: () => Pick<GoogleChannels<unknown>, 'stream'>;

  constructor(
    transport: GrpcTransport,
    read: (body: string) => Promise<DiscoveryResponse>,
    channels: () => Pick<GoogleChannels<unknown>, 'stream'>,
  ) {
    this.#channels = channels;
    this.#transport = transport;
    this.#read = read;
  }

  open(server: ServerSettings, path: string, events: StreamEvents): Stream {
    const { channel } = server;
    if (channel === undefined) return this.#open(server.cluster, server, path, events);
    return this.#channels().stream(channel, events, (own) => this.#open(channel.name, server, path, own));
  }

  #open(cluster: string, server: ServerSettings, path: string, events: StreamEvents): Stream {
    const { metadata = [], authority, timeoutMs = 0, maxMessageBytes = 0 } = server;
    const [, service = '', method = ''] = path.split('/');
    const stream = this.#transport.openStream(
      cluster,
      service,
      method,
      metadata,
      {
        onInitialMetadata: () => events.onOpen?.(),
        onMessage: (message) => events.onMessage(message),
        onStatus: (code, message) => events.onEnd({ code, message }),
      },
      { timeoutMs, maxMessageBytes, ...(authority === undefined ? {} : { authority }) },
    );
    return {
      send: (message) => stream.send(message),
      cancel: () => stream.cancel(),
      waiting: () => stream.bufferedAmount,
      pause: (paused) => (paused ? stream.pause() : stream.resume()),
    };
  }

  async request(server: ServerSettings, path: string, body: string): Promise<string | undefined> {
    const head = { method: 'POST', path, headers: JSON_HEADERS };
    const answer = await this.#transport.request(
      server.cluster,
      head,
      Buffer.from(body),
      server.timeoutMs ?? 0,
    );
    if (!answer.ok) throw new Error(answer.details);
    if (answer.status === NOT_MODIFIED) return undefined;
    if (answer.status !== 200) throw new Error(`the answer has the status ${answer.status}`);
    return answer.body.toString('utf8');
  }

  async nodeJson(node: Uint8Array): Promise<string> {
    this.#node ??= import('../config/node_json.ts').then(({ nodeJson }) => nodeJson(node));
    return this.#node;
  }

  read(body: string): Promise<DiscoveryResponse> {
    return this.#read(body);
  }
}
