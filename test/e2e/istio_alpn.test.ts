// What TLS connections to hosts offer follows the protocol, and they are shared only where it is the same.
// observes: istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig: alpn_override
// observes: istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig.AlpnOverride: upstream_protocol alpn_override
import t from 'tap';
import { Authority, pem } from './certificates.ts';
import {
  answer,
  ask,
  cluster,
  type Fields,
  freePort,
  get,
  listener,
  router,
  routes,
  start,
  toCluster,
} from './support.ts';
import { TlsOrigin, upstream } from './tls_support.ts';

const authority = new Authority();
const { cert, key } = authority.issue('test.example');
const offers: string[] = [];
const origin = await new TlsOrigin(
  {
    cert: pem(cert),
    key: pem(key),
    // Who offers HTTP/2 first is told that there is nothing in common: the handshake fails.
    ALPNCallback: ({ protocols }) => {
      offers.push(protocols.join());
      return protocols.find((name) => name !== 'h2' && name !== 'istio-h2');
    },
  },
  (request, socket) =>
    request.startsWith('GET /away')
      ? answer('', 'location: http://a/apart\r\n', '302 Found').toString()
      : answer('ok', `x-port: ${socket.remotePort}\r\nx-alpn: ${socket.alpnProtocol}\r\n`).toString(),
).listen();

const http = (config: Fields): Fields => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      ...config,
    },
  },
});
const tls = upstream({ alpn_protocols: ['own'] });
const keeps = { metadata: { filter_metadata: { istio: { alpn_override: 'false' } } } };
const CLUSTERS = [
  cluster('one', [origin.port], { transport_socket: tls }),
  cluster('two', [origin.port], {
    transport_socket: tls,
    ...http({ explicit_http_config: { http2_protocol_options: {} } }),
  }),
  cluster('same', [origin.port], {
    transport_socket: tls,
    ...http({ use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} } }),
  }),
  cluster('auto', [origin.port], { transport_socket: upstream(), ...http({ auto_config: {} }) }),
  cluster('kept', [origin.port], { transport_socket: tls, ...keeps }),
  cluster('apart', [origin.port], {
    transport_socket: tls,
    ...keeps,
    ...http({
      upstream_http_protocol_options: { auto_sni: true },
      explicit_http_config: { http_protocol_options: {} },
    }),
  }),
];
const OVERRIDES: Fields[] = [
  { alpn_override: ['istio-http/1.0', 'istio', 'http/1.0'] },
  { upstream_protocol: 'HTTP11', alpn_override: ['istio-http/1.1', 'istio', 'http/1.1'] },
  { upstream_protocol: 'HTTP2', alpn_override: ['istio-h2', 'istio', 'h2'] },
  { upstream_protocol: 'HTTP2', alpn_override: ['not', 'this'] },
];
const filter = (overrides: Fields[]): Fields => ({
  name: 'istio.alpn',
  typed_config: {
    '@type': 'type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
    alpn_override: overrides,
  },
});

const [port, partly, without] = [await freePort(), await freePort(), await freePort()];
const list = ['one', 'two', 'same', 'auto', 'kept', 'apart'].map((name) =>
  toCluster(name, {}, { path: `/${name}` }),
);
list.push(toCluster('one', { internal_redirect_policy: {} }, { path: '/away' }));
const weighted = {
  match: { path: '/weighted' },
  route: { weighted_clusters: { clusters: [{ name: 'one', weight: 1 }] } },
};
const manager = {
  http_protocol_options: { accept_http_10: true },
  route_config: routes([...list, weighted]),
};
const running = await start(
  {
    static_resources: {
      listeners: [
        listener('all', port, { ...manager, http_filters: [filter(OVERRIDES), router] }),
        listener('partly', partly, { ...manager, http_filters: [filter(OVERRIDES.slice(0, 1)), router] }),
        listener('without', without, manager),
      ],
      clusters: CLUSTERS,
    },
  },
  [port, partly, without],
  ['--concurrency', '1'],
);
t.teardown(async () => {
  await running.stop();
  await origin.close();
  authority.remove();
});

const get10 = (path: string): string => `GET ${path} HTTP/1.0\r\nhost: a\r\n\r\n`;
/** What a request made a new connection offer, and what it was answered over. */
async function offered(
  at: number,
  request: string,
): Promise<{ offer: string[]; status: number; alpn?: string }> {
  const before = offers.length;
  const { status, headers } = await ask(at, request);
  const alpn = headers.find(([name]) => name === 'x-alpn')?.[1];
  return { offer: offers.slice(before), status, ...(alpn === undefined ? {} : { alpn }) };
}
const H1 = 'istio-http/1.1,istio,http/1.1';

t.test('by what the cluster speaks', async (t) => {
  t.same(await offered(port, get('/one')), { offer: [H1], status: 200, alpn: 'istio-http/1.1' });
  // HTTP/2 over what is no HTTP/2: only what was offered matters here.
  t.same((await offered(port, get('/two'))).offer[0], 'istio-h2,istio,h2');
  t.same((await offered(port, get('/auto'))).offer[0], 'istio-h2,istio,h2');
});

t.test('by what the client speaks, where the cluster does as well', async (t) => {
  const ten = 'istio-http/1.0,istio,http/1.0';
  t.same(await offered(port, get10('/same')), { offer: [ten], status: 200, alpn: 'istio-http/1.0' });
  t.same(await offered(port, get('/same')), { offer: [H1], status: 200, alpn: 'istio-http/1.1' });
  t.same(await offered(port, get10('/same')), { offer: [], status: 200, alpn: 'istio-http/1.0' }, 'shared');
  t.same(await offered(port, get('/same')), { offer: [], status: 200, alpn: 'istio-http/1.1' }, 'shared');
});

t.test('what a cluster has of its own', async (t) => {
  t.same(await offered(port, get('/kept')), { offer: ['own'], status: 200, alpn: 'own' }, 'it says so');
  t.same(await offered(partly, get('/one')), { offer: ['own'], status: 200, alpn: 'own' }, 'no override');
});

t.test('connections with and without are never shared', async (t) => {
  for (const [at, alpn] of [
    [without, 'own'],
    [port, 'istio-http/1.1'],
    [partly, 'own'],
    [port, 'istio-http/1.1'],
  ] as const) {
    t.same(await offered(at, get('/one')), { offer: [], status: 200, alpn });
  }
  t.same(await offered(port, get('/weighted')), { offer: [], status: 200, alpn: 'istio-http/1.1' });
});

t.test('a redirect to a cluster that keeps its own', async (t) => {
  t.same(await offered(port, get('/away')), { offer: ['own'], status: 200, alpn: 'own' });
});
