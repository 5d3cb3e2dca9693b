// HTTP/2 on either side through the real Envoy and through this proxy: the same frames to the client
// and to the host, the same lines in the log. Skipped where Envoy's binary is absent.
import t from 'tap';
import { data, head, headers } from '../e2e/h2_frames.ts';
import { eventually } from '../e2e/support.ts';
import { answers, cuts, h2, scripts } from './http2_origins.ts';
import type { Side } from './http2_sides.ts';
import { compare, loggedSince, one, settled, sides } from './http2_world.ts';

const paths = (of: object): string[] => Object.keys(of);

compare('an answer of our own', 0, one({ ':path': '/direct' }));
compare('an answer of our own without a body', 0, one({ ':path': '/direct-empty' }));
compare('HEAD of an answer of our own', 0, one({ ':path': '/direct', ':method': 'HEAD' }));
compare('a redirect', 0, one({ ':path': '/away' }));
compare('no route', 0, one({ ':path': '/nowhere' }));
compare('a dead host', 0, one({ ':path': '/dead' }));
compare('a timeout', 0, one({ ':path': '/timeout', 'x-y': 'z' }, 'some'));
compare('prior knowledge only', 10, one({ ':path': '/direct' }));

for (const path of [...paths(answers), ...paths(cuts), '/plain']) {
  const method = path === '/head' ? 'HEAD' : 'GET';
  compare(`h2 to h1: ${path}`, 0, one({ ':path': `/h1${path}`, ':method': method }));
}
compare(
  'h2 to h1: POST with a length',
  0,
  one({ ':path': '/h1/x', ':method': 'POST', 'content-length': '3' }, 'abc'),
);
compare('h2 to h1: POST without a length', 0, one({ ':path': '/h1/x', ':method': 'POST' }, 'abc'));
compare('h2 to h1: POST without a body', 0, one({ ':path': '/h1/x', ':method': 'POST' }));
compare('h2 to h1: request trailers', 0, one({ ':path': '/h1/x', ':method': 'POST' }, 'abc', [['x-t', 'v']]));
compare('h2 to h1: an answer before the end', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h1/early', ':method': 'POST' }), false), data(1, 'ab', false));
  await peer.done(1);
});

for (const path of paths(scripts)) {
  const method = path.startsWith('/head') ? 'HEAD' : 'GET';
  if (path === '/silent' || path === '/hold' || path.startsWith('/early')) continue;
  compare(`h2 to h2: ${path}`, 0, one({ ':path': `/h2${path}`, ':method': method }));
}
for (const path of paths(scripts).filter((path) =>
  /status|path|upper|pseudo|transf|nul|name|length|short|long/.test(path),
))
  compare(`h2 to h2, lenient: ${path}`, 0, one({ ':path': `/lenient${path}` }));

compare(
  'h2 to h2: POST with a length',
  0,
  one({ ':path': '/h2/x', ':method': 'POST', 'content-length': '3' }, 'abc'),
);
compare('h2 to h2: POST without a length', 0, one({ ':path': '/h2/x', ':method': 'POST' }, 'abc'));
compare('h2 to h2: POST without a body', 0, one({ ':path': '/h2/x', ':method': 'POST' }));
compare('h2 to h2: request trailers', 0, one({ ':path': '/h2/x', ':method': 'POST' }, 'abc', [['x-t', 'v']]));
compare(
  'h2 to h2: trailers without a body',
  0,
  one({ ':path': '/h2/x', ':method': 'POST' }, undefined, [['x-t', 'v']]),
);

/** An answer comes while the request has not ended. */
for (const path of ['/early', '/early-reset']) {
  compare(`h2 to h2: ${path} within the request`, 0, async (peer) => {
    peer.send(headers(1, head({ ':path': `/h2${path}`, ':method': 'POST' }), false), data(1, 'ab', false));
    await peer.done(1);
    await peer.until('RST_STREAM', () => peer.message(1).reset !== undefined);
  });
  compare(`h2 to h2: ${path}, and the rest of the request`, 0, async (peer) => {
    peer.send(headers(1, head({ ':path': `/h2${path}`, ':method': 'POST' }), false), data(1, 'ab', false));
    await peer.done(1);
    peer.send(data(1, 'cd'), headers(3, head({ ':path': '/direct' })));
    await peer.done(3);
  });
}
compare('an answer of our own within the request', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/direct', ':method': 'POST' }), false), data(1, 'ab', false));
  await peer.done(1);
  peer.send(data(1, 'cd'), headers(3, head({ ':path': '/direct' })));
  await peer.done(3);
});

// ---- HTTP/1 clients of HTTP/2 hosts -----------------------------------------------------------

const h1Requests: { [name: string]: string } = {
  GET: 'GET /h2/x HTTP/1.1\r\nhost: a.example\r\nX-Y: z\r\n\r\n',
  POST: 'POST /h2/x HTTP/1.1\r\nhost: a.example\r\ncontent-length: 3\r\n\r\nabc',
  'POST without a body': 'POST /h2/x HTTP/1.1\r\nhost: a.example\r\n\r\n',
  chunked:
    'POST /h2/x HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'connection and te':
    'GET /h2/x HTTP/1.1\r\nhost: a.example\r\nconnection: keep-alive, te, x-hop\r\nte: trailers\r\nx-hop: 1\r\n\r\n',
  'absolute form': 'GET http://b.example/h2/x HTTP/1.1\r\nhost: a.example\r\n\r\n',
  cookies: 'GET /h2/x HTTP/1.1\r\nhost: a.example\r\ncookie: a=1\r\nx-y: z\r\ncookie: b=2\r\n\r\n',
  trailers: 'GET /h2/trailers HTTP/1.1\r\nhost: a.example\r\n\r\n',
  204: 'GET /h2/204 HTTP/1.1\r\nhost: a.example\r\n\r\n',
  304: 'GET /h2/304 HTTP/1.1\r\nhost: a.example\r\n\r\n',
  HEAD: 'HEAD /h2/head HTTP/1.1\r\nhost: a.example\r\n\r\n',
  103: 'GET /h2/103 HTTP/1.1\r\nhost: a.example\r\n\r\n',
  reset: 'GET /h2/reset/CANCEL HTTP/1.1\r\nhost: a.example\r\n\r\n',
  'reset late': 'GET /h2/reset-late/CANCEL HTTP/1.1\r\nhost: a.example\r\n\r\n',
  cut: 'GET /h2/cut-body HTTP/1.1\r\nhost: a.example\r\n\r\n',
  'bad trailers': 'GET /h2/bad-trailers HTTP/1.1\r\nhost: a.example\r\n\r\n',
  early: 'POST /h2/early HTTP/1.1\r\nhost: a.example\r\ncontent-length: 10\r\n\r\nab',
  'h2c is not taken up':
    'GET /h2/x HTTP/1.1\r\nhost: a.example\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n',
};
/** Fields of a request, but for the order of the pseudo-header fields, which means nothing. */
const sorted = (text: string): string =>
  text.replace(/(:[a-z]+ [^,]*(, )?)+/, (pseudo) => pseudo.split(', ').sort().join(', '));

for (const [name, request] of Object.entries(h1Requests)) {
  t.test(`h1 to h2: ${name}`, async (t) => {
    const ask = async (side: Side): Promise<unknown> => {
      const [line, before] = [side.lines.length, h2.peers.map((peer) => peer.frames.length)];
      const client = side.h1();
      client.send(request);
      await eventually('a head', () => client.bytes.includes('\r\n\r\n'));
      const bytes = client.bytes.toString('latin1');
      client.close();
      const logged = await loggedSince(side, line);
      const frames = await settled(before);
      return {
        client: bytes.replace(/date: [^\r]*/, 'date').replace(/(service-time): \d+/, '$1'),
        logged,
        h2: frames.map((each) => each.map(sorted)),
      };
    };
    const expected = await ask(sides.theirs);
    t.same(await ask(sides.ours), expected);
  });
}
