// envoy.service.load_stats.v3.LoadReportingService, spoken by grpc-js: reports are decoded by the API's descriptors.
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { encodeJson } from '../../src/api/json_encode.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { decodeWire, encodeWire } from '../../src/api/wire.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { pool } from '../api/api_fixtures.ts';
import type { Fields } from './support.ts';

const PACKAGE = 'envoy.service.load_stats.v3';

/** A stream that was opened. */
export type LoadStream = {
  readonly metadata: Metadata;
  readonly reports: Fields[];
  /** Sends a LoadStatsResponse. */
  ask(wanted: Fields): void;
  /** Ends it with this status. */
  fail(code: number): void;
};

export class LoadService {
  readonly #server = new Server();
  readonly streams: LoadStream[] = [];
  port = 0;

  async listen(): Promise<this> {
    const bytes = (message: Buffer) => message;
    const method = {
      path: `/${PACKAGE}.LoadReportingService/StreamLoadStats`,
      requestStream: true,
      responseStream: true,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    };
    this.#server.addService(
      { StreamLoadStats: method },
      {
        StreamLoadStats: (call: ServerDuplexStream<Buffer, Buffer>): void => {
          this.streams.push(this.#stream(call));
        },
      },
    );
    this.port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return this;
  }

  #stream(call: ServerDuplexStream<Buffer, Buffer>): LoadStream {
    const stream: LoadStream = {
      metadata: call.metadata,
      reports: [],
      ask: (wanted) => {
        const message = decodeJson(pool, `${PACKAGE}.LoadStatsResponse`, wanted, {
          diagnostics: new Diagnostics(),
        });
        call.write(Buffer.from(encodeWire(pool, message)));
      },
      fail: (code) => call.emit('error', { code, details: 'as asked' }),
    };
    call.on('data', (data: Buffer) => {
      const message = decodeWire(pool, `${PACKAGE}.LoadStatsRequest`, data);
      stream.reports.push(encodeJson(pool, message) as Fields);
    });
    call.on('error', () => undefined);
    return stream;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
