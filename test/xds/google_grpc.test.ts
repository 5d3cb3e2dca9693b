/** Management servers that are named by google_grpc: plain and with TLS, what is sent to them, and what nobody sees. */
// observes: envoy.config.core.v3.GrpcService: google_grpc
// observes: envoy.config.core.v3.GrpcService.GoogleGrpc: target_uri stat_prefix channel_credentials
// observes: envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials: ssl_credentials
// observes: envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials: root_certs private_key cert_chain
import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import t from 'tap';
import { googleAuthority, googleTarget } from '../../src/config/google_target.ts';
import { Authority } from '../e2e/certificates.ts';
import { LoadService } from '../e2e/load_service.ts';
import { cluster, eventually, folder, Running } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { CDS, server, TYPE } from './raw_server.ts';
import { proxy } from './world.ts';

t.setTimeout(120_000);
const dir = folder();
const authority = new Authority();
t.teardown(() => {
  dir.remove();
  authority.remove();
});

function api(google: Plain, service: Plain = {}): Plain {
  const retry_back_off = { base_interval: '0.01s', max_interval: '0.01s' };
  const google_grpc = { stat_prefix: 'main', ...google };
  const grpc_services = [{ google_grpc, retry_policy: { retry_back_off }, ...service }];
  return { api_type: 'GRPC', transport_api_version: 'V3', grpc_services };
}
const config =
  (google: Plain, service: Plain = {}, more: Plain = {}) =>
  (admin: number): Plain => ({
    node: { id: 'me', cluster: 'mine' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    dynamic_resources: {
      ads_config: api(google, service),
      cds_config: { ads: {}, resource_api_version: 'V3' },
    },
    ...more,
  });
const found = cluster('found', [1]) as Plain;

t.test('targets', (t) => {
  const same = (uri: string, target: unknown, name?: string): void => {
    t.strictSame(googleTarget(uri), target, uri);
    if (name !== undefined) t.equal(googleAuthority(uri), name);
  };
  same('a.test:1', { host: 'a.test', port: 1 }, 'a.test:1');
  same('a.test', { host: 'a.test', port: 443 }, 'a.test');
  same('dns:///a.test:1', { host: 'a.test', port: 1 }, 'a.test:1');
  same('dns:a.test:1', { host: 'a.test', port: 1 }, 'a.test:1');
  same('[::1]:1', { host: '::1', port: 1 }, '[::1]:1');
  same('unix:a/b', { path: 'a/b' }, 'a%2Fb');
  same('unix:///a/b', { path: '/a/b' }, 'a%2Fb');
  for (const bad of ['a:0', 'a:65536', 'a:b', 'dns://8.8.8.8/a:1', 'unix://a/b', 'xds:///a', '::1', ''])
    same(bad, undefined);
  t.end();
});

t.test('plain: the server is asked, as often as its streams end', async (t) => {
  for (const host of ['127.0.0.1', 'dns:///localhost']) {
    const { port, call, request } = await server(t);
    const metadata = { initial_metadata: [{ key: 'x-token', value: 'secret' }] };
    const target = `${host}:${port}`;
    const made = await proxy(t, config({ target_uri: target }, metadata));
    t.equal((await request(0)).type_url, CDS);
    const first = await call();
    t.equal(first.authority, googleAuthority(target));
    t.same(first.metadata.get('x-token'), ['secret']);
    first.send(CDS, '1', [found]);
    await made.until('cluster_manager.active_clusters', 1);
    // Nobody sees how it is reached.
    for (const path of ['/clusters', '/config_dump', '/stats'])
      t.notMatch(await made.get(path), /(\0|u0000)google_grpc/);
    t.match(await made.get('/clusters'), /found::/);
    first.end(14);
    t.equal((await request(0, 1)).version_info, '1', 'another stream');
    await made.until('grpc.main.streams_total', 2);
    t.equal(await made.stat('grpc.main.streams_closed_14'), 1);
    t.equal(await made.stat('grpc.main.streams_closed_0'), 0);
    await made.stop();
  }
});

t.test('a server that is not there yet; a socket of this machine', async (t) => {
  const path = `${dir.path}/xds.sock`;
  const made = await proxy(
    t,
    config({ target_uri: `unix:${path}`, channel_credentials: { local_credentials: {} } }),
  );
  await eventually('attempts', async () => (await made.stat('grpc.main.streams_closed_14')) > 2);
  const { call } = await server(t, { address: `unix:${path}` });
  const first = await call();
  t.equal(first.authority, googleAuthority(`unix:${path}`));
  first.send(CDS, '1', [found]);
  await made.until('cluster_manager.active_clusters', 1);
});

t.test('TLS: both know who the other is', async (t) => {
  const own = authority.issue('server', { san: 'DNS:localhost' });
  const client = authority.issue('client', { san: 'DNS:client' });
  const other = new Authority('Other CA');
  t.teardown(() => other.remove());
  const pair = { private_key: readFileSync(own.key), cert_chain: readFileSync(own.cert) };
  const credentials = grpc.ServerCredentials.createSsl(readFileSync(authority.ca), [pair], true);
  const { port, call, calls } = await server(t, { credentials });
  const ssl = (fields: Plain): Plain => ({
    channel_credentials: {
      ssl_credentials: {
        root_certs: { filename: authority.ca },
        private_key: { filename: client.key },
        cert_chain: { inline_string: readFileSync(client.cert, 'utf8') },
        ...fields,
      },
    },
  });
  const target_uri = `localhost:${port}`;
  const refused = async (google: Plain): Promise<void> => {
    const made = await proxy(t, config(google));
    await eventually('attempts', async () => (await made.stat('grpc.main.streams_closed_14')) > 2);
    t.equal(calls.length, 0);
    await made.stop();
  };
  await refused({ target_uri });
  await refused({ target_uri, ...ssl({ root_certs: { filename: other.ca } }) });
  await refused({ target_uri, ...ssl({ private_key: undefined, cert_chain: undefined }) });
  await refused({ target_uri: `127.0.0.1:${port}`, ...ssl({}) });
  const made = await proxy(t, config({ target_uri, ...ssl({}) }));
  (await call()).send(CDS, '1', [found]);
  await made.until('cluster_manager.active_clusters', 1);
});

t.test('endpoints, and reports of load', async (t) => {
  const { port, call, request } = await server(t);
  const loads = await new LoadService().listen();
  t.teardown(() => loads.close());
  const google = { target_uri: `127.0.0.1:${port}`, stat_prefix: 'eds' };
  const eds = { ...found, type: 'EDS', load_assignment: undefined };
  const api_config_source = api(google);
  const clusters = [{ ...eds, eds_cluster_config: { eds_config: { api_config_source } } }];
  const load_stats_config = {
    api_type: 'GRPC',
    transport_api_version: 'V3',
    grpc_services: [{ google_grpc: { target_uri: `127.0.0.1:${loads.port}`, stat_prefix: 'loads' } }],
  };
  const made = await proxy(t, (admin) => ({
    ...config(google)(admin),
    dynamic_resources: undefined,
    static_resources: { clusters },
    cluster_manager: { load_stats_config },
  }));
  t.same((await request(0)).resource_names, ['found']);
  const hosts = { cluster_name: 'found', endpoints: (found.load_assignment as Plain).endpoints };
  (await call()).send(`${TYPE}.config.endpoint.v3.ClusterLoadAssignment`, '1', [hosts]);
  await made.until('cluster.found.membership_total', 1);
  await eventually('a report', () => loads.streams[0]?.reports[0]);
  t.equal(await made.stat('grpc.loads.streams_total'), 1);
  t.equal(await made.stat('grpc.eds.google_grpc_client_creation'), 1);
});

t.test('what is refused, with its place', async (t) => {
  const refused = async (google: Plain, more: Plain = {}): Promise<string> => {
    const file = dir.write('a.json', config({ target_uri: 'a:1', ...google }, {}, more)(0) as never);
    const made = new Running(process.execPath, ['bin/attache', '--mode', 'validate', '-c', file]);
    t.equal(await made.exited, 1);
    return made.output;
  };
  const credentials = (channel_credentials: Plain): Promise<string> => refused({ channel_credentials });
  t.match(await refused({ target_uri: 'xds:///a' }), /target_uri: the target xds:\/\/\/a is not supported/);
  t.match(await refused({ stat_prefix: '' }), /stat_prefix: /);
  t.match(await credentials({ google_default: {} }), /google_default of .* is not supported/);
  t.match(await credentials({ local_credentials: {} }), /local_credentials for a target that is no unix/);
  t.match(await credentials({ ssl_credentials: {} }), /ssl_credentials without root_certs/);
  const roots = { root_certs: { filename: authority.ca } };
  const half = { ...roots, cert_chain: { inline_string: 'x' } };
  t.match(
    await credentials({ ssl_credentials: half }),
    /one of private_key and cert_chain without the other/,
  );
  const bad = { ssl_credentials: { root_certs: { inline_string: 'nothing' } } };
  const place = /ads_config\.grpc_services\[0\]\.google_grpc\.channel_credentials\.ssl_credentials: /;
  t.match(await credentials(bad), place);
  t.match(
    await credentials({ ssl_credentials: { root_certs: { filename: '/none' } } }),
    /cannot read \/none/,
  );
  t.match(
    await refused({ call_credentials: [{ access_token: 'x' }] }),
    /call_credentials of .* is not supported/,
  );
  t.match(
    await refused({ credentials_factory_name: 'x' }),
    /credentials_factory_name of .* is not supported/,
  );
  t.match(await refused({ per_stream_buffer_limit_bytes: 1 }), /per_stream_buffer_limit_bytes of/);
  t.match(await refused({ channel_args: { args: {} } }), /channel_args of .* is not supported/);
});
