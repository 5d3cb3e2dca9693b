// Heads of requests that are odd in every way, through the real Envoy and through this proxy.
import t from 'tap';
import { type Field, head, headers, type Peer, value } from '../e2e/h2_frames.ts';
import type { Side } from './http2_sides.ts';
import { compare, sides } from './http2_world.ts';

// ---- heads of requests ----------------------------------------------------------------------

const odd: { [name: string]: { [name: string]: string | undefined } | Field[] } = {
  'no method': { ':method': undefined },
  'no path': { ':path': undefined },
  'no scheme': { ':scheme': undefined },
  'no authority': { ':authority': undefined },
  'no authority but host': { ':authority': undefined, host: 'other.example' },
  'authority and another host': { host: 'other.example' },
  'authority and the same host': { host: 'test.example' },
  'two hosts': [...head({ ':authority': undefined }), ['host', 'a'], ['host', 'b']],
  'empty authority': { ':authority': '' },
  'empty authority and host': { ':authority': '', host: 'a' },
  'empty path': { ':path': '' },
  'path without a slash': { ':path': 'direct' },
  'path *': { ':path': '*' },
  'OPTIONS *': { ':path': '*', ':method': 'OPTIONS' },
  'absolute path': { ':path': 'http://test.example/direct' },
  'path with a space': { ':path': '/a b' },
  'path with a fragment': { ':path': '/direct#a' },
  'path with high bytes': { ':path': '/\xe4' },
  'scheme https': { ':scheme': 'https' },
  'scheme ftp': { ':scheme': 'ftp' },
  'scheme HTTP': { ':scheme': 'HTTP' },
  'scheme bad': { ':scheme': 'h t' },
  'method lower case': { ':method': 'get' },
  'method with a space': { ':method': 'G T' },
  'method empty': { ':method': '' },
  'method own': { ':method': 'BREW' },
  'authority with user': { ':authority': 'a@b' },
  'authority with a space': { ':authority': 'a b' },
  'authority with a slash': { ':authority': 'a/b' },
  ':status in a request': { ':status': '200' },
  'unknown pseudo': { ':own': 'a' },
  ':protocol': { ':protocol': 'websocket' },
  'two paths': [...head(), [':path', '/direct']],
  'pseudo after others': [
    [':method', 'GET'],
    ['x-a', 'b'],
    [':scheme', 'http'],
    [':path', '/direct'],
    [':authority', 'a'],
  ],
  'upper case': { 'X-Upper': 'a' },
  'space in a name': { 'x a': 'b' },
  'colon in a name': { 'x:a': 'b' },
  'empty name': { '': 'b' },
  'high bytes in a name': { 'x-\xe4': 'b' },
  'empty value': { 'x-a': '' },
  'value with NUL': { 'x-a': 'a\0b' },
  'value with LF': { 'x-a': 'a\nb' },
  'value with CR': { 'x-a': 'a\rb' },
  'value with TAB': { 'x-a': 'a\tb' },
  'value with DEL': { 'x-a': 'a\x7fb' },
  'value with ESC': { 'x-a': 'a\x1bb' },
  'value with high bytes': { 'x-a': 'a\xe4\xffb' },
  'value with a space before': { 'x-a': ' b' },
  'value with a space behind': { 'x-a': 'b ' },
  'value of a space': { 'x-a': ' ' },
  connection: { connection: 'close' },
  'connection keep-alive': { connection: 'keep-alive' },
  'keep-alive': { 'keep-alive': 'a' },
  'proxy-connection': { 'proxy-connection': 'a' },
  'transfer-encoding': { 'transfer-encoding': 'chunked' },
  upgrade: { upgrade: 'websocket' },
  'te trailers': { te: 'trailers' },
  'te gzip': { te: 'gzip' },
  'te both': { te: 'trailers, gzip' },
  'content-length without a body': { 'content-length': '3' },
  'content-length 0': { 'content-length': '0' },
  'content-length bad': { 'content-length': '3a' },
  'content-length +3': { 'content-length': '+3' },
  'content-length empty': { 'content-length': '' },
  'content-length large': { 'content-length': '99999999999999999999' },
  'content-lengths': [...head({ 'content-length': '0' }), ['content-length', '0']],
  'content-lengths that differ': [...head({ 'content-length': '0' }), ['content-length', '1']],
  cookies: [...head(), ['cookie', 'a=1'], ['cookie', 'b=2'], ['x-a', 'b'], ['cookie', 'c=3']],
  'empty cookie': [...head(), ['cookie', 'a=1'], ['cookie', ''], ['cookie', 'c=3']],
  expect: { expect: '100-continue' },
  'expect else': { expect: 'else' },
  CONNECT: { ':method': 'CONNECT', ':path': undefined, ':scheme': undefined },
  'CONNECT with a path': { ':method': 'CONNECT' },
  'extended CONNECT': { ':method': 'CONNECT', ':protocol': 'websocket' },
  underscore: { x_a: 'b' },
  'http2-settings': { 'http2-settings': 'a' },
  'x-forwarded-for': {
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-envoy-internal': 'true',
  },
};
for (const [name, given] of Object.entries(odd)) {
  const fields = Array.isArray(given) ? given : head({ ':path': '/h2/x', ...given });
  const script = async (peer: Peer): Promise<void> => {
    const at = fields.findIndex(([key, text]) => key === ':path' && text === '/');
    const asked = fields.map((field, i): Field => (i === at ? [':path', '/h2/x'] : field));
    peer.send(headers(1, asked));
    await peer.done(1);
  };
  for (const [port, how] of [
    [0, ''],
    [1, ', lenient'],
  ] as const)
    compare(`request: ${name}${how}`, port, script);
}

// ---- bytes that fields may have --------------------------------------------------------------

/** For each byte what becomes of a request that has it: answered, or reset. */
async function sweep(side: Side, fields: (text: string) => Field[]): Promise<string[]> {
  const peer = side.h2(1);
  const streams = Array.from({ length: 256 }, (_, byte) => 1 + 2 * byte);
  peer.send(...streams.map((stream, byte) => headers(stream, fields(String.fromCharCode(byte)))));
  const out: string[] = [];
  for (const stream of streams) {
    const { reset, blocks } = await peer.done(stream);
    out.push(`${((stream - 1) / 2).toString(16)} ${reset ?? value(blocks[0], ':status')}`);
  }
  peer.close();
  return out;
}
const swept: { [name: string]: (text: string) => Field[] } = {
  ':method': (text) => head({ ':method': `G${text}T`, ':path': '/direct' }),
  ':path': (text) => head({ ':path': `/direct?${text}` }),
  ':path of another scheme': (text) => head({ ':path': `${text}/direct`, ':scheme': 'a' }),
  ':authority': (text) => head({ ':authority': `a${text}b`, ':path': '/direct' }),
  host: (text) => head({ ':authority': undefined, host: `a${text}b`, ':path': '/direct' }),
  ':scheme': (text) => head({ ':scheme': `a${text}b`, ':path': '/direct' }),
  ':scheme begins': (text) => head({ ':scheme': `${text}b`, ':path': '/direct' }),
  'a name': (text) => head({ ':path': '/direct', [`x${text}x`]: 'a' }),
  'a value': (text) => head({ ':path': '/direct', 'x-a': `a${text}b` }),
};
for (const [name, fields] of Object.entries(swept)) {
  t.test(`each byte in ${name}`, async (t) => {
    const expected = await sweep(sides.theirs, fields);
    t.same(await sweep(sides.ours, fields), expected);
  });
}
