// The real Envoy as a client of our control plane.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, folder, freePort, Running } from '../e2e/support.ts';
import { cluster, endpoints, listener, type Plain, route } from './client.ts';

export { envoyBinary } from '../stats/real_envoy.ts';

export const MODES = ['ads-sotw', 'ads-delta', 'grpc', 'delta', 'rest'] as const;
export type Mode = (typeof MODES)[number];

const api = (api_type: string, fields: Plain = {}): Plain => ({
  api_type,
  transport_api_version: 'V3',
  ...fields,
});
const grpcService = {
  grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
  set_node_on_first_message_only: true,
};

/** Where Envoy takes resources from. */
export function sourceOf(mode: Mode): Plain {
  if (mode.startsWith('ads')) return { ads: {}, resource_api_version: 'V3' };
  const config =
    mode === 'rest'
      ? api('REST', { cluster_names: ['xds'], refresh_delay: '0.05s', request_timeout: '1s' })
      : api(mode === 'delta' ? 'DELTA_GRPC' : 'GRPC', grpcService);
  return { api_config_source: config, resource_api_version: 'V3' };
}

/** A bootstrap whose clusters and listeners come from the port. */
export function bootstrap(
  mode: Mode,
  port: number,
  admin: number,
  more: { id?: string; transport?: Plain; layer?: string } = {},
): Plain {
  const source = sourceOf(mode);
  const ads = api(mode === 'ads-delta' ? 'DELTA_GRPC' : 'GRPC', grpcService);
  const http2 = {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  };
  return {
    node: { id: more.id ?? 'envoy', cluster: 'tests' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    dynamic_resources: {
      ...(mode.startsWith('ads') ? { ads_config: ads } : {}),
      cds_config: source,
      lds_config: source,
    },
    ...(more.layer === undefined
      ? {}
      : {
          layered_runtime: { layers: [{ name: 'x', rtds_layer: { name: more.layer, rtds_config: source } }] },
        }),
    static_resources: {
      clusters: [
        {
          name: 'xds',
          type: 'STATIC',
          connect_timeout: '1s',
          load_assignment: endpoints('xds', port),
          ...(mode === 'rest' ? {} : { typed_extension_protocol_options: http2 }),
          ...(more.transport === undefined ? {} : { transport_socket: more.transport }),
        },
      ],
    },
  };
}

/** Resources that send everything that comes to `port` to an origin. */
export function world(mode: Mode, port: number, origin: number, name = 'a', generation = '1') {
  const source = sourceOf(mode);
  const text = JSON.stringify({
    clusters: [cluster(name)],
    listeners: [listener('main', port, 'main')],
    routes: [routeWith('main', name, generation)],
  });
  const own = JSON.parse(
    text.replaceAll(JSON.stringify({ ads: {}, resource_api_version: 'V3' }), JSON.stringify(source)),
  ) as { clusters: Plain[]; listeners: Plain[]; routes: Plain[] };
  return { ...own, endpoints: [endpoints(name, origin)] };
}

/** The answers say which version of the table made them. */
function routeWith(name: string, to: string, generation: string): Plain {
  return {
    ...route(name, to),
    response_headers_to_add: [{ header: { key: 'x-generation', value: generation } }],
  };
}

export class Envoy {
  readonly admin: number;
  readonly #running: Running;
  readonly #dir: { remove(): void };

  private constructor(admin: number, running: Running, dir: { remove(): void }) {
    this.admin = admin;
    this.#running = running;
    this.#dir = dir;
  }

  /** A file without an admin interface, which is added to it. */
  static startFile(binary: string, file: string): Promise<Envoy> {
    return Envoy.#run(binary, (_dir, admin) => {
      const own = { admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } } };
      return ['-c', file, '--config-yaml', JSON.stringify(own)];
    });
  }

  static start(
    binary: string,
    config: (admin: number) => Plain,
    flags: readonly string[] = [],
  ): Promise<Envoy> {
    return Envoy.#run(binary, (dir, admin) => [
      '-c',
      dir.write('envoy.json', config(admin) as never),
      ...flags,
    ]);
  }

  static async #run(
    binary: string,
    config: (dir: ReturnType<typeof folder>, admin: number) => string[],
  ): Promise<Envoy> {
    const admin = await freePort();
    const dir = folder();
    const level = process.env.ENVOY_LOG ?? 'error';
    const args = [...config(dir, admin), '--concurrency', '1', '--disable-hot-restart', '-l', level];
    const running = new Running(binary, args);
    await running.listening(admin);
    return new Envoy(admin, running, dir);
  }

  get output(): string {
    return this.#running.output;
  }

  /** A path of its admin interface. */
  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.admin}${path}`)).text();
  }

  async stat(name: string): Promise<number> {
    const text = await this.get(`/stats?filter=^${name.replaceAll('.', '\\.')}$`);
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    this.#dir.remove();
    if (process.env.ENVOY_LOG) process.stderr.write(this.output);
  }
}

/** An origin that answers its name. */
export async function origin(name: string): Promise<{ readonly port: number; close(): void }> {
  const server = http.createServer((_request, response) => response.end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a request through the proxy gets: `<status> <generation> <body>`. */
export async function ask(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    return `${response.status} ${response.headers.get('x-generation') ?? '-'} ${await response.text()}`;
  } catch {
    return 'nothing';
  }
}

/** Until the proxy answers so. */
export async function answers(port: number, wanted: string): Promise<void> {
  let last = '';
  await eventually(`the answer "${wanted}"`, async () => {
    last = await ask(port);
    return last === wanted;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; the last one was "${last}"`);
  });
}
