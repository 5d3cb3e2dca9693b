import t from 'tap';
import {
  type Entry,
  type Handler,
  type Resource,
  ResourceTable,
  type Version,
} from '../../src/config/resource_map.ts';

type P = { bad?: boolean };
const res = (name: string, hash: string, payload: P = {}): Resource<P> => ({
  name,
  hash,
  bytes: new Uint8Array([1]),
  payload,
});

/** Records what it is told; warming and draining end when the test says so. */
class Fake implements Handler<P> {
  log: string[] = [];
  instant = true;
  ready = new Map<string, () => void>();
  done: (() => void)[] = [];
  warm(_entry: Entry<P>, v: Version<P>, ready: () => void): () => void {
    this.log.push(`warm ${v.name}${v.hash}`);
    if (this.instant) ready();
    else this.ready.set(`${v.name}${v.hash}`, ready);
    return () => this.log.push(`cancel ${v.name}${v.hash}`);
  }
  activate(_entry: Entry<P>, v: Version<P>, previous: Version<P> | undefined, done: () => void): void {
    if (v.payload.bad) throw new Error('bad one');
    this.log.push(`activate ${v.name}${v.hash}${previous ? ` for ${previous.hash}` : ''}`);
    this.done.push(done);
  }
  remove(_entry: Entry<P>, last: Version<P>, done: () => void): void {
    this.log.push(`remove ${last.name}${last.hash}`);
    this.done.push(done);
  }
  settled(): void {
    this.log.push('settled');
  }
  failed(entry: Entry<P>, details: string): void {
    this.log.push(`failed ${entry.name}: ${details}`);
  }
  take(): string[] {
    return this.log.splice(0);
  }
}
const make = (): { fake: Fake; table: ResourceTable<P> } => {
  const fake = new Fake();
  return { fake, table: new ResourceTable<P>('type', fake, () => 42) };
};

t.test('add, no change, change, remove', (t) => {
  const { fake, table } = make();
  t.match(table.apply('dynamic', { added: [res('a', '1'), res('b', '1')], removed: [] }, 'v1'), {
    added: ['a', 'b'],
    unchanged: 0,
  });
  t.same(fake.take(), ['warm a1', 'activate a1', 'warm b1', 'activate b1', 'settled']);
  t.match(table.get('a'), {
    source: 'dynamic',
    active: { version: 'v1', lastUpdated: 42, hash: '1' },
    warming: undefined,
  });

  t.match(table.apply('dynamic', { added: [res('a', '1'), res('b', '2')], removed: [] }, 'v2'), {
    modified: ['b'],
    unchanged: 1,
    added: [],
  });
  t.same(fake.take(), ['warm b2', 'activate b2 for 1', 'settled'], 'an unchanged resource costs nothing');
  t.equal(table.get('a')?.active?.version, 'v1');
  t.equal(table.versionInfo, 'v2');
  t.same(table.counts(), { active: 2, warming: 0, draining: 1 });
  fake.done[2]?.();
  t.same(table.counts(), { active: 2, warming: 0, draining: 0 });

  t.match(table.apply('dynamic', { added: [], removed: ['a', 'nobody'] }, 'v3'), { removed: ['a'] });
  t.same(fake.take(), ['remove a1', 'settled']);
  t.same(table.names('dynamic'), ['b']);
  t.equal(table.get('a')?.draining.length, 1, 'it is shown while it drains');
  t.match(
    table.apply('dynamic', { added: [], removed: ['a'] }, 'v3').removed,
    [],
    'and is not removed twice',
  );
  fake.done[3]?.();
  t.equal(table.get('a'), undefined);
  t.end();
});

t.test('make before break: the active version serves until the next is warm', (t) => {
  const { fake, table } = make();
  table.apply('dynamic', { added: [res('a', '1')], removed: [] }, 'v1');
  fake.instant = false;
  fake.take();
  table.apply('dynamic', { added: [res('a', '2')], removed: [] }, 'v2');
  t.match(table.get('a'), { active: { hash: '1' }, warming: { hash: '2' } });
  table.apply('dynamic', { added: [res('a', '2')], removed: [] }, 'v2b');
  t.same(fake.take(), ['warm a2', 'settled', 'settled'], 'what warms already is not warmed again');
  table.apply('dynamic', { added: [res('a', '3')], removed: [] }, 'v3');
  t.same(fake.take(), ['cancel a2', 'warm a3', 'settled']);
  fake.ready.get('a2')?.();
  t.equal(table.get('a')?.active?.hash, '1', 'a cancelled version can no longer take over');
  fake.ready.get('a3')?.();
  t.same(fake.take(), ['activate a3 for 1', 'settled']);
  t.match(table.get('a'), { active: { hash: '3', version: 'v3' }, warming: undefined });

  table.apply('dynamic', { added: [res('a', '4')], removed: [] }, 'v4');
  table.apply('dynamic', { added: [res('a', '3')], removed: [] }, 'v5');
  t.same(
    fake.take(),
    ['warm a4', 'settled', 'cancel a4', 'settled'],
    'back to the active content: only the warming ends',
  );
  t.match(table.get('a'), { active: { hash: '3' }, warming: undefined });

  table.apply('dynamic', { added: [res('n', '1')], removed: [] }, 'v6');
  table.apply('dynamic', { added: [], removed: ['n'] }, 'v7');
  t.same(fake.take(), ['warm n1', 'settled', 'cancel n1', 'settled']);
  t.equal(table.get('n'), undefined);
  t.end();
});

t.test('a refused version leaves the old one and its reason', (t) => {
  const { fake, table } = make();
  table.apply('dynamic', { added: [res('a', '1')], removed: [] }, 'v1');
  const result = table.apply(
    'dynamic',
    { added: [res('a', '2', { bad: true }), res('b', '1')], removed: [] },
    'v2',
  );
  t.match(result.failed, [{ name: 'a', details: 'bad one' }]);
  t.match(table.get('a'), {
    active: { hash: '1' },
    draining: [],
    error: { details: 'bad one', version: 'v2', lastUpdateAttempt: 42 },
  });
  t.equal(table.get('b')?.active?.hash, '1', 'others are applied');
  table.apply('dynamic', { added: [res('a', '3')], removed: [] }, 'v3');
  t.equal(table.get('a')?.error, undefined, 'the next good one clears it');

  fake.instant = false;
  fake.take();
  table.apply('dynamic', { added: [res('a', '4', { bad: true })], removed: [] }, 'v4');
  fake.ready.get('a4')?.();
  t.same(fake.take(), ['warm a4', 'settled', 'failed a: bad one', 'settled']);
  t.equal(table.get('a')?.active?.hash, '3');
  t.end();
});

t.test('static resources are out of reach of dynamic updates', (t) => {
  const { fake, table } = make();
  table.apply('static', { added: [res('s', '1')], removed: [] }, '');
  fake.take();
  t.match(table.apply('dynamic', { added: [res('s', '2')], removed: [] }, 'v'), { unchanged: 1 });
  t.match(table.apply('dynamic', { added: [], removed: ['s'] }, 'v'), { removed: [] });
  t.same(fake.take(), ['settled', 'settled']);
  t.match(table.get('s'), { source: 'static', active: { hash: '1' } });
  t.same(table.names('dynamic'), []);
  t.end();
});

t.test('failed attempts are remembered where they belong', (t) => {
  const { table } = make();
  table.apply('dynamic', { added: [res('a', '1')], removed: [] }, 'v1');
  table.fail('a', { version: 'v2', details: 'no' });
  t.match(table.get('a'), { active: { hash: '1' }, error: { details: 'no', version: 'v2' } });
  table.apply('dynamic', { added: [res('a', '1')], removed: [] }, 'v3');
  t.equal(table.get('a')?.error, undefined, 'an unchanged good one clears it too');
  for (let i = 0; i < 20; i++) table.fail(undefined, { version: `${i}`, details: 'broken file' });
  t.equal(table.orphanErrors.length, 8, 'a bounded number');
  t.equal(table.orphanErrors.at(-1)?.version, '19');
  t.end();
});
