import type { StreamInfo } from './callbacks.ts';
import { ADS, TYPES } from './resource_types.ts';
import type { Wire } from './stream.ts';

/** As much of a stream of `@grpc/grpc-js` as is used here. */
interface DuplexCall {
  readonly metadata: { getMap(): Record<string, string | Buffer> };
  getPeer(): string;
  getAuthContext?(): { readonly sslPeerCertificate?: PeerCertificate };
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  on(event: 'end' | 'close' | 'cancelled', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  emit(event: 'error', status: { readonly code: number; readonly details: string }): unknown;
  write(bytes: Buffer, callback: (error?: unknown) => void): unknown;
  end(): unknown;
}
type UnaryCall = Pick<DuplexCall, 'metadata' | 'getPeer' | 'getAuthContext'> & { readonly request: Buffer };
type PeerCertificate = {
  readonly subject?: Readonly<Record<string, unknown>>;
  readonly subjectaltname?: string;
};
type UnaryCallback = (
  error: { readonly code: number; readonly details: string } | null,
  answer?: Buffer,
) => void;

type MethodDefinition = {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (bytes: Buffer) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Buffer;
  readonly responseSerialize: (bytes: Buffer) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Buffer;
};

/** One of the services, as `addService` of a grpc.Server takes it. */
export type GrpcService = {
  readonly name: string;
  readonly definition: Readonly<Record<string, MethodDefinition>>;
  // biome-ignore lint/suspicious/noExplicitAny: the handlers of @grpc/grpc-js, whose types are not needed to use this
  readonly implementation: Readonly<Record<string, (...args: any[]) => void>>;
};

/** What the services lead to. */
export interface GrpcBackend {
  open(info: Omit<StreamInfo, 'id' | 'node'>, wire: Wire): { receive(bytes: Buffer): void; close(): void };
  /** A unary call; answers the bytes of a DiscoveryResponse or throws. */
  fetch(
    typeUrl: string,
    request: Buffer,
    caller: { readonly peer: string; readonly headers: Readonly<Record<string, string>> },
  ): Buffer;
}

const same = (bytes: Buffer): Buffer => bytes;

function method(service: string, name: string, streaming: boolean): MethodDefinition {
  return {
    path: `/${service}/${name}`,
    requestStream: streaming,
    responseStream: streaming,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

/** All discovery services. */
export function grpcServices(backend: GrpcBackend): GrpcService[] {
  const aggregated = makeService(ADS, [
    ['StreamAggregatedResources', 'sotw', undefined],
    ['DeltaAggregatedResources', 'delta', undefined],
  ]);
  const own = TYPES.flatMap(({ service, method: name, typeUrl, deltaOnly }) => {
    if (service === undefined || name === undefined) return [];
    const streams: [string, 'sotw' | 'delta', string][] = [[`Delta${name}`, 'delta', typeUrl]];
    if (!deltaOnly) streams.push([`Stream${name}`, 'sotw', typeUrl]);
    return [makeService(service, streams, deltaOnly ? undefined : [`Fetch${name}`, typeUrl])];
  });
  return [aggregated, ...own];

  function makeService(
    name: string,
    streams: readonly (readonly [string, 'sotw' | 'delta', string | undefined])[],
    fetch?: readonly [string, string],
  ): GrpcService {
    const definition: Record<string, MethodDefinition> = {};
    const implementation: Record<string, GrpcService['implementation'][string]> = {};
    for (const [path, protocol, typeUrl] of streams) {
      definition[path] = method(name, path, true);
      implementation[path] = (call: DuplexCall) => serve(backend, call, protocol, typeUrl);
    }
    if (fetch !== undefined) {
      const [path, typeUrl] = fetch;
      definition[path] = method(name, path, false);
      implementation[path] = (call: UnaryCall, callback: UnaryCallback) =>
        answer(backend, call, typeUrl, callback);
    }
    return { name, definition, implementation };
  }
}

function serve(
  backend: GrpcBackend,
  call: DuplexCall,
  protocol: 'sotw' | 'delta',
  typeUrl: string | undefined,
): void {
  const wire: Wire = {
    write: (bytes, sent) => {
      call.write(bytes, () => sent());
    },
    end: (code, details) => {
      if (code === 0) call.end();
      else call.emit('error', { code, details });
    },
  };
  // What is emitted as a status comes back here; without a listener it would end the process.
  call.on('error', () => stream.close());
  const info = { protocol, typeUrl, ...callerOf(call) };
  const stream = backend.open(info, wire);
  call.on('data', (bytes) => stream.receive(bytes));
  call.on('end', () => {
    stream.close();
    call.end();
  });
  call.on('cancelled', () => stream.close());
  call.on('close', () => stream.close());
}

function answer(backend: GrpcBackend, call: UnaryCall, typeUrl: string, callback: UnaryCallback): void {
  try {
    callback(null, backend.fetch(typeUrl, call.request, callerOf(call)));
  } catch (error) {
    const { code } = error as { code?: unknown };
    const details = error instanceof Error ? error.message : String(error);
    callback({ code: typeof code === 'number' ? code : 3, details });
  }
}

function callerOf(
  call: Pick<DuplexCall, 'metadata' | 'getPeer' | 'getAuthContext'>,
): Pick<StreamInfo, 'peer' | 'headers' | 'certificate'> {
  const headers = Object.fromEntries(
    Object.entries(call.metadata.getMap()).map(([name, value]) => [name, value.toString()]),
  );
  const shown = call.getAuthContext?.().sslPeerCertificate;
  const certificate = shown && {
    subject: Object.entries(shown.subject ?? {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(','),
    altNames: shown.subjectaltname ?? '',
  };
  return { peer: call.getPeer(), headers, certificate };
}
