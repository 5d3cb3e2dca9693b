/**
 * Configurations of HTTP filters that a management server delivers (ECDS): in each way, swapped for new requests of
 * connections that stay, refused, missing, and with defaults. Where the real Envoy is installed it does the same.
 */
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter: config_discovery
// observes: envoy.config.core.v3.ExtensionConfigSource: config_source default_config apply_default_config_without_warming type_urls
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { runSide } from '../differential/side.ts';
import {
  Client,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  router,
  type Running,
} from '../e2e/support.ts';
import { bootstrap, envoyBinary, type Mode, MODES, sourceOf } from '../xds-server/envoy.ts';

const FAULT = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const BUFFER = 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer';
const fault = (http_status: number): Fields => ({
  '@type': FAULT,
  abort: { http_status, percentage: { numerator: 100 } },
});
const extension = (name: string, typed_config: Fields): Fields => ({ name, typed_config });

type Side = { readonly name: string; readonly admin: number; readonly ports: Record<string, number> };

/** A filter of each kind of default, in a listener of its own. */
function listeners({ ports }: Side, mode: Mode): Fields[] {
  const source = { ...sourceOf(mode), initial_fetch_timeout: '0.3s' } as Fields;
  const one = (name: string, filter: string, more: Fields): Fields =>
    listener(name, ports[name] ?? 0, {
      http_filters: [
        { name: filter, config_discovery: { config_source: source, type_urls: [FAULT], ...more } },
        router,
      ],
      route_config: {
        name: 'table',
        virtual_hosts: [
          {
            name: 'v',
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }],
          },
        ],
      },
    });
  return [
    one('live', 'live', {}),
    one('missing', 'missing', {}),
    one('late', 'late', { default_config: fault(430) }),
    one('early', 'early', { default_config: fault(431), apply_default_config_without_warming: true }),
  ];
}
const NAMES = ['live', 'missing', 'late', 'early'];

async function setUp(t: Test, mode: Mode, own: boolean) {
  const cache = new SnapshotCache({ check: false });
  const server = new XdsServer(cache);
  const listening = await server.listen({ [mode === 'rest' ? 'rest' : 'grpc']: '127.0.0.1:0' });
  const port = (listening.grpc ?? listening.rest)?.port ?? 0;
  const ports: Record<string, number> = {};
  for (const name of NAMES) ports[name] = await freePort();
  const side: Side = { name: own ? 'attache' : 'envoy', admin: await freePort(), ports };
  const dir = folder();
  const running: Running[] = [];
  t.teardown(async () => {
    for (const one of running) await one.stop();
    await server.close();
    dir.remove();
  });
  const put = (version: string, ...extensions: Fields[]): void => {
    cache.set('envoy', { extensions: extensions as never }, version);
  };
  put('1', extension('live', fault(418)));
  const { dynamic_resources, ...config } = bootstrap(mode, port, side.admin);
  const ads = (dynamic_resources as { ads_config?: object }).ads_config;
  const whole = {
    ...config,
    ...(ads === undefined ? {} : { dynamic_resources: { ads_config: ads } }),
    static_resources: { ...(config.static_resources as object), listeners: listeners(side, mode) },
  };
  running.push(await runSide(own, whole as unknown as Fields, { admin: side.admin, dir }));
  return { side, put };
}

async function scenario(t: Test, { side, put }: Awaited<ReturnType<typeof setUp>>): Promise<void> {
  const clients = new Map(NAMES.map((name) => [name, new Client(side.ports[name] ?? 0)]));
  t.teardown(() => {
    for (const client of clients.values()) client.close();
  });
  /** All on the one connection of the listener. */
  const status = async (name: string): Promise<number> =>
    (await clients.get(name)?.send(get('/')).response())?.status ?? 0;
  const becomes = (name: string, wanted: number): Promise<unknown> =>
    eventually(`${name} to be ${wanted}`, async () => (await status(name)) === wanted);
  const stat = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${side.admin}/stats?filter=${name}`)).text();
    return Number(/: (\d+)/.exec(text)?.[1] ?? -1);
  };
  t.equal(await status('live'), 418, 'there when it began to serve');
  t.equal(await status('missing'), 500, 'nobody passes a filter that is not there');
  t.equal(await status('late'), 430, 'its default');
  t.equal(await status('early'), 431, 'its default');
  const all = (live: Fields): Fields[] => [
    extension('live', live),
    ...['missing', 'late', 'early'].map((name, i) => extension(name, fault(440 + i))),
  ];
  put('2', ...all(fault(419)));
  await becomes('live', 419);
  await becomes('missing', 440);
  await becomes('late', 441);
  await becomes('early', 442);
  const PREFIX = 'extension_config_discovery.http_filter.live';
  put('3', ...all({ '@type': BUFFER, max_request_bytes: 7 }));
  await eventually('another type to be refused', async () => (await stat(`${PREFIX}.config_fail`)) > 0);
  t.equal(await status('live'), 419, 'it stays as it was');
  t.equal(await stat(`${PREFIX}.config_reload`), 2);
  put('4', ...all(fault(420)));
  await becomes('live', 420);
  const dump = (await (
    await fetch(`http://127.0.0.1:${side.admin}/config_dump?resource=ecds_filters&name_regex=live`)
  ).json()) as { configs?: { version_info?: string; ecds_filter?: Fields }[] };
  t.match(dump.configs?.[0], {
    ecds_filter: { name: 'live', typed_config: { abort: { http_status: 420 } } },
  });
}

for (const mode of MODES) {
  // Envoy waits for ever for what a stream of changes says is not there.
  const both = envoyBinary() !== undefined && !mode.endsWith('delta');
  for (const own of both ? [true, false] : [true]) {
    t.test(`${mode}, ${own ? 'attache' : 'Envoy'}`, async (t) => scenario(t, await setUp(t, mode, own)));
  }
}

t.test('files', async (t) => {
  const dir = folder();
  t.teardown(() => dir.remove());
  const put = (status: number): string =>
    dir.write('ecds.json', {
      resources: [
        {
          '@type': 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
          ...extension('filter', fault(status)),
        },
      ],
    });
  put(418);
  const [admin, port] = [await freePort(), await freePort()];
  const config_source = { path_config_source: { path: join(dir.path, 'ecds.json') } };
  const config = {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('l', port, {
          http_filters: [{ name: 'filter', config_discovery: { config_source, type_urls: [FAULT] } }, router],
          route_config: { name: 'none' },
        }),
      ],
    },
  };
  const running = await runSide(true, config as unknown as Fields, { admin, dir });
  t.teardown(() => running.stop());
  const client = new Client(port);
  t.teardown(() => client.close());
  const status = async (): Promise<number> => (await client.send(get('/')).response()).status;
  t.equal(await status(), 418);
  put(419);
  await eventually('the new one', async () => (await status()) === 419);
});
