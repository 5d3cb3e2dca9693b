// envoy.service.accesslog.v3.AccessLogService, spoken by grpc-js: what comes is decoded by the API's descriptors.
import {
  type Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import { encodeJson } from '../../src/api/json_encode.ts';
import { decodeWire } from '../../src/api/wire.ts';
import { pool } from '../api/api_fixtures.ts';
import type { Fields, Json } from './support.ts';

const MESSAGE = 'envoy.service.accesslog.v3.StreamAccessLogsMessage';

/** A stream that was opened. */
export type LogStream = {
  readonly metadata: Metadata;
  readonly authority: string;
  readonly messages: Fields[];
  /** By the client, or by a reset. */
  ended: 'no' | 'half-closed' | 'cancelled';
  /** Ends it with this status. */
  fail(code: number): void;
};

export class AccessLogService {
  readonly #server = new Server();
  readonly streams: LogStream[] = [];
  port = 0;

  async listen(port = 0): Promise<this> {
    const method = {
      path: '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs',
      requestStream: true,
      responseStream: false,
      requestSerialize: (message: Buffer) => message,
      requestDeserialize: (message: Buffer) => message,
      responseSerialize: (message: Buffer) => message,
      responseDeserialize: (message: Buffer) => message,
    };
    this.#server.addService(
      { StreamAccessLogs: method },
      {
        StreamAccessLogs: (
          call: ServerReadableStream<Buffer, Buffer>,
          callback: sendUnaryData<Buffer>,
        ): void => {
          this.streams.push(this.#stream(call, callback));
        },
      },
    );
    this.port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return this;
  }

  #stream(call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): LogStream {
    const stream: LogStream = {
      metadata: call.metadata,
      authority: call.getHost(),
      messages: [],
      ended: 'no',
      fail: (code) => callback({ code, details: 'as asked' }),
    };
    call.on('data', (bytes: Buffer) => {
      stream.messages.push(encodeJson(pool, decodeWire(pool, MESSAGE, bytes)) as Fields);
    });
    call.on('cancelled', () => {
      // It comes after a proper end too.
      if (stream.ended === 'no') stream.ended = 'cancelled';
    });
    call.on('end', () => {
      stream.ended = 'half-closed';
      callback(null, Buffer.alloc(0));
    });
    call.on('error', () => undefined);
    return stream;
  }

  /** All entries of all streams, in the order in which they came. */
  get entries(): Fields[] {
    return this.streams.flatMap(({ messages }) => messages.flatMap(entriesOf));
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

/** The entries of a message, of whichever kind. */
export function entriesOf(message: Fields): Fields[] {
  const logs = (message.http_logs ?? message.tcp_logs) as { log_entry?: Fields[] } | undefined;
  return logs?.log_entry ?? [];
}

/** The access log whose entries go to the cluster `server`; `fields` are of the common configuration. */
export function grpcLog(kind: 'Http' | 'Tcp', fields: Fields = {}, more: Fields = {}, filter?: Json): Fields {
  const type = `envoy.extensions.access_loggers.grpc.v3.${kind}GrpcAccessLogConfig`;
  return {
    name: `envoy.access_loggers.${kind.toLowerCase()}_grpc`,
    ...(filter === undefined ? {} : { filter }),
    typed_config: {
      '@type': `type.googleapis.com/${type}`,
      common_config: {
        log_name: 'log',
        transport_api_version: 'V3',
        grpc_service: { envoy_grpc: { cluster_name: 'server' } },
        buffer_flush_interval: '0.05s',
        ...fields,
      },
      ...more,
    },
  };
}

/** Fields of a cluster that speaks HTTP/2. */
export const HTTP2: Fields = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};
