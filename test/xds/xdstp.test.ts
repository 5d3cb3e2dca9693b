/** Names with an authority: collections, and sources of authorities; what is asked for as by the real Envoy. */
// observes: envoy.config.bootstrap.v3.Bootstrap: config_sources default_config_source node_context_params
// observes: envoy.config.bootstrap.v3.Bootstrap.DynamicResources: cds_resources_locator lds_resources_locator
// observes: envoy.config.core.v3.ConfigSource: authorities
// observes: xds.core.v3.Authority: name
import t, { type Test } from 'tap';
import { eventually, folder, freePort, listener, Running } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import type { Plain } from '../xds-server/client.ts';
import { type Call, server, TYPE } from './raw_server.ts';
import { Attache, ask, origin } from './world.ts';

t.setTimeout(120_000);
const short = (typeUrl: unknown): string => String(typeUrl).split('.').at(-1) ?? '';
const url = (kind: string): string => `${TYPE}.config.${kind}`;
const CDS = url('cluster.v3.Cluster');
const LDS = url('listener.v3.Listener');
const CLUSTERS = 'xdstp://a/envoy.config.cluster.v3.Cluster/foo';
const LISTENERS = 'xdstp://other/envoy.config.listener.v3.Listener/l';
const HOSTS = 'xdstp://a/envoy.config.endpoint.v3.ClusterLoadAssignment/foo/e';
const MORE = 'xdstp://c/envoy.config.endpoint.v3.ClusterLoadAssignment/foo/e';
const ROUTES = 'xdstp://b/envoy.config.route.v3.RouteConfiguration/r';
const ADS = { ads: {}, resource_api_version: 'V3' };
const FLAG = 'envoy.reloadable_features.xdstp_based_config_singleton_subscriptions';

const api = (cluster: string, type: string): Plain => ({
  api_type: type,
  transport_api_version: 'V3',
  set_node_on_first_message_only: true,
  grpc_services: [{ envoy_grpc: { cluster_name: cluster } }],
});

function serverCluster(name: string, port: number): Plain {
  const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const http2 = {
    '@type': `type.googleapis.com/${options}`,
    explicit_http_config: { http2_protocol_options: {} },
  };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: { [options]: http2 },
    load_assignment: hosts(name, port),
  };
}
const hosts = (cluster_name: string, port: number): Plain => ({
  cluster_name,
  endpoints: [
    {
      lb_endpoints: [
        { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } },
      ],
    },
  ],
});
const edsCluster = (name: string, service_name: string): Plain => ({
  name,
  type: 'EDS',
  connect_timeout: '1s',
  eds_cluster_config: { service_name, eds_config: ADS },
});

type Ports = { readonly ads: number; readonly a: number; readonly rest: number; readonly admin: number };
function bootstrap(ports: Ports, kind: string, flag: boolean, more: Plain = {}, dynamic: Plain = {}): Plain {
  return {
    node: { id: 'n', cluster: 'c' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: ports.admin } } },
    layered_runtime: { layers: [{ name: 'static', static_layer: { [FLAG]: flag } }] },
    config_sources: [
      { authorities: [{ name: 'a' }, { name: 'b' }], api_config_source: api('a', 'AGGREGATED_DELTA_GRPC') },
    ],
    default_config_source: { api_config_source: api('rest', 'AGGREGATED_GRPC') },
    dynamic_resources: {
      ads_config: api('ads', kind),
      cds_config: ADS,
      lds_config: ADS,
      cds_resources_locator: `${CLUSTERS}/*?z=1&b=%20x`,
      lds_resources_locator: `${LISTENERS}/*`,
      ...dynamic,
    },
    static_resources: {
      clusters: [
        serverCluster('ads', ports.ads),
        serverCluster('a', ports.a),
        serverCluster('rest', ports.rest),
      ],
    },
    ...more,
  };
}

/** What a server was asked for, by type: each request with what it says. */
function asked(call: Call | undefined): string[] {
  return (call?.requests ?? [])
    .map(({ type_url, response_nonce, ...rest }) => {
      const { resource_names_subscribe, resource_names } = rest as Record<string, string[] | undefined>;
      return `${short(type_url)} ${response_nonce === undefined ? 'asks' : 'answers'} ${[...(resource_names_subscribe ?? resource_names ?? [])].sort()}`;
    })
    .sort();
}

type Made = { readonly admin: number; stop(): Promise<unknown>; readonly output: string };
async function run(own: boolean, config: (admin: number) => Plain): Promise<Made> {
  if (own) {
    const made = await Attache.start(config);
    return { admin: made.admin, stop: () => made.stop(), output: made.output };
  }
  const admin = await freePort();
  const dir = folder();
  const args = ['-c', dir.write('envoy.json', config(admin) as never), '-l', 'off', '--concurrency', '1'];
  const made = new Running(envoyBinary() as string, [...args, '--use-dynamic-base-id']);
  void made.exited.then(() => dir.remove());
  return { admin, stop: () => made.stop(), output: '' };
}

/** Serves two clusters of a collection and a listener of another; answers what was asked for, and by whom. */
async function scenario(test: Test, own: boolean, kind: string, flag: boolean) {
  const [ads, a, rest] = [await server(test), await server(test), await server(test)];
  const back = await origin('one');
  const port = await freePort();
  const made = await run(own, (admin) =>
    bootstrap({ ads: ads.port, a: a.port, rest: rest.port, admin }, kind, flag),
  );
  const { admin } = made;
  test.teardown(async () => {
    await made.stop();
    back.close();
  });
  const named = `${CLUSTERS}/one?b=%20x&z=1`;
  const route = { match: { prefix: '/' }, route: { cluster: named } };
  const table = { name: ROUTES, virtual_hosts: [{ name: 'v', domains: ['*'], routes: [route] }] };
  const main = listener(`${LISTENERS}/one`, port, {
    stat_prefix: 'main',
    rds: { route_config_name: ROUTES, config_source: ADS } as never,
  });
  const answers: Record<string, (call: Call) => void> = {
    Cluster: (call) => {
      const list = [edsCluster(named, HOSTS), edsCluster(`${CLUSTERS}/two?b=%20x&z=1`, MORE)];
      call.send(CDS, '1', [...list, edsCluster(`${CLUSTERS}/three`, HOSTS)]);
    },
    Listener: (call) => call.send(LDS, '1', [main as Plain]),
    ClusterLoadAssignment: (call) =>
      call.send(
        url('endpoint.v3.ClusterLoadAssignment'),
        '1',
        [HOSTS, MORE]
          .filter((name) =>
            asked(call).some((line) => line.includes(`asks ${name}`) || line.includes(`,${name}`)),
          )
          .map((name) => hosts(name, back.port)),
      ),
    RouteConfiguration: (call) => call.send(url('route.v3.RouteConfiguration'), '1', [table]),
  };
  const done = new Set<string>();
  const serve = (): void => {
    for (const [i, each] of [ads, a, rest].entries()) {
      const [call] = each.calls;
      for (const { type_url } of call?.requests ?? []) {
        const key = `${i} ${short(type_url)}`;
        if (done.has(key)) continue;
        done.add(key);
        answers[short(type_url)]?.(call as Call);
      }
    }
  };
  const works = async (): Promise<boolean> => {
    serve();
    return (await ask(port)).startsWith('200');
  };
  await eventually('an answer', works);
  const seen = () => ({ ads: asked(ads.calls[0]), a: asked(a.calls[0]), rest: asked(rest.calls[0]) });
  await eventually('all to be answered', () => {
    const all = Object.values(seen()).flat();
    return (
      all.filter((line) => line.includes('answers')).length >=
      all.filter((line) => line.includes(' asks ')).length
    );
  });
  return { seen: seen(), ads, port, admin };
}

for (const kind of ['DELTA_GRPC', 'GRPC']) {
  for (const flag of [true, false]) {
    t.test(`${kind}${flag ? ', each authority has its source' : ''}`, async (t) => {
      const { seen, ads, port, admin } = await scenario(t, true, kind, flag);
      if (flag) {
        t.match(seen.a, [`ClusterLoadAssignment answers `, `ClusterLoadAssignment asks ${HOSTS}`]);
        t.ok(seen.rest.includes(`ClusterLoadAssignment asks ${MORE}`));
        t.ok(seen.a.includes(`RouteConfiguration asks ${ROUTES}`));
      } else {
        t.strictSame([seen.a, seen.rest], [[], []]);
      }
      t.ok(seen.ads.includes(`Cluster asks ${CLUSTERS}/*?b= x&z=1`), 'in the form that all have');
      t.ok(seen.ads.includes(`Listener asks ${LISTENERS}/*`));
      const stats = await (
        await fetch(`http://127.0.0.1:${admin}/stats?filter=active_clusters|rds.*update_success`)
      ).text();
      t.match(stats, /active_clusters: 5\n/, 'one that belongs to another collection is not taken');
      t.match(
        stats,
        /http\.main\.rds\.xdstp_b\/envoy\.config\.route\.v3\.RouteConfiguration\/r\.update_success: 1/,
      );
      if (kind === 'DELTA_GRPC' && !flag) {
        const [call] = ads.calls;
        call?.send(CDS, '2', [], { removed: [`${CLUSTERS}/two?b=%20x&z=1`] });
        await eventually('the cluster to go', async () =>
          /active_clusters: 4\n/.test(
            await (await fetch(`http://127.0.0.1:${admin}/stats?filter=active_clusters`)).text(),
          ),
        );
        call?.end();
        const again = await ads.call(1);
        const first = await eventually('clusters to be asked for again', () =>
          again.requests.find(({ type_url }) => type_url === CDS),
        );
        t.strictSame(first.initial_resource_versions, { [`${CLUSTERS}/one?b=%20x&z=1`]: '1' });
        t.match(await ask(port), /^200/);
      }
      if (envoyBinary() === undefined) return;
      const theirs = await scenario(t, false, kind, flag);
      t.strictSame(seen, theirs.seen, 'as the real Envoy asks');
    });
  }
}

t.test('parameters of the node', async (t) => {
  const ads = await server(t);
  const params = ['id', 'cluster', 'user_agent_name', 'locality.zone'];
  const node = { id: 'n', cluster: 'c', locality: { zone: 'z' } };
  const ports = { ads: ads.port, a: ads.port, rest: ads.port };
  const wanted: unknown[] = [];
  for (const own of envoyBinary() === undefined ? [true] : [true, false]) {
    const before = ads.calls.length;
    const made = await run(own, (admin) =>
      bootstrap({ ...ports, admin }, 'DELTA_GRPC', true, { node, node_context_params: params }),
    );
    const first = await eventually('clusters to be asked for', () =>
      ads.calls
        .slice(before)
        .flatMap(({ requests }) => requests)
        .find(({ type_url }) => type_url === CDS),
    );
    wanted.push(first.resource_names_subscribe);
    await made.stop();
  }
  const query =
    'b= x&xds.node.cluster=c&xds.node.id=n&xds.node.locality.zone=z&xds.node.user_agent_name=envoy&z=1';
  for (const each of wanted) t.strictSame(each, [`${CLUSTERS}/*?${query}`]);
});

t.test('what is refused', async (t) => {
  const ports = { ads: 1, a: 1, rest: 1, admin: 0 };
  const refused = async (more: Plain, dynamic: Plain = {}): Promise<string> => {
    const dir = folder();
    const config = bootstrap(ports, 'DELTA_GRPC', true, more, dynamic);
    const args = ['bin/attache', '--mode', 'validate', '-c', dir.write('a.json', config as never)];
    const made = new Running(process.execPath, args);
    t.equal(await made.exited, 1);
    dir.remove();
    return made.output;
  };
  const locator = (value: string): Promise<string> => refused({}, { cds_resources_locator: value });
  t.match(await locator(`${CLUSTERS}/*#alt=xdstp://b/x/*`), /cds_resources_locator: directives .*#alt=/);
  t.match(await locator(`${LISTENERS}/*`), /it names a collection of envoy.config.listener.v3.Listener/);
  t.match(await locator(`${CLUSTERS}/one`), /it names no collection/);
  t.match(await locator('file:///tmp/x'), /does not come from a server/);
  const poll = { api_config_source: { ...api('ads', 'GRPC') }, resource_api_version: 'V3' };
  t.match(
    await refused({}, { cds_config: poll }),
    /a collection comes over the stream of all types, or one of changes/,
  );
  const source = (authorities: string[], type = 'AGGREGATED_GRPC', cluster = 'a'): Plain => ({
    config_sources: [
      { authorities: authorities.map((name) => ({ name })), api_config_source: api(cluster, type) },
    ],
  });
  t.match(await refused(source([])), /config_sources\[0\]: the source has no authority/);
  t.match(await refused(source(['a', 'a'])), /authorities\[1\]: the authority 'a' is there twice/);
  t.match(await refused(source(['a'], 'DELTA_GRPC')), /come over the stream of all types/);
  t.match(await refused(source(['a'], 'AGGREGATED_GRPC', 'x')), /there is no static cluster 'x'/);
  // Elsewhere nothing would be asked of them.
  const authorities = [{ name: 'a' }];
  const nowhere = /authorities of ConfigSource is not supported here/;
  const last = { api_config_source: api('rest', 'AGGREGATED_GRPC'), authorities };
  t.match(await refused({ default_config_source: last }), nowhere);
  t.match(await refused({}, { lds_config: { ...ADS, authorities } }), nowhere);
  const eds = edsCluster('e', 's');
  const clusters = [{ ...eds, eds_cluster_config: { eds_config: { ...ADS, authorities } } }];
  t.match(await refused({ static_resources: { clusters } }), nowhere);
  t.match(await refused({ node_context_params: ['build'] }), /the parameter build of the node/);
});
