import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import {
  LinearCache,
  MuxCache,
  Refused,
  SnapshotCache,
  typeUrls,
  XdsServer,
} from '../../src/xds-server/index.ts';
import { cluster, endpoints, type Plain } from './client.ts';

const node = { id: 'edge-1', cluster: 'edge', extensions: [{ name: 'x', category: 'y', new_field: 1 }] };

async function post(
  port: number,
  path: string,
  body: unknown,
): Promise<{ status: number; body: Plain; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let plain: Plain = {};
  try {
    plain = JSON.parse(text) as Plain;
  } catch {
    // a sentence
  }
  return { status: response.status, body: plain, text };
}

t.test('polling', async (t) => {
  const cache = new SnapshotCache({ check: false });
  const fetched: unknown[] = [];
  const server = new XdsServer(cache, {
    callbacks: {
      onFetch: ({ typeUrl, names, node, headers }) => {
        if (node.id === 'evil') throw new Refused('go away');
        fetched.push([typeUrl, names, typeof headers['content-type']]);
      },
      onFetchResponse: (_fetch, { status }) => fetched.push(status),
    },
  });
  const { rest } = await server.listen({ rest: '127.0.0.1:0' });
  const port = rest?.port ?? 0;
  t.teardown(() => server.close());
  const CDS = '/v3/discovery:clusters';
  t.equal((await post(port, CDS, { node })).status, 503, 'nothing is known yet');
  cache.set('edge-1', { clusters: [cluster('a')], endpoints: [endpoints('a', 1), endpoints('b', 1)] }, '1');
  const first = await post(port, CDS, { node });
  t.equal(first.status, 200);
  t.same(first.body, {
    version_info: '1',
    type_url: typeUrls.clusters,
    resources: [{ '@type': typeUrls.clusters, ...cluster('a') }],
  });
  t.equal((await post(port, CDS, { node, version_info: '1' })).status, 304);
  cache.set('edge-1', { clusters: [cluster('c')], endpoints: [endpoints('a', 1), endpoints('b', 1)] }, '2');
  t.equal((await post(port, `${CDS}?x`, { node, version_info: '1' })).body.version_info, '2');

  const EDS = '/v3/discovery:endpoints';
  const one = await post(port, EDS, { node, resource_names: ['a'] });
  t.same((one.body.resources as Plain[]).length, 1);
  const { version_info } = one.body;
  t.equal((await post(port, EDS, { node, resource_names: ['a'], version_info })).status, 304);
  const two = await post(port, EDS, { node, resource_names: ['a', 'b'], version_info });
  t.equal((two.body.resources as Plain[]).length, 2, 'other names have another version');
  t.same((await post(port, EDS, { node })).body.resources, []);
  t.equal((await post(port, EDS, { node, resource_names: ['*'] })).body.version_info, '1');

  t.match(await post(port, CDS, { node: { id: 'evil' } }), { status: 403, text: /go away/ });
  t.match(await post(port, CDS, '{'), { status: 400 });
  t.match(await post(port, CDS, { node: 5 }), { status: 400, text: /node/ });
  t.match(await post(port, CDS, { node, type_url: typeUrls.endpoints }), { status: 400 });
  t.equal((await post(port, '/v3/discovery:nothing', {})).status, 404);
  t.equal((await fetch(`http://127.0.0.1:${port}${CDS}`)).status, 405);
  t.same(fetched.slice(0, 3), [[typeUrls.clusters, [], 'string'], [typeUrls.clusters, [], 'string'], 200]);
});

t.test('in a server of the program', async (t) => {
  const asked: string[] = [];
  const cache = new LinearCache('endpoints', [], {
    onDemand: (names) => {
      asked.push(...names);
      for (const name of names) cache.set(endpoints(name, 7));
    },
  });
  const xds = new XdsServer(new MuxCache({ types: { endpoints: cache } }));
  const server = createServer((request, response) => {
    if (!xds.restHandler(request, response)) response.end('the program');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await post(port, '/v3/discovery:endpoints', { node, resource_names: ['made'] });
  t.match(answer.body.resources, [{ cluster_name: 'made' }]);
  t.same(asked, ['made']);
  t.equal((await post(port, '/', {})).text, 'the program');
});
