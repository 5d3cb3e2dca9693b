import { connect } from 'node:http2';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import t from 'tap';
import {
  LinearCache,
  readSnapshot,
  Refused,
  ResourceError,
  SnapshotCache,
  typeUrls,
  XdsServer,
} from '../../src/xds-server/index.ts';
import { eventually, folder } from '../e2e/support.ts';
import { ADS_PATH, cluster, endpoints, XdsClient } from './client.ts';
import { serve } from './support.ts';

const { clusters: CDS } = typeUrls;
const node = { id: 'edge-1', cluster: 'edge', metadata: { zone: 7, tags: ['a'] }, locality: { zone: 'z' } };

t.test('what a program is told of', async (t) => {
  const cache = new SnapshotCache({ check: false, hash: ({ metadata }) => String(metadata?.zone) });
  const said: unknown[] = [];
  const { client, server } = await serve(t, cache, {
    identifier: 'me',
    callbacks: {
      onStreamOpen: ({ id, protocol, typeUrl, headers, peer }) => {
        said.push(['open', id, protocol, typeUrl]);
        if (headers.password !== 'right') throw new Refused('who are you?', 16);
        t.match(peer, /^127\.0\.0\.1:\d+$/);
      },
      onRequest: (stream, request) => {
        said.push(['request', stream.id, stream.node?.id, request.typeUrl]);
        if (request.typeUrl === 'forbidden') throw new Refused('not that');
      },
      onResponse: (stream, { typeUrl, version, names, nonce, size, removed }) => {
        said.push(['response', stream.id, typeUrl, version, names, nonce, removed]);
        t.ok(size > 10);
      },
      onAck: (_stream, answer) => said.push(['ack', answer]),
      onStreamClosed: ({ id }) => said.push(['closed', id]),
    },
  });
  cache.set('7', { clusters: [cluster('a')] }, '1');
  const stranger = client.stream('sotw');
  t.match(await stranger.status, { code: 16, details: 'who are you?' });
  const stream = client.stream('delta', { password: 'right' });
  stream.send({ node, type_url: CDS });
  const answer = await stream.next();
  t.match(answer.raw, { control_plane: { identifier: 'me' } });
  stream.ack(answer);
  await server.settled();
  t.match(server.clients()[0]?.node, node);
  stream.send({ type_url: 'forbidden' });
  t.match(await stream.status, { code: 7, details: 'not that' });
  await eventually('the end', () => said.length === 9);
  t.same(said, [
    ['open', 1, 'sotw', undefined],
    ['closed', 1],
    ['open', 2, 'delta', undefined],
    ['request', 2, 'edge-1', CDS],
    ['response', 2, CDS, '1', ['a'], '1', []],
    ['request', 2, 'edge-1', CDS],
    ['ack', { typeUrl: CDS, version: '1' }],
    ['request', 2, 'edge-1', 'forbidden'],
    ['closed', 2],
  ]);
  t.same(server.clients(), []);
});

t.test('in a gRPC server of the program, and on a Unix socket', async (t) => {
  const cache = new LinearCache('clusters', [cluster('a')]);
  const xds = new XdsServer(cache);
  const own = new grpc.Server();
  for (const { definition, implementation } of xds.grpcServices()) own.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    own.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new XdsClient(port);
  const stream = client.stream('sotw');
  stream.send({ node, type_url: CDS });
  t.same((await stream.next()).names, ['a']);
  client.close();
  own.forceShutdown();

  const dir = folder();
  const path = join(dir.path, 'xds.sock');
  await xds.listen({ grpc: `unix:${path}` });
  const raw = new grpc.Client(`unix:${path}`, grpc.credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  const call = raw.makeBidiStreamRequest(
    `${ADS_PATH}/DeltaAggregatedResources`,
    same,
    same,
    new grpc.Metadata(),
  );
  call.on('error', () => undefined);
  const first = new Promise((resolve) => call.once('data', resolve));
  call.write(Buffer.concat([Buffer.from([0x12, CDS.length]), Buffer.from(CDS)]));
  t.ok(await first);
  raw.close();
  await xds.close();
  dir.remove();
  await t.rejects(xds.listen({ grpc: '256.0.0.1:1' }));
});

t.test('the end of the server ends streams, and lets go of the port', async (t) => {
  const cache = new LinearCache('clusters', [cluster('a')]);
  const server = new XdsServer(cache);
  const { grpc: address } = await server.listen({ grpc: '127.0.0.1:0' });
  const client = new XdsClient(address?.port ?? 0);
  t.teardown(() => client.close());
  const stream = client.stream('sotw');
  stream.send({ node, type_url: CDS });
  await stream.next();
  await t.rejects(server.settled(20), /have not answered for 20 ms/);
  await server.close();
  t.equal((await stream.status).code, 14);
  const again = new XdsServer(cache);
  t.same(await again.listen({ grpc: `127.0.0.1:${address?.port}` }), { grpc: address });
  await again.close();
});

t.test('clients that are nobody', async (t) => {
  const { client, port, server } = await serve(t, new LinearCache('clusters', [cluster('a')]));
  const nameless = client.stream('sotw');
  nameless.send({ type_url: CDS });
  t.same((await nameless.next()).names, ['a'], 'a node is not needed');
  const gone = client.stream('sotw');
  gone.send({ node, type_url: CDS });
  await gone.next();
  gone.end();
  t.equal((await gone.status).code, 0, 'a client may close its side');
  // Not gRPC at all.
  const session = connect(`http://127.0.0.1:${port}`);
  const status = await new Promise((resolve) => {
    const request = session.request({ ':path': `${ADS_PATH}/StreamAggregatedResources`, ':method': 'POST' });
    request.on('response', (headers) => resolve(headers[':status']));
    request.end('hello');
  });
  t.equal(status, 415);
  session.destroy();
  const unknown = client.stream('/envoy.service.nobody.v3.Knows/Stream');
  t.equal((await unknown.status).code, 12);
  await eventually('one client to be left', () => server.clients().length === 1);
});

t.test('snapshots of texts', async (t) => {
  const text = `
clusters:
- { name: a, type: EDS, eds_cluster_config: { eds_config: { ads: {} } } }
resources:
- "@type": ${typeUrls.endpoints}
  cluster_name: a
- name: a2
  ttl: 1.5s
  version: v
  resource: { "@type": ${typeUrls.endpoints}, cluster_name: b }
virtualHosts:
- { name: r/x, aliases: [r/y], resource: { name: r/x, domains: [x] } }
`;
  const snapshot = await readSnapshot(text, { version: '5' });
  t.equal(snapshot.version('clusters'), '5');
  t.same([...snapshot.resources('endpoints').keys()], ['a', 'a2']);
  t.match(snapshot.resources('endpoints').get('a2'), { ttlMs: 1500, version: 'v' });
  t.same(snapshot.resources('virtualHosts').get('r/x')?.aliases, ['r/y']);
  t.same([...(await readSnapshot('')).resources('clusters')], []);
  const json = JSON.stringify({ endpoints: [endpoints('a', 1)] });
  t.equal((await readSnapshot(json, { file: 'x.json' })).resources('endpoints').size, 1);
  const bad = `clusters:
- name: a
  lb_policy: NONE
cluster: []
endpoints:
- { resource: { cluster_name: x }, ttl: long, tt: 1 }
- 5
resources: [{ "@type": type.googleapis.com/google.protobuf.Struct }]
`;
  const error = await readSnapshot(bad, { file: 'bad.yaml' }).catch((each: unknown) => each as ResourceError);
  t.ok(error instanceof ResourceError);
  const lines = (error as ResourceError).message.split('\n').filter((line) => line.startsWith('bad.yaml'));
  t.same(
    lines.map((line) => /^bad\.yaml:(\d+:\d+)/.exec(line)?.[1]),
    ['3:14', '4:1', '6:41', '6:47', '7:3', '8:13'],
    (error as ResourceError).message,
  );
  t.match((error as ResourceError).message, /did you mean "clusters"\?/);
  await t.rejects(readSnapshot('a: [', { file: 'x.yaml' }), /x\.yaml:1:\d+: error: not valid YAML/);
  await t.rejects(readSnapshot('[]'), /is not a block of lists of resources/);
});
