// Requests that say to which cluster they go (cluster_header), in the real Envoy and in this proxy: answers, access logs,
// statistics. Skipped where Envoy's binary is absent.
// observes: envoy.config.route.v3.RouteAction: cluster_header
// observes: envoy.config.route.v3.WeightedCluster.ClusterWeight: cluster_header
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import t from 'tap';
import { Client, cluster, eventually, type Fields, folder, listener, routes } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const dir = folder();
t.teardown(() => dir.remove());

/** Answers its name and what it was told. */
async function origin(name: string): Promise<number> {
  const made = createServer((request, response) =>
    response.end(`${name} ${request.headers['x-cluster'] ?? '-'} ${request.headers['x-where'] ?? '-'}`),
  );
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    made.closeAllConnections();
    made.close();
  });
  return (made.address() as { port: number }).port;
}

const LINE = '%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_CLUSTER%\n';
const log = (path: string): Fields => ({
  name: 'file',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: { text_format_source: { inline_string: LINE } },
  },
});
const by = (prefix: string, route: Fields, more: Fields = {}): Fields => ({
  match: { prefix },
  route,
  ...more,
});

t.test('by header', async (t) => {
  const ports = [await origin('one'), await origin('two')];
  const logs = ['one.log', 'two.log'].map((name) => `${dir.path}/${name}`);
  let side = 0;
  const sides = await bothSides(t, dir, ['main'], (admin, { main }) => ({
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      clusters: [
        cluster('one', [ports[0] as number]),
        cluster('two', [ports[1] as number], { alt_stat_name: 'zwei' }),
      ],
      listeners: [
        listener('main', main, {
          access_log: [log(logs[side++] as string)],
          upgrade_configs: [{ upgrade_type: 'websocket', enabled: false }],
          route_config: routes([
            by('/removed', { cluster_header: 'x-cluster' }, { request_headers_to_remove: ['x-cluster'] }),
            by('/status', { cluster_header: 'x-cluster', cluster_not_found_response_code: 'NOT_FOUND' }),
            by('/host', { cluster_header: ':authority', host_rewrite_literal: 'other' }),
            by('/named', { cluster_header: 'X-CLUSTER' }),
            by('/weighted', {
              weighted_clusters: {
                clusters: [
                  {
                    cluster_header: 'x-cluster',
                    weight: 1,
                    request_headers_to_add: [{ header: { key: 'x-where', value: 'header' } }],
                  },
                  { name: 'one', weight: 0 },
                ],
              },
            }),
          ]),
        }),
      ],
    },
  }));
  const REQUESTS: readonly (readonly [string, ...string[]])[] = [
    ...['removed', 'status', 'named', 'weighted'].flatMap((path): [string, ...string[]][] => [
      [path, 'x-cluster: one'],
      [path, 'x-cluster: two'],
      [path, 'x-cluster: three'],
      [path, 'x-cluster:'],
      [path, 'x-cluster: two', 'x-cluster: one'],
      [path, 'x-cluster: One'],
      [path],
    ]),
    ['host'],
    ['named', 'x-cluster: one', 'connection: upgrade', 'upgrade: websocket'],
  ];
  const run = async ({ ports: { main }, admin }: (typeof sides)[number], file: string): Promise<string[]> => {
    const said: string[] = [];
    for (const [path, ...fields] of REQUESTS) {
      const client = new Client(main);
      const head = [`GET /${path} HTTP/1.1`, `host: ${path === 'host' ? 'two' : 'any'}`, ...fields];
      client.send(`${head.join('\r\n')}\r\n\r\n`);
      const { status, body } = await client.response();
      said.push(`${path} ${fields.join()}: ${status} ${body.toString()}`);
      client.socket.destroy();
    }
    for (const name of [
      'http.main.no_cluster',
      'cluster.one.upstream_rq_total',
      'cluster.zwei.upstream_rq_total',
    ]) {
      const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
      said.push(text.trim());
    }
    const lines = await eventually('the log', () => {
      const all = readFileSync(file, 'utf8').trim().split('\n');
      return all.length >= REQUESTS.length ? all : undefined;
    });
    return [...said, ...lines];
  };
  const [real, own] = await Promise.all(sides.map((each, i) => run(each, logs[i] as string)));
  t.same(own, real);
});
