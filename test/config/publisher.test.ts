import t from 'tap';
import type { CompiledRecord, CompiledResource, Fixup } from '../../src/config/compiled.ts';
import { RecordPublisher } from '../../src/config/publisher.ts';
import { Engine, loadAddon } from '../../src/engine/engine.ts';

import type { NativeAddon, RecordInput } from '../../src/engine/native.ts';
import { RecordKind } from '../../src/tables/generated/layout.ts';
import { compile } from '../tables/route_fixtures.ts';

const KINDS = {
  Cluster: 1,
  Endpoints: 2,
  Listener: 3,
  RouteConfig: 4,
  ScopeTable: 7,
  ExtensionConfig: 8,
  TlsContext: 9,
};
const VHOST = 5;

/** The part of the addon that publishing uses; keeps what it was told. */
class Fake {
  batches: (RecordInput & { ref: number })[][] = [];
  removed: number[] = [];
  slabs = 1;
  retiring = 0;
  fullFor = 0;
  refuse: ((r: RecordInput) => boolean) | undefined;
  stats: string[] = [];
  released: number[] = [];
  acquired = 0;
  #ref = 1000;
  #block = 1;
  publish(records: readonly RecordInput[]): Uint32Array | string {
    if (this.fullFor > 0 && this.slabs <= this.fullFor) return 'needSlab';
    if (this.refuse !== undefined && records.some(this.refuse)) return 'a vector runs over the end';
    const batch = records.map((r) => ({ ...r, ref: this.#ref++ }));
    this.batches.push(batch);
    return Uint32Array.from(batch.map((r) => r.ref));
  }
  addSlab(memory: SharedArrayBuffer): void {
    if (memory.byteLength > 0) this.slabs++;
  }
  remove(id: number): void {
    this.removed.push(id);
  }
  recordStats() {
    return { bytes: 0, records: 0, retiring: this.retiring, slabs: this.slabs, regexes: 0 };
  }
  regexSet(patterns: readonly string[]) {
    const bad = patterns.indexOf('(');
    if (bad < 0) this.acquired++;
    return bad < 0 ? 70 + patterns.length : { index: bad, message: 'missing )' };
  }
  regexRelease(regexes: readonly number[]): void {
    this.released.push(...regexes);
  }
  statsAlloc(): number {
    return this.#block++;
  }
  statsFree(block: number): void {
    this.stats.push(`free ${block}`);
  }
}

function make() {
  const fake = new Fake();
  const refused: string[] = [];
  const blocks = {
    added: (block: number, group: number, name: string) => fake.stats.push(`add ${block} ${group} ${name}`),
    removed: (block: number) => fake.stats.push(`remove ${block}`),
  };
  const publisher = new RecordPublisher(
    new Engine(fake as unknown as NativeAddon, 64),
    KINDS,
    blocks,
    (name, reason) => refused.push(`${name}: ${reason}`),
  );
  return { fake, publisher, refused, last: () => fake.batches.at(-1) ?? [] };
}
const record = (kind: number, hash: string, ...fixups: Fixup[]): CompiledRecord => ({
  kind,
  hash,
  fixups,
  bytes: new Uint8Array(16).fill(0xee),
});
const one = (kind: number, ...fixups: Fixup[]): CompiledResource => ({
  records: [record(kind, 'h', ...fixups)],
});
const at = (r: RecordInput | undefined, offset: number): number =>
  new DataView(r?.bytes.buffer as ArrayBuffer, r?.bytes.byteOffset).getUint32(offset, true);
const id = (target: number, name: string, offset = 0): Fixup => ({ kind: 'id', offset, target, name });

t.test('names become ids that stay the same, in any order of arrival', (t) => {
  const { publisher, fake, last } = make();
  publisher.putRoute('r', one(KINDS.RouteConfig, id(KINDS.Cluster, 'later')));
  publisher.flush();
  const cluster = at(last()[0], 0);
  t.ok(cluster > 0);
  t.equal(publisher.idOf('Cluster', 'later'), undefined);
  publisher.putCluster(
    'later',
    'later',
    one(KINDS.Cluster, id(KINDS.Endpoints, 'later', 4)),
    one(KINDS.Endpoints),
  );
  publisher.flush();
  const [endpoints, own] = last();
  t.equal(own?.id, cluster, 'the id that the route named before');
  t.equal(at(own, 4), endpoints?.id);
  t.equal(at(own, 8), 0xeeeeeeee, 'nothing else is touched');
  publisher.putEndpoints('later', one(KINDS.Endpoints));
  publisher.flush();
  t.equal(last()[0]?.id, endpoints?.id);
  publisher.flush();
  t.equal(fake.batches.length, 3, 'nothing to do, nothing published');
  publisher.dropCluster('later');
  publisher.flush();
  t.same(fake.removed, [cluster, endpoints?.id]);
  t.end();
});

t.test('ids that a record names are not used again before the record is removed', (t) => {
  const { publisher, fake, last } = make();
  publisher.putListener('old', one(KINDS.Listener, id(KINDS.ExtensionConfig, 'never came')), [], 1000);
  publisher.flush();
  const named = at(last()[0], 0);
  // In one update: its connections drain, and ask for what it names.
  publisher.dropListener('old');
  publisher.putListener('new', one(KINDS.Listener, id(KINDS.RouteConfig, 'table')), [], 1000);
  publisher.flush();
  t.notOk([last()[0]?.id, at(last()[0], 0)].includes(named));
  fake.retiring = 1;
  publisher.putRoute('another', one(KINDS.RouteConfig));
  publisher.flush();
  t.not(last()[0]?.id, named, 'nor while a worker holds it');
  fake.retiring = 0;
  publisher.putRoute('last', one(KINDS.RouteConfig));
  t.equal(publisher.idOf('RouteConfig', 'last'), named, 'then it is');
  t.end();
});

t.test('one batch for many; indexes of children are moved', (t) => {
  const { publisher, last } = make();
  const routes = (...hashes: string[]): CompiledResource => ({
    records: [
      ...hashes.map((hash) => record(VHOST, hash)),
      record(
        KINDS.RouteConfig,
        'top',
        ...hashes.map((_h, i): Fixup => ({ kind: 'ref', offset: 4 * i, record: i })),
      ),
    ],
  });
  publisher.putRoute('a', routes('1', '2'));
  publisher.putRoute('b', routes('3', '4'));
  publisher.flush();
  t.same(
    last().map((r) => r.id > 0),
    [false, false, true, false, false, true],
  );
  t.same(
    last().map((r) => r.children && [...r.children]),
    [undefined, undefined, [0, 0, 4, 1], undefined, undefined, [0, 3, 4, 4]],
  );

  const first = last()[0]?.ref;
  publisher.putRoute('a', routes('1', 'new'));
  publisher.flush();
  t.equal(last().length, 2, 'the unchanged virtual host is shared');
  t.same([...(last()[1]?.shared ?? [])], [0, first]);
  t.same([...(last()[1]?.children ?? [])], [4, 0]);

  publisher.putRoute('a', routes('1'));
  publisher.putRoute('a', routes('1', '9'));
  publisher.flush();
  t.same([...(last().at(-1)?.shared ?? [])], [0, first], 'shared through versions in a queue too');
  t.end();
});

t.test('statistics blocks live as long as somebody names them', (t) => {
  const { publisher, fake } = make();
  const stats = (name: string): Fixup => ({ kind: 'stats', offset: 0, group: 7, name });
  publisher.putCluster(
    'a',
    'a',
    one(KINDS.Cluster, stats('cluster.a')),
    one(KINDS.Endpoints, stats('svc|10.0.0.1')),
  );
  publisher.putCluster(
    'b',
    'b',
    one(KINDS.Cluster, stats('cluster.b')),
    one(KINDS.Endpoints, stats('svc|10.0.0.1')),
  );
  t.same(
    fake.stats.splice(0),
    ['add 1 7 a|10.0.0.1', 'add 2 7 cluster.a', 'add 3 7 b|10.0.0.1', 'add 4 7 cluster.b'],
    'clusters that share an endpoint set count apart',
  );
  publisher.putCluster('a', 'a', one(KINDS.Cluster, stats('cluster.a')), one(KINDS.Endpoints));
  t.same(fake.stats.splice(0), ['remove 1', 'free 1'], 'a replaced cluster keeps its numbers');
  t.equal(publisher.blockOf(7, 'cluster.a'), 2);
  publisher.dropCluster('b');
  t.same(fake.stats.splice(0), ['remove 4', 'free 4', 'remove 3', 'free 3']);
  t.end();
});

t.test('sockets and regexes', (t) => {
  const { publisher, last, fake } = make();
  const listener = one(
    KINDS.Listener,
    { kind: 'socket', offset: 0, address: 1 },
    { kind: 'regex', offset: 4, patterns: ['a', 'b'] },
  );
  publisher.putListener('l', listener, [5, 6], 1000);
  publisher.flush();
  t.equal(at(last()[0], 0), 6);
  t.equal(at(last()[0], 4), 72);
  t.throws(
    () =>
      publisher.putRoute(
        'r',
        one(KINDS.RouteConfig, id(KINDS.Cluster, 'x'), { kind: 'regex', offset: 4, patterns: ['a', '('] }),
      ),
    {
      message: "invalid regular expression '(': missing )",
    },
  );
  publisher.flush();
  t.equal(fake.batches.length, 1, 'nothing of it is published');
  t.equal(publisher.idOf('RouteConfig', 'r'), undefined);
  t.end();
});

t.test('records take over the uses of their regexes; what is not published gives them back', (t) => {
  const { publisher, last, fake } = make();
  const regex = (...patterns: string[]): Fixup => ({ kind: 'regex', offset: 4, patterns });
  const table = (hash: string, ...own: Fixup[]): CompiledResource => ({
    records: [
      record(VHOST, hash, regex('a')),
      record(KINDS.RouteConfig, 'top', { kind: 'ref', offset: 0, record: 0 }, ...own),
    ],
  });
  publisher.putRoute('r', table('1', regex('a', 'b')));
  publisher.flush();
  t.same(
    last().map((r) => [...(r.regexes ?? [])]),
    [[71], [72]],
  );
  t.equal(fake.acquired, 2);
  publisher.putRoute('r', table('1'));
  publisher.flush();
  t.equal(last().length, 1, 'the virtual host is shared');
  t.equal(fake.acquired, 2, 'and its regex used once');
  t.throws(() => publisher.putRoute('r', table('2', regex('('))));
  t.same(fake.released.splice(0), [71]);
  fake.refuse = () => true;
  publisher.putRoute('r', table('3'));
  publisher.flush();
  t.same(fake.released, [71]);
  t.end();
});

t.test('a full slab, and a record that the verifier refuses', (t) => {
  const { publisher, fake, refused } = make();
  fake.fullFor = 1;
  publisher.putRoute('a', one(KINDS.RouteConfig));
  publisher.flush();
  t.equal(fake.slabs, 2);
  t.equal(fake.batches.length, 1);
  const bad = publisher.putListener('bad', one(KINDS.Listener), [], 1000);
  publisher.putRoute('b', one(KINDS.RouteConfig));
  fake.refuse = (r) => r.id === bad;
  publisher.flush();
  t.same(refused, ['bad: a vector runs over the end']);
  t.equal(fake.batches.length, 2, 'the others are published');
  t.end();
});

t.test('ids are used again only when no old record is held', (t) => {
  const { publisher, fake } = make();
  const put = (name: string): number => {
    publisher.putRoute(name, one(KINDS.RouteConfig));
    publisher.flush();
    return publisher.idOf('RouteConfig', name) ?? 0;
  };
  const a = put('a');
  publisher.dropRoute('a');
  publisher.flush();
  fake.retiring = 1;
  t.not(put('b'), a);
  fake.retiring = 0;
  t.equal(put('c'), a);

  const l = publisher.putListener('l', one(KINDS.Listener), [], 1000);
  publisher.flush();
  publisher.dropListener('l');
  publisher.flush();
  const again = publisher.putListener('l', one(KINDS.Listener), [], 1000);
  t.not(again, l, 'not while the old one drains');
  publisher.flush();
  publisher.releaseListener(l);
  t.equal(put('d'), l);
  t.end();
});

t.test('replaced regexes are destroyed by the data plane', (t) => {
  const native = loadAddon();
  const blocks = { added: () => undefined, removed: () => undefined };
  const publisher = new RecordPublisher(new Engine(native, 1 << 20), RecordKind, blocks, (name, why) =>
    t.fail(`${name}: ${why}`),
  );
  const put = (n: number): void => {
    const match = (text: string) => ({ safe_regex: { regex: `/${text}-${n}/[a-z]+` } });
    const action = { cluster: 'c' };
    const host = { name: 'h', domains: ['*'], routes: [{ match: match('a'), route: action }] };
    // Enough of them to be one set.
    for (let i = 0; i < 20; i++) host.routes.push({ match: match(`b${i}`), route: action });
    const { resource } = compile({ name: 'r', virtual_hosts: [host] });
    if (resource === undefined) throw new Error('not compiled');
    publisher.putRoute('r', resource);
    publisher.flush();
  };
  const before = native.recordStats().regexes;
  put(0);
  const one = native.recordStats().regexes;
  t.ok(one > before);
  for (let n = 1; n <= 100; n++) put(n);
  t.equal(native.recordStats().regexes, one);
  put(100);
  t.equal(native.recordStats().regexes, one, 'a shared virtual host');
  publisher.dropRoute('r');
  publisher.flush();
  t.equal(native.recordStats().regexes, before);
  t.end();
});
