import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DnsResolver } from '../../src/upstream/dns.ts';
import { candidates, parseHosts, parseResolvConf, WatchedFile } from '../../src/upstream/dns_hosts.ts';
import { DnsTarget, type RefreshPolicy } from '../../src/upstream/dns_refresh.ts';
import { a, FaultyDns, NXDOMAIN, REFUSED, type Reply, SERVFAIL } from './dns_server.ts';

const server = await new FaultyDns().start();
t.teardown(() => server.stop());
const make = (more: ConstructorParameters<typeof DnsResolver>[0] = {}): DnsResolver =>
  new DnsResolver({
    servers: [server.address],
    hostsFile: '/nonexistent',
    resolvConf: '/nonexistent',
    timeoutMs: 150,
    tries: 1,
    ...more,
  });
const zone = (records: Record<string, Reply>): void => {
  server.questions.length = 0;
  server.reply = (question) => records[question] ?? NXDOMAIN;
};

t.test('addresses, TTLs, families', async (t) => {
  zone({
    'A both': a(30, '10.0.0.1', '10.0.0.2'),
    'AAAA both': { records: [{ type: 'AAAA', ttl: 20, data: 'fd00::1' }] },
    'A four': a(0, '10.0.0.3'),
    'AAAA four': {},
  });
  const dns = make();
  const r = (name: string, family: Parameters<typeof dns.resolve>[1]) => dns.resolve(name, family);
  t.same(await r('both', 'V4_ONLY'), { addresses: ['10.0.0.1', '10.0.0.2'], ttl: 30 });
  t.same(await r('both', 'V6_ONLY'), { addresses: ['fd00::1'], ttl: 20 });
  t.same(await r('both', 'AUTO'), { addresses: ['fd00::1'], ttl: 20 });
  t.same(await r('both', 'V4_PREFERRED'), { addresses: ['10.0.0.1', '10.0.0.2'], ttl: 30 });
  t.same(await r('both', 'ALL'), { addresses: ['10.0.0.1', '10.0.0.2', 'fd00::1'], ttl: 20 });
  t.same(await r('four', 'AUTO'), { addresses: ['10.0.0.3'], ttl: 0 });
  t.same(await r('four', 'V6_ONLY'), { addresses: [], ttl: undefined });
  t.same(await r('none', 'ALL'), { addresses: [], ttl: undefined }, 'NXDOMAIN is an answer: no addresses');
});

t.test('the TTL is the least over a chain of CNAMEs', async (t) => {
  zone({
    'A www.example': {
      records: [
        { type: 'CNAME', ttl: 7, data: 'x.example' },
        { type: 'A', ttl: 300, data: '10.1.1.1', name: 'x.example' },
      ],
    },
  });
  t.same(await make().resolve('www.example', 'V4_ONLY'), { addresses: ['10.1.1.1'], ttl: 7 });
});

t.test('what is not an answer is a failure, never an empty set', async (t) => {
  const cases: [string, Reply][] = [
    ['servfail', SERVFAIL],
    ['refused', REFUSED],
    ['timeout', { drop: true }],
    ['cut', { ...a(5, '10.0.0.1'), cut: 20 }],
  ];
  for (const [name, reply] of cases) {
    zone({ [`A ${name}`]: reply });
    await t.rejects(make().resolve(name, 'V4_ONLY'), { name: 'DnsFailure' }, name);
  }
  zone({ 'AAAA half': SERVFAIL, 'A half': {} });
  await t.rejects(
    make().resolve('half', 'AUTO'),
    { name: 'DnsFailure' },
    'nothing of v4 does not make up for a failure of v6',
  );
  zone({ 'AAAA half': SERVFAIL, 'A half': a(5, '10.0.0.9') });
  t.same((await make().resolve('half', 'AUTO')).addresses, ['10.0.0.9']);
  t.same((await make().resolve('half', 'ALL')).addresses, ['10.0.0.9']);
});

t.test('a truncated answer is asked for again over TCP', async (t) => {
  const many = Array.from({ length: 200 }, (_, i) => `10.2.${i >> 8}.${i & 255}`);
  zone({ 'A big': { ...a(9, ...many), truncated: true } });
  t.same(await make().resolve('big', 'V4_ONLY'), { addresses: many, ttl: 9 });
});

t.test('no cache: a changed set is seen at the next lookup', async (t) => {
  const dns = make();
  zone({ 'A moving': a(3600, '10.0.0.1') });
  t.same((await dns.resolve('moving', 'V4_ONLY')).addresses, ['10.0.0.1']);
  zone({ 'A moving': a(3600, '10.0.0.2', '10.0.0.2') });
  t.same((await dns.resolve('moving', 'V4_ONLY')).addresses, ['10.0.0.2']);
});

t.test('one query per name and type at a time, a bounded number at once', async (t) => {
  let now = 0;
  let most = 0;
  const release: (() => void)[] = [];
  server.questions.length = 0;
  server.reply = async () => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => release.push(resolve));
    now--;
    return a(1, '10.0.0.1');
  };
  const dns = make({ maxInFlight: 8, timeoutMs: 5000 });
  const all = Promise.all(Array.from({ length: 100 }, (_, i) => dns.resolve(`n${i % 50}.x`, 'V4_ONLY')));
  let settled = false;
  void all.then(() => {
    settled = true;
  });
  for (let i = 0; i < 10_000 && !settled; i++) {
    if (now >= 8 || server.questions.length >= 48) for (const next of release.splice(0)) next();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal((await all).length, 100);
  t.equal(server.questions.length, 50, 'two callers of one name share the query');
  t.equal(most, 8);
});

t.test('the search list of resolv.conf', async (t) => {
  t.same(candidates('a.b', { search: ['x', 'y'], ndots: 5 }), ['a.b.x', 'a.b.y', 'a.b']);
  t.same(candidates('a.b', { search: ['x'], ndots: 1 }), ['a.b', 'a.b.x']);
  t.same(candidates('a.', { search: ['x'], ndots: 5 }), ['a']);
  t.same(
    parseResolvConf(
      '# c\ndomain old\nsearch svc.local. Local ; c\nnameserver 1.1.1.1\noptions rotate ndots:3\n',
    ),
    {
      search: ['svc.local', 'local'],
      ndots: 3,
    },
  );
  const conf = join(mkdtempSync(join(tmpdir(), 'attache-dns-')), 'resolv.conf');
  writeFileSync(conf, 'search default.svc svc\noptions ndots:5\n');
  zone({ 'A web.svc': a(5, '10.3.0.1') });
  t.same((await make({ resolvConf: conf }).resolve('web', 'V4_ONLY')).addresses, ['10.3.0.1']);
  t.same(server.questions, ['A web.default.svc', 'A web.svc']);
  zone({ 'A web.default.svc': SERVFAIL, 'A web.svc': NXDOMAIN });
  await t.rejects(
    make({ resolvConf: conf }).resolve('web', 'V4_ONLY'),
    { name: 'DnsFailure' },
    'a failure on the way is not "none"',
  );
  zone({ 'A web': a(5, '10.3.0.2') });
  t.same((await make({ resolvConf: conf, search: false }).resolve('web', 'V4_ONLY')).addresses, ['10.3.0.2']);
});

t.test('numbers, overrides and the hosts file go before DNS', async (t) => {
  const hostsFile = join(mkdtempSync(join(tmpdir(), 'attache-dns-')), 'hosts');
  writeFileSync(
    hostsFile,
    '127.0.1.1 Box box.lan # me\n::2 box\nfe80::1%lo0 link\nnonsense here\n10.9.9.9 other\n',
  );
  zone({});
  const dns = make({ hostsFile, hosts: { HTTPBIN: '127.0.0.7', other: ['10.0.0.1', 'fd00::9'] } });
  t.same(await dns.resolve('192.0.2.1', 'V6_ONLY'), { addresses: ['192.0.2.1'], ttl: undefined });
  t.same((await dns.resolve('httpbin', 'V4_ONLY')).addresses, ['127.0.0.7']);
  t.same((await dns.resolve('other', 'AUTO')).addresses, ['fd00::9']);
  t.same((await dns.resolve('BOX', 'AUTO')).addresses, ['::2']);
  t.same((await dns.resolve('box', 'V4_ONLY')).addresses, ['127.0.1.1']);
  t.same((await dns.resolve('link', 'V6_ONLY')).addresses, ['fe80::1']);
  t.same((await dns.resolve('localhost', 'V4_ONLY')).addresses, ['127.0.0.1'], 'RFC 6761');
  t.same(server.questions, []);
  t.same((await dns.resolve('box.lan', 'V6_ONLY')).addresses, []);
  t.same(server.questions, ['AAAA box.lan'], 'a family that the file lacks is asked for');
  t.same(
    [...parseHosts('1.2.3.4 a a b')],
    [
      ['a', ['1.2.3.4']],
      ['b', ['1.2.3.4']],
    ],
  );
});

t.test('a changed file is read again, at most once a second', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-dns-')), 'f');
  const file = new WatchedFile(path, (text) => text);
  t.equal(file.get(0), '');
  writeFileSync(path, 'one');
  t.equal(file.get(500), '');
  t.equal(file.get(1000), 'one');
  writeFileSync(path, 'three');
  t.equal(file.get(2000), 'three');
  t.end();
});

const policy: RefreshPolicy = { refreshMs: 1, respectTtl: false, minRefreshMs: 0, jitterMs: 0 };

t.test('a target keeps on asking through failures', async (t) => {
  const script: Reply[] = [a(60, '10.0.0.1'), SERVFAIL, { drop: true }, NXDOMAIN, a(60, '10.0.0.2')];
  let step = 0;
  server.reply = () => script[Math.min(step++, script.length - 1)] as Reply;
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    const target = new DnsTarget(make(), 'name', 'V4_ONLY', policy, {
      onAttempt: () => seen.push('?'),
      onAnswer: ({ addresses }) => {
        seen.push(addresses.join());
        if (addresses[0] !== '10.0.0.2') return;
        target.stop();
        resolve();
      },
      onFailure: () => seen.push('failed'),
    });
    target.start();
  });
  t.same(seen, ['?', '10.0.0.1', '?', 'failed', '?', 'failed', '?', '', '?', '10.0.0.2']);
});

t.test('delays: refresh rate, TTL, floor, jitter, backoff', async (t) => {
  const delays: number[] = [];
  t.intercept(globalThis, 'setTimeout', {
    value: (_f: () => void, ms: number) => {
      delays.push(ms);
      return { unref: () => undefined };
    },
  });
  const answers: (number | undefined | Error)[] = [];
  const fake = {
    resolve: async () => {
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return { addresses: ['10.0.0.1'], ttl: next };
    },
  } as unknown as DnsResolver;
  const one = async (
    p: Partial<RefreshPolicy>,
    ...results: (number | undefined | Error)[]
  ): Promise<number[]> => {
    const full: RefreshPolicy = { refreshMs: 5000, respectTtl: false, minRefreshMs: 0, jitterMs: 0, ...p };
    delays.length = 0;
    const target = new DnsTarget(
      fake,
      'n',
      'AUTO',
      full,
      { onAttempt() {}, onAnswer() {}, onFailure() {} },
      () => 0.5,
    );
    answers.push(...results);
    for (const _ of results) {
      target.start();
      for (let i = 0; i < 5; i++) await Promise.resolve();
    }
    return [...delays];
  };
  const failed = new Error('x');
  t.same(await one({}, 60), [5000]);
  t.same(await one({ respectTtl: true }, 60, 0, undefined), [60_000, 5000, 5000]);
  t.same(await one({ respectTtl: true, minRefreshMs: 3000 }, 1), [3000]);
  t.same(await one({ jitterMs: 1000 }, 60), [5500]);
  t.same(await one({}, failed, failed), [5000, 5000]);
  t.same(
    await one({ failure: { baseMs: 1000, maxMs: 3000 } }, failed, failed, failed, 60, failed),
    [750, 1500, 2250, 5000, 750],
  );
  t.same(await one({ respectTtl: true }, 0x7fffffff), [0x7fffffff], 'no timer overflows');
});

t.test('closing ends what is under way', async (t) => {
  server.reply = () => ({ drop: true });
  const dns = make({ maxInFlight: 1, timeoutMs: 10_000 });
  const lookups = Promise.allSettled([dns.resolve('a', 'V4_ONLY'), dns.resolve('b', 'V4_ONLY')]);
  await new Promise((resolve) => setImmediate(resolve));
  dns.close();
  for (const result of await lookups) t.equal(result.status, 'rejected');
});
