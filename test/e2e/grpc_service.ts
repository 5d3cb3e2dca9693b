// grpc.testing.TestService of gRPC's interoperability tests, spoken by grpc-js: its messages, a server and
// clients. Field numbers are those of grpc/testing/messages.proto.
import {
  type Client,
  type ClientDuplexStream,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  makeGenericClientConstructor,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type StatusObject,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs/minimal.js';

export type Message = {
  /** The bytes of `payload`. */
  readonly body?: Buffer;
  readonly responseSize?: number;
  readonly responseSizes?: readonly number[];
  readonly status?: { readonly code: number; readonly message: string };
  readonly aggregated?: number;
};

/** Where a message has what; 0: nowhere. */
type Fields = {
  readonly body: number;
  readonly responseSize?: number;
  readonly responseSizes?: number;
  readonly status?: number;
  readonly aggregated?: number;
};
const SimpleRequest: Fields = { body: 3, responseSize: 2, status: 7 };
const StreamingRequest: Fields = { body: 3, responseSizes: 2, status: 7 };
const WithPayload: Fields = { body: 1 };
const InputResponse: Fields = { body: 0, aggregated: 1 };
const Empty: Fields = { body: 0 };

const tag = (field: number, wire: number): number => (field << 3) | wire;

function encoder(fields: Fields): (message: Message) => Buffer {
  return ({ body, responseSize, responseSizes = [], status, aggregated }) => {
    const writer = protobuf.Writer.create();
    if (aggregated !== undefined) writer.uint32(tag(fields.aggregated ?? 0, 0)).int32(aggregated);
    if (responseSize !== undefined) writer.uint32(tag(fields.responseSize ?? 0, 0)).int32(responseSize);
    for (const size of responseSizes)
      writer
        .uint32(tag(fields.responseSizes ?? 0, 2))
        .fork()
        .uint32(tag(1, 0))
        .int32(size)
        .ldelim();
    if (body !== undefined) writer.uint32(tag(fields.body, 2)).fork().uint32(tag(2, 2)).bytes(body).ldelim();
    if (status !== undefined)
      writer
        .uint32(tag(fields.status ?? 0, 2))
        .fork()
        .uint32(tag(1, 0))
        .int32(status.code)
        .uint32(tag(2, 2))
        .string(status.message)
        .ldelim();
    return Buffer.from(writer.finish());
  };
}

type Reader = InstanceType<typeof protobuf.Reader>;
/** Calls `each` for the fields of a message of `length` bytes; what it does not read is skipped. */
function read(reader: Reader, length: number, each: (field: number) => boolean): void {
  const end = reader.pos + length;
  while (reader.pos < end) {
    const key = reader.uint32();
    if (!each(key >>> 3)) reader.skipType(key & 7);
  }
}

function decoder(fields: Fields): (bytes: Buffer) => Message {
  return (bytes) => {
    const reader = protobuf.Reader.create(bytes);
    const sizes: number[] = [];
    let message: Message = {};
    read(reader, bytes.length, (field) => {
      if (field === fields.responseSize) message = { ...message, responseSize: reader.int32() };
      else if (field === fields.aggregated) message = { ...message, aggregated: reader.int32() };
      else if (field === fields.responseSizes)
        read(reader, reader.uint32(), (inner) => inner === 1 && sizes.push(reader.int32()) > 0);
      else if (field === fields.body && field > 0)
        read(reader, reader.uint32(), (inner) => {
          if (inner !== 2) return false;
          message = { ...message, body: Buffer.from(reader.bytes()) };
          return true;
        });
      else if (field === fields.status) {
        let [code, text] = [0, ''];
        read(reader, reader.uint32(), (inner) => {
          if (inner === 1) code = reader.int32();
          else if (inner === 2) text = reader.string();
          return inner === 1 || inner === 2;
        });
        message = { ...message, status: { code, message: text } };
      } else return false;
      return true;
    });
    return { ...message, responseSizes: sizes };
  };
}

function method(
  name: string,
  request: Fields,
  response: Fields,
  requestStream = false,
  responseStream = false,
): MethodDefinition<Message, Message> {
  return {
    path: name,
    requestStream,
    responseStream,
    requestSerialize: encoder(request),
    requestDeserialize: decoder(request),
    responseSerialize: encoder(response),
    responseDeserialize: decoder(response),
  };
}
const at = '/grpc.testing.TestService';
const implementedMethods = {
  EmptyCall: method(`${at}/EmptyCall`, Empty, Empty),
  UnaryCall: method(`${at}/UnaryCall`, SimpleRequest, WithPayload),
  StreamingInputCall: method(`${at}/StreamingInputCall`, WithPayload, InputResponse, true),
  StreamingOutputCall: method(`${at}/StreamingOutputCall`, StreamingRequest, WithPayload, false, true),
  FullDuplexCall: method(`${at}/FullDuplexCall`, StreamingRequest, WithPayload, true, true),
} satisfies ServiceDefinition;
const service = {
  ...implementedMethods,
  UnimplementedCall: method(`${at}/UnimplementedCall`, Empty, Empty),
  OtherService: method('/grpc.testing.UnimplementedService/UnimplementedCall', Empty, Empty),
} satisfies ServiceDefinition;

export const kInitial = 'x-grpc-test-echo-initial';
export const kTrailing = 'x-grpc-test-echo-trailing-bin';
/** google.rpc.Status of errors that say more: sent back as it came. */
export const kDetails = 'grpc-status-details-bin';

/** The fields that a call asks to have echoed. */
function echoed(sent: Metadata): { readonly initial: Metadata; readonly trailing: Metadata } {
  const [initial, trailing] = [new Metadata(), new Metadata()];
  for (const value of sent.get(kInitial)) initial.add(kInitial, value);
  for (const value of sent.get(kTrailing)) trailing.add(kTrailing, value);
  for (const value of sent.get('x-details-bin')) trailing.add(kDetails, value);
  return { initial, trailing };
}
const payload = (size: number): Message => ({ body: Buffer.alloc(size) });
const failure = ({ code, message }: { code: number; message: string }, metadata: Metadata) => ({
  code,
  details: message,
  metadata,
});

/** A running server; `calls` are those that have begun, with how they ended. */
export class TestServer {
  readonly server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  readonly calls: {
    readonly method: string;
    readonly metadata: Metadata;
    cancelled: boolean;
    deadline: unknown;
  }[] = [];
  port = 0;

  async listen(credentials = ServerCredentials.createInsecure()): Promise<this> {
    this.server.addService(implementedMethods, this.#implementation());
    this.port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    return this;
  }

  close(): void {
    this.server.forceShutdown();
  }

  #note(
    method: string,
    call: { metadata: Metadata; on(event: 'cancelled', what: () => void): unknown; getDeadline(): unknown },
  ): void {
    const entry = { method, metadata: call.metadata, cancelled: false, deadline: call.getDeadline() };
    this.calls.push(entry);
    call.on('cancelled', () => {
      entry.cancelled = true;
    });
  }

  #implementation(): UntypedServiceImplementation {
    return {
      EmptyCall: ((call, callback) => {
        this.#note('EmptyCall', call);
        callback(null, {});
      }) satisfies handleUnaryCall<Message, Message>,
      UnaryCall: ((call, callback) => {
        this.#note('UnaryCall', call);
        const { initial, trailing } = echoed(call.metadata);
        call.sendMetadata(initial);
        const { status, responseSize = 0 } = call.request;
        if (status !== undefined) callback(failure(status, trailing));
        else callback(null, payload(responseSize), trailing);
      }) satisfies handleUnaryCall<Message, Message>,
      StreamingInputCall: ((call, callback) => {
        this.#note('StreamingInputCall', call);
        let aggregated = 0;
        call.on('data', ({ body }: Message) => {
          aggregated += body?.length ?? 0;
        });
        call.on('end', () => callback(null, { aggregated }));
      }) satisfies handleClientStreamingCall<Message, Message>,
      StreamingOutputCall: ((call) => {
        this.#note('StreamingOutputCall', call);
        for (const size of call.request.responseSizes ?? []) call.write(payload(size));
        call.end();
      }) satisfies handleServerStreamingCall<Message, Message>,
      FullDuplexCall: ((call) => {
        this.#note('FullDuplexCall', call);
        const { initial, trailing } = echoed(call.metadata);
        call.sendMetadata(initial);
        call.on('data', ({ responseSizes = [], status }: Message) => {
          if (status !== undefined) call.emit('error', failure(status, trailing));
          for (const size of responseSizes) call.write(payload(size));
        });
        call.on('end', () => call.end(trailing));
      }) satisfies handleBidiStreamingCall<Message, Message>,
    };
  }
}

type Unary = (
  request: Message,
  metadata: Metadata,
  options: { deadline?: Date },
  callback: (error: Error | null, response?: Message) => void,
) => ReturnType<Client['makeUnaryRequest']>;
type Duplex = (metadata?: Metadata, options?: { deadline?: Date }) => ClientDuplexStream<Message, Message>;
export type TestClient = Client & {
  readonly EmptyCall: Unary;
  readonly UnaryCall: Unary;
  readonly UnimplementedCall: Unary;
  readonly OtherService: Unary;
  readonly StreamingInputCall: (
    callback: (error: Error | null, response?: Message) => void,
  ) => ClientDuplexStream<Message, Message>;
  readonly StreamingOutputCall: (request: Message) => ClientDuplexStream<Message, Message>;
  readonly FullDuplexCall: Duplex;
};
export const TestClient = makeGenericClientConstructor(service, 'TestService') as unknown as new (
  ...args: ConstructorParameters<ReturnType<typeof makeGenericClientConstructor>>
) => TestClient;

export type Outcome = {
  readonly status: StatusObject;
  readonly initial: Metadata;
  readonly messages: readonly Message[];
};

/** A unary call to its end. */
export function callUnary(
  call: Unary,
  client: TestClient,
  request: Message = {},
  { metadata = new Metadata(), deadlineMs }: { metadata?: Metadata; deadlineMs?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const messages: Message[] = [];
    let initial = new Metadata();
    const options = deadlineMs === undefined ? {} : { deadline: new Date(Date.now() + deadlineMs) };
    const running = call.call(client, request, metadata, options, (_error, response) => {
      if (response !== undefined) messages.push(response);
    });
    running.on('metadata', (fields) => {
      initial = fields;
    });
    running.on('status', (status) => resolve({ status, initial, messages }));
  });
}

/** What a stream brings, until it ends. */
export function readAll(
  stream: ClientDuplexStream<Message, Message>,
  onMessage: (message: Message, count: number) => void = () => undefined,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const messages: Message[] = [];
    let initial = new Metadata();
    stream.on('metadata', (fields) => {
      initial = fields;
    });
    stream.on('data', (message: Message) => {
      messages.push(message);
      onMessage(message, messages.length);
    });
    stream.on('error', () => undefined);
    stream.on('status', (status) => resolve({ status, initial, messages }));
  });
}
