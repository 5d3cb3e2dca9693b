/** What a management server is told and when: the settings of sources, one by one, against a server that looks. */
// observes: envoy.config.bootstrap.v3.Bootstrap.DynamicResources: ads_config
// observes: envoy.config.core.v3.ConfigSource: ads self api_config_source
// observes: envoy.config.core.v3.ApiConfigSource: api_type cluster_names grpc_services refresh_delay request_timeout rate_limit_settings set_node_on_first_message_only
// observes: envoy.config.core.v3.RateLimitSettings: max_tokens fill_rate
// observes: envoy.config.core.v3.GrpcService: envoy_grpc timeout initial_metadata retry_policy
// observes: envoy.config.core.v3.GrpcService.EnvoyGrpc: cluster_name authority retry_policy max_receive_message_length
// observes: envoy.config.core.v3.RetryPolicy: retry_back_off
// observes: envoy.config.core.v3.Node: metadata dynamic_parameters extensions client_features
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { cluster, endpoint, eventually, freePort, listener, routes, toCluster } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { CDS, DISCOVERY, server, TYPE } from './raw_server.ts';
import { answers, ask, origin, proxy } from './world.ts';

const http2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': `${TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};

/** A bootstrap with one server, `xds`. */
function config(port: number, dynamic: Plain, more: Plain = {}, clusters: Plain[] = []) {
  return (admin: number): Plain => ({
    node: { id: 'me', cluster: 'mine' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { clusters: [{ ...cluster('xds', [port]), ...http2 }, ...clusters] },
    dynamic_resources: dynamic,
    ...more,
  });
}

const api = (fields: Plain = {}, service: Plain = {}, envoy: Plain = {}): Plain => ({
  api_type: 'GRPC',
  transport_api_version: 'V3',
  grpc_services: [{ envoy_grpc: { cluster_name: 'xds', ...envoy }, ...service }],
  ...fields,
});
const cds = (fields?: Plain, service?: Plain, envoy?: Plain): Plain => ({
  cds_config: { api_config_source: api(fields, service, envoy), initial_fetch_timeout: '0.1s' },
});

t.test('the node: what the bootstrap says of it, with each message or with the first', async (t) => {
  const node = {
    id: 'me',
    cluster: 'mine',
    locality: { region: 'r', zone: 'z' },
    metadata: { a: { b: [1, 'two'] } },
    dynamic_parameters: { t: { params: { p: 'q' } } },
    extensions: [{ name: 'x', category: 'y' }],
    client_features: ['f'],
  };
  for (const once of [false, true]) {
    const { port, call, request } = await server(t);
    await proxy(t, config(port, cds({ set_node_on_first_message_only: once }), { node }));
    const first = await request(0);
    t.match(first.node, { ...node, user_agent_name: 'envoy', user_agent_build_version: {} });
    (await call()).send(CDS, '1', []);
    const second = await request(1);
    t.equal(second.version_info, '1');
    t.equal(second.node === undefined, once);
  }
});

t.test('the kinds of streams, and where they go', async (t) => {
  for (const [type, path] of [
    ['GRPC', '/envoy.service.cluster.v3.ClusterDiscoveryService/StreamClusters'],
    ['DELTA_GRPC', '/envoy.service.cluster.v3.ClusterDiscoveryService/DeltaClusters'],
  ] as const) {
    const { port, call } = await server(t);
    await proxy(t, config(port, cds({ api_type: type })));
    t.equal((await call()).path, path);
  }
  for (const [type, path] of [
    ['GRPC', `/${DISCOVERY}.AggregatedDiscoveryService/StreamAggregatedResources`],
    ['DELTA_GRPC', `/${DISCOVERY}.AggregatedDiscoveryService/DeltaAggregatedResources`],
  ] as const) {
    const { port, request, call } = await server(t);
    const ads = {
      ads_config: api({ api_type: type }),
      cds_config: { ads: {}, initial_fetch_timeout: '0.1s' },
    };
    await proxy(t, config(port, ads));
    t.equal((await request(0)).type_url, CDS);
    t.equal((await call()).path, path);
  }
});

t.test('metadata, authority', async (t) => {
  const { port, call } = await server(t);
  const metadata = { initial_metadata: [{ key: 'x-token', value: 'secret' }] };
  await proxy(t, config(port, cds({}, metadata, { authority: 'control.test' })));
  const { metadata: seen, authority } = await call();
  t.same(seen.get('x-token'), ['secret']);
  t.equal(authority, 'control.test');
});

t.test('the time of a stream; a new one follows', async (t) => {
  const { port, call } = await server(t);
  await proxy(t, config(port, cds({}, { timeout: '0.3s' }, { retry_policy: backoff('0.01s') })));
  const first = await call();
  t.ok(Number.isFinite(first.deadline), 'the server is told');
  await call(1);
  t.pass();
});

const backoff = (base_interval: string, max_interval = base_interval): Plain => ({
  retry_back_off: { base_interval, max_interval },
});

t.test('backoff: with a short one there are many attempts while a long one has made none', async (t) => {
  const [fast, slow] = [await server(t), await server(t)];
  const end = async ({ calls, call }: typeof fast): Promise<void> => {
    await call();
    for (const each of calls) each.end();
  };
  await proxy(t, config(fast.port, cds({}, { retry_policy: backoff('0.005s') })));
  await proxy(t, config(slow.port, cds({}, {}, { retry_policy: backoff('3600s') })));
  await end(slow);
  for (let i = 0; i < 10; i++) {
    const one = await fast.call(i);
    one.end();
  }
  t.equal(slow.calls.length, 1);
});

t.test('messages that are too large end the stream', async (t) => {
  const { port, call } = await server(t);
  const one = await proxy(
    t,
    config(port, cds({}, { retry_policy: backoff('0.01s') }, { max_receive_message_length: 500 })),
  );
  await (await call()).send(CDS, '1', [cluster('c'.repeat(1000), [1]) as Plain]);
  await call(1);
  t.ok((await one.stat('cluster_manager.cds.update_failure')) >= 1);
});

t.test('the rate of requests', async (t) => {
  const { port, call } = await server(t);
  const limits = { rate_limit_settings: { max_tokens: 2, fill_rate: 0.001 } };
  const one = await proxy(t, config(port, cds(limits)));
  const stream = await call();
  for (const version of ['1', '2', '3']) stream.send(CDS, version, []);
  await one.until('cluster_manager.cds.update_success', 3);
  await one.until('cluster_manager.cds.control_plane.rate_limit_enforced', 1);
  t.equal(stream.requests.length, 2);
  t.equal(await one.stat('cluster_manager.cds.control_plane.pending_requests'), 1);
});

t.test('self: endpoints come from where their cluster came from', async (t) => {
  const { port, call, request } = await server(t);
  const one = await origin('one');
  t.teardown(() => one.close());
  const dynamic = { ads_config: api(), cds_config: { ads: {} } };
  const front = await freePort();
  const listeners = [listener('l', front, { route_config: routes([toCluster('c')]) as never })];
  await proxy(t, (admin) => {
    const made = config(port, dynamic)(admin);
    return { ...made, static_resources: { ...(made.static_resources as Plain), listeners } };
  });
  const stream = await call();
  const eds = { type: 'EDS', eds_cluster_config: { eds_config: { self: {}, resource_api_version: 'V3' } } };
  stream.send(CDS, '1', [{ name: 'c', connect_timeout: '1s', ...eds }]);
  const asked = await eventually('endpoints to be asked for', () =>
    stream.requests.find(({ type_url }) => String(type_url).endsWith('ClusterLoadAssignment')),
  );
  t.same(asked.resource_names, ['c']);
  stream.send(`${TYPE}.config.endpoint.v3.ClusterLoadAssignment`, '1', [
    { cluster_name: 'c', endpoints: [{ lb_endpoints: [endpoint(one.port)] }] },
  ]);
  await answers(front, '200 - one');
  t.ok(await request(0));
});

t.test('REST: who is asked, how often, for how long', async (t) => {
  const requests: Plain[] = [];
  const times: number[] = [];
  let hold = false;
  const rest = http.createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += data;
    });
    request.on('end', () => {
      times.push(performance.now());
      requests.push({ path: request.url, ...(JSON.parse(body) as Plain) });
      if (!hold) response.end(JSON.stringify({ version_info: '1', type_url: CDS, resources: [] }));
    });
  });
  await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    rest.closeAllConnections();
    rest.close();
  });
  const { port } = rest.address() as AddressInfo;
  const source = (refresh_delay: string, request_timeout: string): Plain => ({
    cds_config: {
      api_config_source: {
        api_type: 'REST',
        transport_api_version: 'V3',
        cluster_names: ['rest'],
        refresh_delay,
        request_timeout,
      },
    },
  });
  const fast = await proxy(t, config(1, source('0.02s', '0.05s'), {}, [cluster('rest', [port]) as Plain]));
  await eventually('polls', () => requests.length > 5);
  t.match(requests[0], { path: '/v3/discovery:clusters', node: { id: 'me' }, type_url: CDS });
  t.equal(requests[5]?.version_info, '1');
  hold = true;
  await eventually(
    'a request that takes too long',
    async () => (await fast.stat('cluster_manager.cds.update_failure')) > 1,
  );
  hold = false;
  await fast.stop();
  const before = requests.length;
  await proxy(t, config(1, source('3600s', '5s'), {}, [cluster('rest', [port]) as Plain]));
  await eventually('the first', () => requests.length > before);
  t.equal(requests.length, before + 1);
});

t.test('what cannot be is refused, with its place', async (t) => {
  const refused = async (dynamic: Plain, more: Plain = {}): Promise<string> => {
    try {
      await proxy(t, config(1, dynamic, more));
    } catch (error) {
      return (error as Error).message;
    }
    return 'it was accepted';
  };
  t.match(await refused({ cds_config: { ads: {} } }), /cds_config\.ads: the bootstrap has no/);
  t.match(
    await refused(cds({}, {}, { cluster_name: 'xdss' })),
    /cluster_name: there is no static cluster 'xdss'/,
  );
  t.match(await refused(cds({ transport_api_version: 'V2' })), /transport other than V3|V2/);
  t.match(
    await refused({
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ google_grpc: { target_uri: 'xds:///a', stat_prefix: 'x' } }],
      },
    }),
    /google_grpc\.target_uri: the target xds:\/\/\/a is not supported/,
  );
  t.equal(await ask(1), 'nothing');
});

t.test(
  'a server that says nothing holds the start up for the initial fetch time, and no longer',
  async (t) => {
    const { port, request } = await server(t);
    const one = await origin('one');
    t.teardown(() => one.close());
    const front = await freePort();
    const listeners = [listener('l', front, { route_config: routes([toCluster('c')]) as never })];
    const source = (initial_fetch_timeout: string): Plain => ({ ads: {}, initial_fetch_timeout });
    const starts = (clusters: string, more: Plain = {}): Promise<Awaited<ReturnType<typeof proxy>>> =>
      proxy(t, (admin) => {
        const dynamic = { ads_config: api(), cds_config: source(clusters), ...more };
        const made = config(port, dynamic, {}, [cluster('c', [one.port]) as Plain])(admin);
        return { ...made, static_resources: { ...(made.static_resources as Plain), listeners } };
      });
    const late = await starts('0.2s', { lds_config: source('0.2s') });
    await late.live();
    await answers(front, '200 - one');
    t.equal(await late.stat('cluster_manager.cds.init_fetch_timeout'), 1);
    t.equal(await late.stat('listener_manager.lds.init_fetch_timeout'), 1);
    await late.stop();
    // Without a limit it waits.
    const waits = await starts('0s');
    await request(0, 1);
    t.match(await waits.get('/ready'), /^PRE_INITIALIZING/);
    t.match(await waits.get('/server_info'), /"state": "PRE_INITIALIZING"/);
    t.equal(await ask(front), 'nothing');
  },
);
