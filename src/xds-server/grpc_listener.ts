import type { GrpcService } from './grpc.ts';
import type { TlsOptions } from './server.ts';

/** A listening gRPC server. */
export interface GrpcListener {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

type Grpc = typeof import('@grpc/grpc-js');

/** Only who serves gRPC needs it. */
async function load(): Promise<Grpc> {
  try {
    const loaded = (await import('@grpc/grpc-js')) as Grpc & { default?: Grpc };
    return loaded.default ?? loaded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('to serve gRPC, install the package @grpc/grpc-js beside attache-proxy', {
      cause: error,
    });
  }
}

function credentials({ ServerCredentials }: Grpc, tls: TlsOptions | undefined) {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const buffer = (text: string | Buffer): Buffer => Buffer.from(text);
  return ServerCredentials.createSsl(
    tls.ca === undefined ? null : buffer(tls.ca),
    [{ cert_chain: buffer(tls.cert), private_key: buffer(tls.key) }],
    tls.ca !== undefined,
  );
}

const MAX_REQUEST = 64 << 20;

/** Listens on `host:port` or `unix:/path`. */
export async function listenGrpc(
  address: string,
  services: readonly GrpcService[],
  options: { readonly tls: TlsOptions | undefined; readonly keepaliveMs: number | undefined },
): Promise<GrpcListener> {
  const grpc = await load();
  const keepalive = options.keepaliveMs ?? 30_000;
  const server = new grpc.Server({
    // Clients with very many resources name them all when they connect again.
    'grpc.max_receive_message_length': MAX_REQUEST,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepalive,
    'grpc.keepalive_timeout_ms': keepalive,
  });
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials(grpc, options.tls), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: address.replace(/:\d+$/, ''),
    port,
    close: () =>
      new Promise((resolve) => {
        server.tryShutdown(() => resolve());
        // Connections without streams are closed by that; those whose client does not answer are not waited for.
        setTimeout(() => server.forceShutdown(), 100).unref();
      }),
  };
}
