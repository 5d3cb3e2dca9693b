// Both proxies in front of the origins, and how a case is compared.
import t from 'tap';
import { data, type Field, head, headers, type Peer, value } from '../e2e/h2_frames.ts';
import { cluster, eventually, type Fields, freePort, listener, routes, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { h1, h2, heads } from './http2_origins.ts';
import { essence, logTo, type Place, type Side, sideBySide } from './http2_sides.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const dead = await freePort();
const http2 = (fields: Fields = {}): Fields => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: fields },
    },
  },
});

const table = routes([
  { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'tea' } } },
  { match: { path: '/direct-empty' }, direct_response: { status: 204 } },
  { match: { path: '/marker' }, direct_response: { status: 410 } },
  { match: { path: '/away' }, redirect: { path_redirect: '/there' } },
  toCluster('dead', {}, { path: '/dead' }),
  toCluster('h2', { timeout: '0.15s' }, { path: '/timeout' }),
  ...(['h1', 'h2', 'lenient'] as const).map((name) =>
    toCluster(name, { prefix_rewrite: '/', timeout: '3s' }, { prefix: `/${name}/` }),
  ),
]);

function config(place: Place): Fields {
  const extras: Fields[] = [
    {},
    { http2_protocol_options: { override_stream_error_on_invalid_http_message: true } },
    { proxy_100_continue: true },
    { common_http_protocol_options: { max_headers_count: 10 }, max_request_headers_kb: 2 },
    { common_http_protocol_options: { max_requests_per_connection: 2 }, drain_timeout: '0.5s' },
    { common_http_protocol_options: { idle_timeout: '0.1s' }, drain_timeout: '0.1s' },
    { http2_protocol_options: { max_concurrent_streams: 2 } },
    { stream_idle_timeout: '0.15s' },
    { common_http_protocol_options: { max_connection_duration: '0.15s' }, drain_timeout: '0.15s' },
    { request_timeout: '0.15s' },
    { codec_type: 'HTTP2' },
  ];
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: place.admin } } },
    static_resources: {
      listeners: extras.map((extra, i) =>
        listener(`in${i}`, place.ports[i] as number, {
          stat_prefix: i === 0 ? 'in' : `in${i}`,
          generate_request_id: false,
          access_log: logTo(place.log),
          route_config: table,
          ...extra,
        }),
      ),
      clusters: [
        cluster('h1', [h1.port], {
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http_protocol_options: { enable_trailers: true } },
            },
          },
        }),
        cluster('h2', [h2.port], http2()),
        cluster('lenient', [h2.port], http2({ override_stream_error_on_invalid_http_message: true })),
        cluster('dead', [dead], http2()),
      ],
    },
  };
}
const PORTS = 11;

export const sides = await sideBySide(binary, PORTS, config);
t.setTimeout(300_000);
t.teardown(async () => {
  await sides.close();
  await h1.close();
  await h2.close();
});

const RFC9113 = 'an error of the connection where RFC 9113 has one of the stream, or none where it has one';
/** Cases in which the two differ, and why. */
const differs = new Map<string, string>([
  ['h2 to h2: /status-099', 'no status of a response (RFC 9110 section 15)'],
  ['h2 to h2: /large-header', RFC9113],
  ['h2 to h2: /goaway-unseen', 'the host has not seen the request: it goes to another connection'],
  ['h2 to h2: /refused-once', 'the host has not acted on the request: it goes again'],
  ['h2 to h2: /reset/REFUSED_STREAM', 'the host has not acted on the request: it goes again'],
  ...['DATA after the end', 'HEADERS after the end', 'a lower stream', 'a window update of 0'].map(
    (name): [string, string] => [name, RFC9113],
  ),
  ...['a window that is too large', 'a stream that depends on itself', 'PRIORITY on itself'].map(
    (name): [string, string] => [name, RFC9113],
  ),
  ...['value with a space before', 'value with a space behind', 'value of a space'].map(
    (name): [string, string] => [`request: ${name}`, 'spaces at the ends of values are not passed on'],
  ),
  ['a head of many frames', 'refused before it is decoded: there is no request to log'],
  ['h2 to h2: /data-first', RFC9113],
  ['h2 to h2: /window-zero', RFC9113],
  ['h2 to h2: /cut-now', 'a reused connection that closes without an answer: the request goes again'],
]);

/** A stream of the HTTP/2 origin and what it has got on it. */
function streamsSince(before: readonly number[]): { peer: Peer; stream: number }[] {
  return h2.peers.flatMap((peer, i) =>
    peer.frames
      .slice(before[i] ?? 0)
      .filter((f) => value(f.fields, ':path') !== undefined)
      .map(({ stream }) => ({ peer, stream })),
  );
}

/** Waits until nothing is under way any more at the origin; what came on the streams since. */
export async function settled(before: readonly number[]): Promise<string[][]> {
  const streams = streamsSince(before);
  for (const { peer, stream } of streams) {
    await eventually(`the end of stream ${stream} at the origin`, () => {
      const { ended, reset } = peer.message(stream);
      return (
        peer.ended || peer.socket.destroyed || reset !== undefined || (ended && peer.finished.has(stream))
      );
    });
  }
  return streams.map(({ peer, stream }) =>
    essence(peer.frames.filter((f) => f.stream === stream)).map((text) => text.replace(/^\d+ /, '')),
  );
}

/** All that is logged of what was before: a request that comes after it is logged after it. */
export async function loggedSince(side: Side, from: number): Promise<string[]> {
  const client = side.h1();
  client.send('GET /marker HTTP/1.1\r\nhost: a\r\n\r\n');
  await client.response();
  client.close();
  const marker = (): number =>
    side.lines.findIndex((line, i) => i >= from && line.startsWith('HTTP/1.1 410'));
  await eventually('the line of the marker', () => marker() >= 0);
  return side.lines.slice(from, marker()).map((line) => line.replace(/codec_error:\S+/, 'codec_error'));
}

interface Seen {
  client: string[];
  [name: string]: unknown;
}

/** Runs `script` on a new connection of a client and says what everybody saw. */
async function exchange(
  side: Side,
  port: number,
  script: (peer: Peer) => Promise<unknown> | unknown,
): Promise<Seen> {
  const [line, headsBefore] = [side.lines.length, heads.length];
  const before = h2.peers.map((peer) => peer.frames.length);
  const peer = side.h2(port);
  await script(peer);
  const out = { client: essence(peer.frames), ended: peer.ended };
  peer.close();
  const logged = await loggedSince(side, line);
  return { ...out, logged, h1: heads.slice(headsBefore), h2: await settled(before) };
}

/**
 * A case for both; the listener is the one of this number in `config`. Where it is known that they
 * differ, they have to.
 */
export function compare(
  name: string,
  port: number,
  script: (peer: Peer) => Promise<unknown> | unknown,
): void {
  t.test(name, async (t) => {
    const expected = await exchange(sides.theirs, port, script);
    const got = await exchange(sides.ours, port, script);
    const why = differs.get(name.replace(', lenient', ''));
    if (why === undefined) t.same(got, expected);
    else t.notSame(got, expected, why);
  });
}

/** One request, to its end. */
export const one =
  (fields: { [name: string]: string | undefined }, body?: string, trailers?: Field[]) =>
  async (peer: Peer): Promise<void> => {
    const end = body === undefined && trailers === undefined;
    peer.send(
      headers(1, head(fields), end),
      ...(body === undefined ? [] : [data(1, body, trailers === undefined)]),
      ...(trailers === undefined ? [] : [headers(1, trailers)]),
    );
    await peer.done(1);
  };
