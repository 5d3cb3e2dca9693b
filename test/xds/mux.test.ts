import t from 'tap';
import type { Outcome } from '../../src/xds/type_state.ts';
import { CDS, EDS, LDS, Recorder, type Seen, world } from './support.ts';

const brief = ({ type, names, version, nonce, error }: Seen): string =>
  [type, names.join('+'), version, nonce, error ?? ''].join('|');

t.test('state of the world: everything at once, acknowledged by version and nonce', async (t) => {
  const { clock, mux, stream } = world('sotw');
  const clusters = new Recorder();
  mux.subscribe(CDS, clusters, true);
  mux.start();
  await clock.settle();
  t.same(stream().take(), [
    {
      type: 'Cluster',
      names: [],
      off: [],
      version: '',
      nonce: '',
      error: undefined,
      node: 'me',
      initial: {},
    },
  ]);
  stream().respond({ type: CDS, version: '1', nonce: 'a', resources: { x: '', y: '' }, controlPlane: 'it' });
  await clock.settle();
  t.same(clusters.names, [['x', 'y']]);
  t.same(stream().take().map(brief), ['Cluster||1|a|']);
  t.equal(mux.counts.identifier, 'it');

  clusters.verdict = () => ({ error: 'x: bad' });
  stream().respond({ type: CDS, version: '2', nonce: 'b' });
  await clock.settle();
  t.same(stream().take().map(brief), ['Cluster||1|b|x: bad'], 'refused: the version stays');

  clusters.verdict = () => ({});
  stream().respond({ type: CDS, version: '3', nonce: 'c' });
  await clock.settle();
  t.same(stream().take().map(brief), ['Cluster||3|c|']);
});

t.test('state of the world: names are told as a whole, those of one turn at once', async (t) => {
  const { clock, mux, stream } = world('sotw');
  const sub = mux.subscribe(EDS, new Recorder());
  mux.start();
  await clock.settle();
  t.same(stream().take(), [], 'nothing is wanted yet');
  sub.add(['a']);
  sub.add(['b', 'c']);
  await clock.settle();
  t.same(stream().take().map(brief), ['ClusterLoadAssignment|a+b+c|||']);
  stream().respond({ version: '1', nonce: 'n1', resources: { a: '', b: '' } });
  await clock.settle();
  stream().take();
  sub.add(['a']);
  await clock.settle();
  t.same(stream().take(), [], 'it is known');
  sub.remove(['b']);
  await clock.settle();
  t.same(stream().take().map(brief), ['ClusterLoadAssignment|a+c|1|n1|']);
  sub.remove(['a', 'c']);
  await clock.settle();
  t.same(stream().take().map(brief), ['ClusterLoadAssignment||1|n1|'], 'the server has to know');
});

t.test('state of the world: while a response is looked at, names wait for its nonce', async (t) => {
  const { clock, mux, stream } = world('sotw');
  const recorder = new Recorder();
  let finish: (outcome: Outcome) => void = () => undefined;
  recorder.verdict = () => new Promise<Outcome>((resolve) => (finish = resolve));
  const sub = mux.subscribe(EDS, recorder);
  sub.add(['a']);
  mux.start();
  await clock.settle();
  stream().take();
  stream().respond({ version: '1', nonce: 'n1', resources: { a: '' } });
  await clock.settle();
  sub.add(['b']);
  await clock.settle();
  t.same(stream().take(), []);
  finish({});
  await clock.settle();
  t.same(stream().take().map(brief), ['ClusterLoadAssignment|a+b|1|n1|']);
});

t.test('responses of a type are looked at one after the other, each is answered', async (t) => {
  for (const variant of ['sotw', 'delta'] as const) {
    const { clock, mux, stream } = world(variant);
    const recorder = new Recorder();
    const finish: ((outcome: Outcome) => void)[] = [];
    recorder.verdict = () => new Promise<Outcome>((resolve) => finish.push(resolve));
    mux.subscribe(EDS, recorder).add(['a']);
    mux.start();
    await clock.settle();
    stream().take();
    for (const nonce of ['1', '2', '3']) stream().respond({ nonce, version: nonce, resources: { a: nonce } });
    await clock.settle();
    t.equal(recorder.responses.length, 1);
    finish[0]?.({});
    await clock.settle();
    finish[1]?.({ error: 'no' });
    await clock.settle();
    finish[2]?.({});
    await clock.settle();
    t.same(
      stream()
        .take()
        .map(({ nonce, error }) => `${nonce} ${error ?? ''}`),
      ['1 ', '2 no', '3 '],
    );
  }
});

t.test('delta: what is added and taken away, apart from answers', async (t) => {
  const { clock, mux, stream } = world('delta', { nodeOnce: true });
  const recorder = new Recorder();
  const sub = mux.subscribe(EDS, recorder);
  sub.add(['a', 'b']);
  mux.start();
  await clock.settle();
  t.match(stream().take(), [{ names: ['a', 'b'], off: [], nonce: '', node: 'me', initial: {} }]);
  stream().respond({ nonce: 'n1', resources: { a: 'v1', b: 'v1' } });
  await Promise.resolve();
  await clock.settle();
  sub.add(['c']);
  sub.remove(['b']);
  await clock.settle();
  t.match(stream().take(), [
    { names: [], off: [], nonce: 'n1', error: undefined, node: undefined },
    { names: ['c'], off: ['b'], nonce: '', node: undefined },
  ]);
  recorder.verdict = () => ({ error: 'c: bad', rejected: new Set(['c']) });
  stream().respond({ nonce: 'n2', resources: { c: 'v1', a: 'v2' } });
  await clock.settle();
  t.match(stream().take(), [{ nonce: 'n2', error: 'c: bad' }]);
  stream().end();
  await clock.advance(250);
  t.match(
    stream().take(),
    [{ names: ['a', 'c'], nonce: '', node: 'me', initial: { a: 'v2' } }],
    'what was refused or unsubscribed is not claimed',
  );
});

t.test('delta: removals, and everything with names beside it', async (t) => {
  const { clock, mux, stream } = world('delta');
  const recorder = new Recorder();
  const sub = mux.subscribe(CDS, recorder, true);
  mux.start();
  await clock.settle();
  t.match(stream().take(), [{ names: [], off: [] }]);
  stream().respond({ type: CDS, nonce: 'n', resources: { a: '1', b: '1' } });
  stream().respond({ type: CDS, nonce: 'm', removed: ['a'] });
  await clock.settle();
  t.same(recorder.responses[1]?.removed, ['a']);
  stream().take();
  stream().end();
  await clock.advance(250);
  t.match(stream().take(), [{ names: [], initial: { b: '1' } }]);
  sub.add(['extra']);
  await clock.settle();
  t.match(stream().take(), [{ names: ['extra'] }]);
  stream().end();
  await clock.advance(500);
  t.match(stream().take(), [{ names: ['*', 'extra'], initial: { b: '1' } }]);
});

t.test('a new stream: backoff that grows, with jitter, and starts anew after a response', async (t) => {
  const { clock, mux, stream, streams } = world('sotw', { nodeOnce: true });
  const recorder = new Recorder();
  mux.subscribe(LDS, recorder, true);
  mux.start();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    await clock.settle();
    stream().end();
    waits.push(clock.next ?? -1);
    await clock.advance(waits.at(-1) as number);
  }
  t.same(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  t.equal(recorder.failures, 9);
  t.equal(streams.length, 10);
  await clock.settle();
  t.match(stream().take(), [{ type: 'Listener', node: 'me' }], 'the node again: the stream is new');
  stream().respond({ type: LDS, version: '7', nonce: 'n' });
  await clock.settle();
  stream().end();
  t.equal(clock.next, 250);
  t.notOk(mux.counts.connected);
  await clock.advance(250);
  t.same(
    stream().requests.map(brief),
    ['Listener||7||'],
    'the version is known, the nonce was of the old one',
  );
  t.ok(mux.counts.connected);
});

t.test('what a broken stream brought is applied, and answered on no other', async (t) => {
  const { clock, mux, stream, streams } = world('sotw');
  const recorder = new Recorder();
  let finish: (outcome: Outcome) => void = () => undefined;
  recorder.verdict = () => new Promise<Outcome>((resolve) => (finish = resolve));
  mux.subscribe(EDS, recorder).add(['a']);
  mux.start();
  await clock.settle();
  stream().respond({ version: '1', nonce: 'n1', resources: { a: '' } });
  await clock.settle();
  stream().end();
  await clock.advance(250);
  t.equal(streams.length, 1, 'the new one waits for what the old one has brought');
  finish({});
  await clock.settle();
  t.match(stream().take(), [{ nonce: '', version: '1' }]);
  t.equal(streams.length, 2);
});

t.test('the rate of requests is limited', async (t) => {
  const { clock, mux, stream } = world('sotw', { rateLimit: { maxTokens: 2, fillRate: 4 } });
  const subs = [CDS, EDS, LDS].map((type) => mux.subscribe(type, new Recorder()));
  mux.start();
  for (const sub of subs) sub.add(['a']);
  await clock.settle();
  t.equal(stream().take().length, 2);
  t.equal(mux.counts.rateLimitEnforced, 1);
  t.equal(mux.counts.pendingRequests, 1);
  subs[0]?.add(['b']);
  await clock.advance(249);
  t.equal(stream().take().length, 0);
  await clock.advance(1);
  t.same(stream().take().map(brief), ['Listener|a|||']);
  await clock.advance(250);
  t.same(stream().take().map(brief), ['Cluster|a+b|||']);
  t.equal(mux.counts.pendingRequests, 0);
});

t.test('a type that is paused says nothing; then everything at once', async (t) => {
  const { clock, mux, stream } = world('sotw');
  const sub = mux.subscribe(CDS, new Recorder(), true);
  mux.start();
  await clock.settle();
  stream().take();
  sub.pause();
  stream().respond({ type: CDS, version: '1', nonce: 'a' });
  await clock.settle();
  t.same(stream().take(), []);
  sub.resume();
  await clock.settle();
  t.same(stream().take().map(brief), ['Cluster||1|a|']);
});

t.test('the time to live of resources, and what renews it', async (t) => {
  for (const variant of ['sotw', 'delta'] as const) {
    const { clock, mux, stream } = world(variant);
    const recorder = new Recorder();
    mux.subscribe(EDS, recorder).add(['a', 'b']);
    mux.start();
    await clock.settle();
    stream().respond({ version: '1', nonce: '1', resources: { a: 'v', b: 'v' }, ttl: 1000 });
    await clock.advance(600);
    stream().respond({ version: '1', nonce: '2', resources: { a: 'v' }, ttl: 1000, heartbeat: true });
    await clock.advance(500);
    t.same(recorder.expired, ['b'], variant);
    t.same(recorder.names, [['a', 'b'], []], 'a heartbeat brings nothing');
    await clock.advance(500);
    t.same(recorder.expired, ['b', 'a']);
    stream().respond({ version: '2', nonce: '3', resources: { a: 'w' }, ttl: 1000 });
    await clock.settle();
    stream().respond({ version: '3', nonce: '4', resources: { a: 'x' } });
    await clock.advance(5000);
    t.same(recorder.expired, ['b', 'a'], 'without a time it stays');
    t.equal(
      stream()
        .take()
        .filter(({ error }) => error !== undefined).length,
      0,
    );
  }
});

t.test('responses that are wrong as a whole', async (t) => {
  const { clock, mux, stream, streams } = world('sotw');
  const recorder = new Recorder();
  mux.subscribe(EDS, recorder).add(['a']);
  mux.start();
  await clock.settle();
  stream().take();
  stream().respond({ type: LDS, version: '1', nonce: '1', resources: { x: '' } });
  await clock.settle();
  t.same(stream().take(), [], 'nobody has asked for it');
  stream().raw(Buffer.from([0xff, 0xff, 0xff]));
  t.ok(streams[0]?.cancelled);
  await clock.advance(250);
  t.equal(streams.length, 2);
  t.equal(recorder.failures, 1);
  recorder.verdict = () => {
    throw new Error('a bug');
  };
  stream().respond({ version: '1', nonce: '2', resources: { a: '' } });
  await clock.settle();
  t.match(stream().requests.at(-1), { nonce: '2', error: 'internal error: a bug' });
});

t.test('wrapped resources, duplicate names', async (t) => {
  const { clock, mux, stream } = world('delta');
  const recorder = new Recorder();
  mux.subscribe(EDS, recorder).add(['a']);
  mux.start();
  await clock.settle();
  stream().take();
  stream().respond({ nonce: '1', resources: { a: 'v' }, removed: ['a'] });
  await clock.settle();
  t.match(stream().take(), [{ nonce: '1', error: /duplicate name a/ }]);
  t.equal(recorder.responses.length, 0);
  const other = world('sotw');
  const second = new Recorder();
  other.mux.subscribe(EDS, second).add(['a']);
  other.mux.start();
  await other.clock.settle();
  other.stream().respond({ version: '1', nonce: '1', resources: { a: '' }, wrapped: true });
  await other.clock.settle();
  t.match(second.responses[0]?.resources, [{ name: 'a', typeUrl: EDS }]);
});

t.test('a server that floods has to wait', async (t) => {
  const { clock, mux, stream } = world('sotw');
  const recorder = new Recorder();
  const finish: (() => void)[] = [];
  recorder.verdict = () => new Promise<Outcome>((resolve) => finish.push(() => resolve({})));
  mux.subscribe(EDS, recorder).add(['a']);
  mux.start();
  await clock.settle();
  for (let i = 0; i < 100; i++) stream().respond({ version: `${i}`, nonce: `${i}`, resources: { a: '' } });
  await clock.settle();
  t.ok(stream().paused);
  for (let i = 0; i < 100; i++) {
    finish.shift()?.();
    await clock.settle();
  }
  t.notOk(stream().paused);
});

t.test('a type that is given up is silent', async (t) => {
  const { clock, mux, stream } = world('delta');
  const recorder = new Recorder();
  const sub = mux.subscribe(EDS, recorder);
  sub.add(['a']);
  mux.start();
  await clock.settle();
  stream().take();
  sub.close();
  stream().respond({ nonce: '1', resources: { a: 'v' } });
  await clock.settle();
  t.equal(recorder.responses.length, 0);
  t.same(stream().take(), []);
  mux.stop();
  t.ok(stream().cancelled);
  t.equal(clock.next, undefined);
});
