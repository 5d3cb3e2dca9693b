import type { Test } from 'tap';
import { type ServerOptions, type Source, XdsServer } from '../../src/xds-server/index.ts';
import { XdsClient } from './client.ts';

/** A server for a source, and a client of it; both end with the test. */
export async function serve(test: Test, source: Source, options: ServerOptions = {}) {
  const server = new XdsServer(source, options);
  const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
  const port = grpc?.port ?? 0;
  const client = new XdsClient(port);
  test.teardown(async () => {
    client.close();
    await server.close();
  });
  return { server, client, port };
}

/** Rejects when something comes on a stream before it has answered a request that comes after. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
