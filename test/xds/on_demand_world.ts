/** What the tests of things on demand stand on: either proxy on a server that answers when a test says so. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { Test } from 'tap';
import { accepts, eventually, type Fields, folder, freePort, listener, router } from '../e2e/support.ts';
import { endpoints, type Plain } from '../xds-server/client.ts';
import { Envoy, envoyBinary, sourceOf } from '../xds-server/envoy.ts';
import { type Call, server, TYPE } from './raw_server.ts';
import { Attache } from './world.ts';

export const CDS = `${TYPE}.config.cluster.v3.Cluster`;
export const LDS = `${TYPE}.config.listener.v3.Listener`;
export const RDS = `${TYPE}.config.route.v3.RouteConfiguration`;
export const SRDS = `${TYPE}.config.route.v3.ScopedRouteConfiguration`;
export const VHDS = `${TYPE}.config.route.v3.VirtualHost`;
const FILTER = `${TYPE}.extensions.filters.http.on_demand.v3`;
export const ADS = sourceOf('ads-delta');

export const filter = (fields: Plain = {}): Plain => ({
  name: 'envoy.filters.http.on_demand',
  typed_config: { '@type': `${FILTER}.OnDemand`, ...fields },
});
export const perRoute = (fields: Plain): Plain => ({
  'envoy.filters.http.on_demand': { '@type': `${FILTER}.PerRouteConfig`, ...fields },
});

/** Times out in tests that wait for it only. */
export const odcds = (source: Plain, timeout = '60s'): Plain => ({ odcds: { source, timeout } });

/** A route to a cluster, named after it. */
export const to = (prefix: string, cluster: string, more: Plain = {}): Plain => ({
  name: `to-${cluster}`,
  match: { prefix },
  route: { cluster },
  ...more,
});
export const host = (name: string, domain = name, routes: readonly Plain[] = [to('/', 'one')]): Plain => ({
  name,
  domains: [domain],
  routes,
});

/** An origin that answers the length of what it gets. */
export async function measuring(test: Test): Promise<number> {
  const made = http.createServer((request, response) => {
    let length = 0;
    request.on('data', (bytes: Buffer) => {
      length += bytes.length;
    });
    request.on('end', () => response.end(`${request.headers['x-early'] ?? ''}${length}`));
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  test.teardown(() => {
    made.closeAllConnections();
    made.close();
  });
  return (made.address() as { port: number }).port;
}

export type Options = {
  readonly own: boolean;
  /** Of the connection manager, whose filters are the one on demand and the router. */
  readonly manager: Plain;
  readonly filter?: Plain;
  /** Between the two. */
  readonly filters?: readonly Plain[];
  readonly ads?: 'GRPC' | 'DELTA_GRPC';
  readonly origin: number;
  readonly workers?: number;
  /** Beside `one` and that of the server. */
  readonly clusters?: readonly Plain[];
  /** Of the listener. */
  readonly listener?: Fields;
  /** More of the bootstrap. */
  readonly bootstrap?: Plain;
  readonly listeners?: readonly Plain[];
};

const HTTP2 = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': `${TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http2_protocol_options: {} },
  },
};
const LINE = '%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %ROUTE_NAME%\n';

export type Ask = {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
};

/** A proxy with one listener, the cluster `one`, and a server without a word of its own. */
export class World {
  readonly port: number;
  readonly proxy: Envoy | Attache;
  readonly calls: Call[];
  readonly #log: string;
  /** How many requests of each stream were looked at. */
  readonly #seen = new Map<Call, number>();

  private constructor(port: number, proxy: Envoy | Attache, calls: Call[], log: string) {
    this.port = port;
    this.proxy = proxy;
    this.calls = calls;
    this.#log = log;
  }

  static async start(test: Test, options: Options): Promise<World> {
    const { port: xds, calls } = await server(test);
    const port = await freePort();
    const dir = folder();
    const log = `${dir.path}/access.log`;
    const config = (admin: number): Plain => bootstrap(admin, xds, port, log, options);
    const flush = ['--file-flush-interval-msec', '20'];
    const proxy = options.own
      ? await Attache.start(config, ['--concurrency', `${options.workers ?? 1}`, ...flush])
      : await Envoy.start(envoyBinary() as string, config, flush);
    test.teardown(async () => {
      await proxy.stop();
      dir.remove();
    });
    return new World(port, proxy, calls, log);
  }

  /** The answer of a request: its status and body. */
  ask(name: string, { path = '/', method = 'GET', body = '', headers = {} }: Ask = {}): Promise<string> {
    return new Promise((resolve) => {
      const options = { port: this.port, host: '127.0.0.1', path, method, agent: false };
      const sent = http.request({ ...options, headers: { host: name, ...headers } }, (answer) => {
        let text = '';
        answer.on('data', (bytes: Buffer) => {
          text += bytes.toString();
        });
        answer.on('end', () => resolve(`${answer.statusCode} ${text}`));
      });
      sent.on('error', (error) => resolve(error.message));
      sent.end(body);
    });
  }

  /** The stream on which somebody subscribed to the name, or spoke of the type at all. */
  async asked(typeUrl: string, name?: string): Promise<Call> {
    return eventually(`${name ?? 'a request'} of ${typeUrl}`, () =>
      this.calls.find((call) =>
        call.requests
          .slice(this.#seen.get(call) ?? 0)
          .some(
            ({ type_url, resource_names_subscribe: added, resource_names: names }) =>
              type_url === typeUrl &&
              (name === undefined || ((added ?? names ?? []) as string[]).includes(name)),
          ),
      ),
    );
  }

  /** What was said until now is not looked at by `asked` and `said` any more. */
  forget(): void {
    for (const call of this.calls) this.#seen.set(call, call.requests.length);
  }

  /** Names that were subscribed to, in their order. */
  get said(): string[] {
    return this.calls.flatMap((call) =>
      call.requests
        .slice(this.#seen.get(call) ?? 0)
        .flatMap(({ resource_names_subscribe: added }) => (added ?? []) as string[]),
    );
  }

  async log(lines: number): Promise<string[]> {
    return eventually(`${lines} lines of the log`, () => {
      const all = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
      return all.length >= lines ? all : undefined;
    });
  }

  /** Until it listens. */
  serves(): Promise<unknown> {
    return eventually('the proxy to serve', () => accepts(this.port));
  }

  stat(name: string): Promise<number> {
    return this.proxy.stat(name);
  }
}

function bootstrap(admin: number, xds: number, port: number, log: string, options: Options): Plain {
  const { manager, ads = 'DELTA_GRPC', origin } = options;
  const file = {
    name: 'file',
    typed_config: {
      '@type': `${TYPE}.extensions.access_loggers.file.v3.FileAccessLog`,
      path: log,
      log_format: { text_format_source: { inline_string: LINE } },
    },
  };
  const all = {
    http_filters: [filter(options.filter), ...(options.filters ?? []), router],
    access_log: [file],
  };
  const fixed = (name: string, to: number, more: Plain = {}): Plain => ({
    name,
    type: 'STATIC',
    connect_timeout: '5s',
    load_assignment: endpoints(name, to),
    ...more,
  });
  return {
    node: { id: 'proxy', cluster: 'tests' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    dynamic_resources: {
      ads_config: {
        api_type: ads,
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
      },
    },
    ...options.bootstrap,
    static_resources: {
      listeners: [
        listener('main', port, { ...all, ...manager } as unknown as Fields, options.listener),
        ...(options.listeners ?? []),
      ],
      clusters: [
        fixed('xds', xds, { typed_extension_protocol_options: HTTP2 }),
        fixed('one', origin),
        ...(options.clusters ?? []),
      ],
    },
  };
}
