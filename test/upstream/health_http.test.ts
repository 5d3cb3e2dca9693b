// Responses to checks: HTTP/1 in pieces of any size, what is made of whole responses, and the requests.
import t from 'tap';
import { mutateFields } from '../../src/upstream/health/fields.ts';
import { grpcTimeout, healthRequest, servingStatus } from '../../src/upstream/health/grpc_probe.ts';
import { Http1Response } from '../../src/upstream/health/http1_response.ts';
import { judge, requestHead } from '../../src/upstream/health/http_judge.ts';
import { containsInOrder } from '../../src/upstream/health/payload.ts';
import type { HttpCheck } from '../../src/upstream/health/settings.ts';

function read(text: string, sizes: () => number, isHead = false) {
  let body = '';
  const response = new Http1Response(isHead, (bytes) => {
    body += bytes.toString('latin1');
  });
  const bytes = Buffer.from(text, 'latin1');
  let wrong: string | undefined;
  for (let at = 0; at < bytes.length && wrong === undefined && !response.done; ) {
    const n = Math.min(sizes(), bytes.length - at);
    wrong = response.feed(bytes.subarray(at, at + n));
    at += n;
  }
  return { status: response.head?.status, body, wrong, done: response.done, close: response.close };
}

const GOOD: readonly (readonly [text: string, status: number, body: string, close: boolean])[] = [
  ['HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc', 200, 'abc', false],
  ['HTTP/1.1 204 \r\n\r\n', 204, '', false],
  [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: a, Close\r\n\r\n',
    503,
    '',
    true,
  ],
  [
    'HTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nx: y\r\n\r\n',
    200,
    'abcde',
    false,
  ],
  ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', 200, 'a', true],
];

t.test('responses in pieces', (t) => {
  let seed = 7;
  const next = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return 1 + (seed % 9);
  };
  for (const [text, status, body, close] of GOOD) {
    for (const sizes of [() => 1, () => 10_000, ...Array.from({ length: 20 }, () => next)]) {
      t.same(read(text, sizes), { status, body, wrong: undefined, done: true, close }, JSON.stringify(text));
    }
  }
  t.end();
});

t.test('the end of the connection as the end of the body', (t) => {
  const response = new Http1Response(false, () => undefined);
  t.equal(response.feed(Buffer.from('HTTP/1.1 200 OK\r\n\r\nabc')), undefined);
  t.notOk(response.done);
  t.ok(response.end());
  const cut = new Http1Response(false, () => undefined);
  cut.feed(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'));
  t.notOk(cut.end());
  t.end();
});

t.test('what is no response', (t) => {
  const bad = [
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1 101 Switching\r\n\r\n',
    'HTTP/1.1 200 OK\r\na b: c\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\x00\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc',
    `HTTP/1.1 200 OK\r\na: ${'b'.repeat(70_000)}`,
  ];
  for (const text of bad) {
    for (const sizes of [() => 1, () => 1000])
      t.type(read(text, sizes).wrong, 'string', JSON.stringify(text.slice(0, 80)));
  }
  t.end();
});

const CHECK: HttpCheck = {
  kind: 'http',
  host: '',
  path: '/a',
  method: 'GET',
  http2: false,
  receive: [],
  bufferBytes: 1024,
  add: [],
  remove: [],
  expected: [[200, 201]],
  retriable: [],
};

t.test('what a response says of its host', (t) => {
  const none = Buffer.alloc(0);
  const of = (check: Partial<HttpCheck>, status: number, fields: [string, string][] = [], body = none) =>
    judge({ ...CHECK, ...check }, { status, fields }, body);
  t.match(of({}, 200), { result: 'good', verified: false });
  t.match(of({}, 201), { result: 'bad' });
  t.match(of({ retriable: [[500, 600]] }, 503), { result: 'retriable', exclude: false });
  t.match(of({}, 503, [['x-envoy-immediate-health-check-fail', 'true']]), { result: 'bad', exclude: true });
  t.match(of({}, 200, [['x-envoy-immediate-health-check-fail', 'true']]), { result: 'good', exclude: false });
  t.match(of({}, 200, [['x-envoy-degraded', '']]), { result: 'degraded' });
  const service = { kind: 'prefix', value: 'a', ignoreCase: true } as const;
  const named = (name: string): [string, string][] => [['x-envoy-upstream-healthchecked-cluster', name]];
  t.match(of({ service }, 200, named('ABC')), { result: 'good', verified: true });
  t.match(of({ service }, 200, named('BC')), { result: 'bad', verified: true });
  t.match(of({ service }, 200), { result: 'bad', verified: true });
  const receive = [Buffer.from('a'), Buffer.from('c')];
  t.match(of({ receive }, 200, [], Buffer.from('abc')), { result: 'good' });
  t.match(of({ receive }, 200, [], Buffer.from('cba')), { result: 'bad' });
  t.end();
});

t.test('payloads in their order, against every way to split', (t) => {
  const found = (text: string, parts: string[]): boolean => {
    if (parts.length === 0) return true;
    const [first = '', ...rest] = parts;
    for (let i = 0; i + first.length <= text.length; i++) {
      if (text.startsWith(first, i) && found(text.slice(i + first.length), rest)) return true;
    }
    return false;
  };
  const wrong: string[] = [];
  for (let n = 0; n < 3 ** 6; n++) {
    const text = n.toString(3).padStart(6, '0');
    for (const parts of [
      ['0', '1'],
      ['01', '2'],
      ['1', '1', '1'],
      ['00', '0'],
    ]) {
      const ours = containsInOrder(
        Buffer.from(text),
        parts.map((part) => Buffer.from(part)),
      );
      if (ours !== found(text, parts)) wrong.push(`${text} ${parts}`);
    }
  }
  t.same(wrong, []);
  t.end();
});

t.test('fields of a request', (t) => {
  const add = (
    name: string,
    value: string,
    action: 'append' | 'absent' | 'overwrite' | 'exists' = 'append',
  ) => ({
    name,
    value,
    action,
    keepEmpty: false,
  });
  const base = [['user-agent', 'u']] as const;
  t.same(mutateFields(base, ['user-agent'], []), []);
  t.same(mutateFields(base, [], [add('x', '1'), add('x', '2')]), [...base, ['x', '1'], ['x', '2']]);
  t.same(mutateFields(base, [], [add('user-agent', 'v')]), [['user-agent', 'u,v']]);
  t.same(mutateFields(base, [], [add('user-agent', 'v', 'overwrite')]), [['user-agent', 'v']]);
  t.same(mutateFields(base, [], [add('user-agent', 'v', 'absent'), add('x', '', 'append')]), base);
  t.same(mutateFields(base, [], [add('y', 'v', 'exists')]), base);
  t.equal(
    requestHead({ ...CHECK, method: 'POST', send: Buffer.from('hi') }, 'h'),
    'POST /a HTTP/1.1\r\nhost: h\r\nuser-agent: Envoy/HC\r\ncontent-length: 2\r\n\r\n',
  );
  t.end();
});

t.test('messages of grpc.health.v1', (t) => {
  t.equal(healthRequest('').toString('hex'), '0000000000');
  t.equal(healthRequest('svc').toString('hex'), '00000000050a03737663');
  t.equal(healthRequest('x'.repeat(200)).subarray(5, 8).toString('hex'), '0ac801');
  t.equal(servingStatus(Buffer.from([8, 1])), 1);
  t.equal(servingStatus(Buffer.alloc(0)), 0);
  t.equal(servingStatus(Buffer.from([0x12, 2, 1, 1, 8, 2])), 2, 'fields that are not known are passed over');
  for (const bad of [[8], [0x12, 9, 1], [0], [0xff, 0xff], [0x0b]])
    t.equal(servingStatus(Buffer.from(bad)), undefined);
  t.equal(grpcTimeout(1000), '1000m');
  t.equal(grpcTimeout(3e8), '300000S');
  t.end();
});
